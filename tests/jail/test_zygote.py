"""Starting, refusing, ending: what a fork server leaves behind is nothing."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from benchmarks.whole_tree import so_far
from torchstone.errors import JailError, JailUnavailable
from torchstone.jail import Zygote, ask_branch, choose_tier, tiers
from torchstone.model import Cell, JailPolicy, Limits

SECONDS = 20.0

HOLDER = """
import sys, time
from torchstone.jail import Zygote
from torchstone.model import Cell, JailPolicy
zygotes = [Zygote.start(JailPolicy(tier=tier, preload=())) for tier in sys.argv[1:]]
children = [zygote.spawn() for zygote in zygotes for _ in range(2)]
for child in children:
    child.load([Cell("a", 1, "open('mark', 'w').close()")], 20)
print("ready", flush=True)
time.sleep(600)
"""


def descendants(process):
    """Every process below this one."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
    found, rest = set(), {process}
    while rest:
        rest = {child for child, parent in parents.items() if parent in rest} - found
        found |= rest
    return found


def alive(processes):
    found = set()
    for process in processes:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state != "Z":
            found.add(process)
    return found


def until(condition):
    """Wait for something that must come, up to a bound that only a failure meets."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def buildable():
    return [tier for tier in ("namespaces", "landlock") if tiers.missing(tier) is None]


def test_nothing_is_left_when_the_judge_is_killed(tmp_path):
    mounts = Path("/proc/self/mountinfo").read_text()
    command = [sys.executable, "-c", HOLDER, *buildable()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {"TMPDIR": str(tmp_path)}) as judge:
        try:
            assert judge.stdout.readline() == b"ready\n"
            below = descendants(judge.pid)
            assert len(below) >= 4 * len(buildable())
        finally:
            judge.kill()
    until(lambda: not alive(below))
    until(lambda: not list(tmp_path.iterdir()))
    assert Path("/proc/self/mountinfo").read_text() == mounts


@pytest.fixture(scope="module", params=buildable())
def simulated(request):
    """With the modules that are preloaded unless a course says otherwise."""
    with Zygote.start(JailPolicy(tier=request.param)) as started, started.branch("sim") as branch:
        started.spawn().close()
        yield branch


def test_a_branch_ends_with_the_zygote_it_was_forked_from():
    with Zygote.start(JailPolicy(tier=buildable()[-1], preload=())) as started, started.branch("posing") as branch:
        with branch.spawn() as child, started.spawn() as other:
            assert child.load([Cell("a", 1, "import torch\nhere = torch.cuda.is_available()")], SECONDS) == ()
            assert other.load([Cell("a", 1, "import torch\nassert not torch.cuda.is_available()")], SECONDS) == ()
            started.close()
            until(lambda: not child.alive)
        with pytest.raises(JailError):
            branch.spawn()


@pytest.mark.parametrize("tier", buildable())
def test_what_was_used_below_a_fork_server_is_counted_after_its_end(tier):
    burn = "import time\ndef burn():\n    end = time.process_time() + 0.5\n    while time.process_time() < end: pass"
    policy = JailPolicy(tier=tier, preload=())
    with Zygote.start(policy) as stem, stem.branch("sim") as simulated:
        own = Zygote.branched(policy, tier, ask_branch(stem._control, "cpu"), stem._control)
        own.await_start()
        with own:
            for zygote in (stem, own, simulated):
                with zygote.spawn() as child:
                    child.load([Cell("a", 1, burn)], SECONDS)
                    child.call("burn", [], {}, SECONDS)
            used = so_far(os.getpid())
    assert so_far(os.getpid()) > used - 0.2


@pytest.mark.parametrize("tier", buildable())
def test_branches_of_one_fork_server_share_no_user_or_folder_and_end_alone(tier):
    policy = JailPolicy(tier=tier, preload=())
    with Zygote.start(policy) as stem:
        first, second = (
            Zygote.branched(policy, stem.tier, ask_branch(stem._control, "cpu"), stem._control) for _ in range(2)
        )
        for branch in (first, second):
            branch.await_start()
        with first, second, first.spawn() as one, second.spawn() as other, stem.spawn() as third:
            told = set()
            for child in (one, other, third):
                child.load([Cell("a", 1, "import os\ndef who(): return os.getuid(), os.getcwd()")], SECONDS)
                told.add(child.call("who", [], {}, SECONDS).value)
            assert len(told) == (3 if tier == "landlock" or os.getuid() == 0 else 1)
            first.close()
            until(lambda: not one.alive)
            assert all(child.call("who", [], {}, SECONDS).value in told for child in (other, third))


def test_a_figure_is_drawn_without_a_word(simulated):
    draw = (
        "import io, matplotlib.pyplot as plt\n"
        "def draw():\n"
        "    figure, axes = plt.subplots(); axes.plot([1, 2], label='$x^2$'); axes.legend()\n"
        "    plt.savefig('figure.png')\n"
        "    return plt.get_backend().lower(), open('figure.png', 'rb').read(4)[1:].decode()\n"
    )
    with simulated.spawn() as child:
        assert child.load([Cell("a", 1, draw)], SECONDS) == ()
        assert child.call("draw", [], {}, SECONDS).value == ("agg", "PNG")
        assert child.output == ""


def test_the_worker_moves_inputs_to_the_simulated_accelerator(simulated):
    with simulated.spawn() as child:
        child.load([Cell("a", 1, "def f(x): return x * 2, x.device.type\ndef back(x): return x.cpu()")], SECONDS)
        child.place("sim")
        answer = child.call("f", [torch.ones(2)], {}, SECONDS)
        assert answer.value[0].tolist() == [2.0, 2.0]
        assert answer.value[1] == "sim"
        assert answer.devices == {"sim"}
        assert child.call("back", [torch.ones(2)], {}, SECONDS).devices == {"cpu"}


def test_a_gradient_on_the_simulated_accelerator(simulated):
    with simulated.spawn() as child:
        child.load([Cell("a", 1, "def f(x): return x * x")], SECONDS)
        child.place("sim")
        source = "def pull(code, x):\n    x.requires_grad_()\n    return torch.autograd.grad(code.f(x).sum(), x)[0]"
        answer = child.run(source, "pull", [torch.tensor([3.0])], {}, SECONDS)
        assert answer.value.tolist() == [6.0]
        assert answer.devices == {"sim"}


def test_a_closed_zygote_leaves_nothing_and_refuses(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    zygote = Zygote.start(JailPolicy(tier="none", preload=()))
    before = descendants(os.getpid())
    child = zygote.spawn()
    child.load([Cell("a", 1, "open('mark', 'w').close()\ndef f(): return 1")], SECONDS)
    assert child.call("f", [], {}, SECONDS).value == 1
    child.close()
    child.close()
    assert not child.alive
    survivor = zygote.spawn()
    zygote.close()
    zygote.close()
    survivor.close()
    assert not survivor.alive
    assert not alive(before - descendants(os.getpid()))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(JailError):
        zygote.spawn()


def test_a_module_to_preload_that_is_missing_is_named():
    with pytest.raises(JailError, match=r"jail\.preload: there is no module nowhere_at_all"):
        Zygote.start(JailPolicy(tier=buildable()[-1], preload=("nowhere_at_all",)))


def test_the_strongest_tier_that_works_is_chosen(monkeypatch):
    reasons = {"namespaces": None, "landlock": None}
    monkeypatch.setattr(tiers, "missing", lambda tier: reasons[tier])
    assert choose_tier(JailPolicy()) == "namespaces"
    reasons["namespaces"] = "user namespaces are switched off"
    assert choose_tier(JailPolicy()) == "landlock"
    with pytest.raises(JailUnavailable, match="user namespaces are switched off"):
        choose_tier(JailPolicy(tier="namespaces"))
    reasons["landlock"] = "landlock ABI 0"
    with pytest.raises(JailUnavailable, match=r"(?s)nothing is graded.*switched off.*landlock ABI 0"):
        choose_tier(JailPolicy())
    assert choose_tier(JailPolicy(tier="none")) == "none"


def test_a_tier_is_tried_by_building_it():
    """In a user namespace that allows no further ones, and no power outside it, the first tier cannot be built."""
    script = (
        "import os\n"
        "from torchstone.jail import syscalls, tiers\n"
        "syscalls.unshare(syscalls.CLONE_NEWUSER)\n"
        "open('/proc/sys/user/max_user_namespaces', 'w').write('0')\n"
        "print(tiers.missing('namespaces'))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    if "Permission" in done.stderr:
        pytest.skip("an ordinary user cannot set up this trial")
    assert "user.max_user_namespaces is 0" in done.stdout, done.stderr


def test_limits_of_the_kernel_are_whole_seconds():
    from torchstone.jail.limits import cpu_limit

    assert [cpu_limit(Limits(cpu_seconds=s)) for s in (0.2, 1.0, 1.5)] == [1, 1, 2]
