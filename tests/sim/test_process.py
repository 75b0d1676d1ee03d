"""What installing does to a process: light imports, refusals, forks, threads."""

import os
import subprocess
import sys
import textwrap


def run(program: str) -> str:
    """The output of a program in a process of its own, which must end well.

    One thread: a child that is forked from a process with OpenMP's threads hangs in its first parallel region, with
    any device.
    """
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program)],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_importing_the_package_imports_no_torch() -> None:
    program = """
        import sys
        import torchstone.sim
        assert "torch" not in sys.modules
        others = {name for name in sys.modules if name.startswith("torchstone")}
        print(sorted(others))
    """
    assert run(program) == "['torchstone', 'torchstone.sim']\n"


def test_children_forked_after_the_installation_train() -> None:
    program = """
        import os
        import sys
        import torch
        from torch import nn
        from torchstone.sim import install

        def train(device):
            model = nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.LSTM(3, 2)).to(device)
            adam = torch.optim.Adam(model.parameters())
            model(torch.ones(2, 1, 4, device=device))[0].sum().backward()
            adam.step()
            return model[0].weight.grad.device.type

        train("cpu")  # a backward pass before the installation
        state = torch.get_rng_state()
        install()
        assert torch.equal(state, torch.get_rng_state())
        for parent_trains in (False, True):
            for device in ("sim", "cpu"):
                child = os.fork()
                if child == 0:
                    assert train(device) == device
                    assert train("sim") == "sim"
                    os._exit(7)
                assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7, (parent_trains, device)
            train("sim")
            train("cpu")
        print([name for name in sys.modules if name.startswith("torchstone.") and ".sim" not in name])
    """
    assert run(program) == "[]\n"  # all children trained, and nothing else of the project was needed


def test_cuda_does_not_start_beside_it() -> None:
    program = """
        import torch
        torch.version.cuda = "13.0"  # as in a build that has it
        from torchstone.sim import install
        install()
        for start in (torch.cuda.init, torch.cuda.synchronize):
            try:
                start()
            except RuntimeError as error:
                print(error)
    """
    assert (
        run(program).splitlines()
        == ["the simulated device is in use in this process; CUDA needs a process of its own"] * 2
    )


def test_refuses_company() -> None:
    program = """
        import torch
        from torchstone.sim import InstallError, install, is_installed

        def refusal(name="sim"):
            try:
                install(name)
            except InstallError as error:
                assert not is_installed()
                return str(error)

        honest = torch.cuda.is_initialized, torch.xpu.is_initialized, torch.version.cuda
        torch.cuda.is_initialized = lambda: True
        print(refusal())
        torch.cuda.is_initialized, torch.xpu.is_initialized = honest[0], lambda: True
        print(refusal())
        torch.xpu.is_initialized, torch.version.cuda = honest[1], "13.0"
        print(refusal("cuda"))
        torch.version.cuda = honest[2]
        torch.utils.rename_privateuse1_backend("npu")
        print(refusal())
    """
    cuda, xpu, pose, other = run(program).splitlines()
    assert "CUDA is in use in this process" in cuda
    assert "an XPU is in use in this process" in xpu
    assert "use the real device" in pose
    assert "already has another backend, `npu`" in other
