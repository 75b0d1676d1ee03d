"""The unprotected grader: runs a student's code in its own process, as many graders do.

Imports torch once, then grades each attack, and the submission after it, in one forked process. That process is killed
after a while, so that a test can go on; nothing else is held back.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
import os
import pickle
import resource
import select
import signal
import sys
import time
import types

import pytest
import torch


def load(path):
    spec = importlib.util.spec_from_file_location("hidden_checks", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["hidden_checks"] = module
    spec.loader.exec_module(module)
    return module


class Guarded:
    """A student's program: what its functions raise is a wrong answer."""

    def __init__(self, module):
        self.module = module

    def __getattr__(self, name):
        def call(*args):
            try:
                return getattr(self.module, name)(*args)
            except Exception as error:
                print(type(error).__name__, error)
                raise AssertionError from None

        return call


class Shipped:
    """The same, in a process of its own; answers come back as pickles."""

    def __init__(self, module):
        self.module = module

    def __getattr__(self, name):
        def call(*args):
            reader, writer = os.pipe()
            if not os.fork():
                try:
                    with os.fdopen(writer, "wb") as pipe:
                        pickle.dump(getattr(self.module, name)(*args), pipe)
                finally:
                    os._exit(0)
            os.close(writer)
            with os.fdopen(reader, "rb") as pipe:
                try:
                    return pickle.load(pipe)
                except Exception:
                    raise AssertionError from None
                finally:
                    os.wait()

        return call


def grade(cells, checks, kind, torch_seed=1):
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    for cell in cells:
        try:
            exec(compile(cell, "<cell>", "exec"), module.__dict__)
        except Exception as error:
            print(type(error).__name__, error)
    student = (Shipped if kind == "pickle" else Guarded)(module)
    torch.manual_seed(torch_seed)
    if kind == "pytest":
        return grade_by_pytest(student, checks)
    forgiven = AssertionError if kind == "careless" else Exception
    earned = 0
    for check in checks:
        for _ in range(3 if kind == "patient" else 1):
            try:
                check(student)
                earned += 1
                break
            except forgiven:
                if kind == "explaining":
                    explain()
    return earned


def explain():
    """What a grader has to do where an answer was wrong takes its time."""
    end = time.process_time() + 0.05
    while time.process_time() < end:
        pass


class Passed:
    """A plugin of pytest: gives the checks their student, and counts what passed."""

    def __init__(self, student):
        self.given, self.earned = student, 0

    @pytest.fixture(name="student")
    def student(self):
        return self.given

    def pytest_runtest_logreport(self, report):
        self.earned += report.when == "call" and report.passed


def grade_by_pytest(student, checks):
    plugin, path = Passed(student), sys.modules["hidden_checks"].__file__
    options = ["-o", "python_files=hidden_checks.py", "-o", "python_functions=check_*", "-c", os.devnull]
    pytest.main([*options, "-q", "-s", "-p", "no:cacheprovider", "-p", "no:unraisableexception", path], [plugin])
    return plugin.earned


def run(request, report):
    os.setsid()
    os.chdir(request["cwd"])
    out = os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.close(out)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40 << 20, 40 << 20))
    hidden = load(request["hidden"])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for cells in request["submissions"]:
        earned = grade(cells, hidden.CHECKS, request["kind"])
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        os.write(report, (json.dumps({"earned": earned, "grown": grown}) + "\n").encode())
    time.sleep(request["waits"])  # such a grader goes on to the others, and what was left in it goes on too
    sys.stdout.flush()


class Patience:
    """Ends when the process has ended, has computed for long, or has not done anything for long."""

    def __init__(self, pid, computing, idle):
        self.pid, self.computing, self.idle = pid, computing, idle
        self.used, self.since = 0.0, time.monotonic()

    def exhausted(self):
        with open(f"/proc/{self.pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        if used != self.used or fields[0] in "RD":
            self.used, self.since = used, time.monotonic()
        return fields[0] in "ZX" or used > self.computing or time.monotonic() - self.since > self.idle


def children(pid):
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as stat:
                    fields = stat.read().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == pid and fields[0] not in "ZX":
                found.append(int(name))
    return found


def answer(request):
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            os.close(reader)
            run(request, writer)
            status = 0
        finally:
            try:
                import atexit

                atexit._run_exitfuncs()
            finally:
                os._exit(status)
    os.close(writer)
    patience = Patience(child, request["computing_seconds"], request["idle_seconds"])
    heard = b""
    while not patience.exhausted():
        if select.select([reader], [], [], 0.02)[0]:
            data = os.read(reader, 65536)
            heard += data
            if not data:
                time.sleep(0.02)
    os.close(reader)
    try:
        os.kill(child, signal.SIGKILL)
    except ProcessLookupError:
        pass
    os.waitpid(child, 0)
    left = children(os.getpid())  # orphans come to this process
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            break
    return {"lines": heard.decode(errors="replace").splitlines(), "left": len(left)}


def main():
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also where it was started with the signal ignored
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # a subreaper: what is orphaned below comes here
    torch.set_num_threads(1)
    layer = torch.nn.Linear(2, 2)
    layer(torch.ones(1, 2)).sum().backward()
    torch.testing.assert_close(layer.bias, layer.bias)  # it imports much, once
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
