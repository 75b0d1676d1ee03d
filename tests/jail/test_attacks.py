"""What a hostile program tries: every one ends as a wrong answer, a reason, and a next child that is unharmed."""

import contextlib
import subprocess
import sys

import pytest
import torch

from torchstone.jail import ChildLost, StudentRaised, self_test
from torchstone.jail.selftest import attack
from torchstone.model import Cell, JailPolicy

SECONDS = 20.0

HOSTILE = r"""
import ctypes, mmap, os, resource, signal, struct, sys, threading, time
import torch

def one(): return 1
def spin():
    while True: pass
def sleep(): time.sleep(600)
def spin_and_ignore():
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, lambda *_: None)
    while True: pass
def flood():
    while True: os.write(1, b'A' * 65536)
def leave(): os._exit(0)
def crash(): ctypes.string_at(0)
def abort(): os.abort()
def kill_itself():
    os.kill(os.getpid(), signal.SIGKILL); os._exit(0)
def close_wire():
    os.close(4); os.close(3); time.sleep(600)

def frame(header, body=b'', header_size=None, body_size=None):
    header = header.encode() if isinstance(header, str) else header
    sizes = len(header) if header_size is None else header_size, len(body) if body_size is None else body_size
    return struct.pack('<IQ', *sizes) + header + body
def forge(*arguments, **sizes):
    os.write(4, frame(*arguments, **sizes)); time.sleep(600)
def junk(): os.write(4, b'\xff' * 64); time.sleep(600)
def ok(value): return '{"u":[2,"ok",' + value + ',{"l":[]},{"l":[]}]}'
def forge_shape(): forge(ok('{"t":["float32",[1099511627776,1099511627776],"cpu"]}'), b'1234')
def forge_size(): forge(ok('1'), b'', body_size=1 << 62)
def forge_deep(): forge('[' * 500000)
def forge_int(): forge(ok('9' * 500000))
def forge_nan(): forge(ok('NaN'))
def forge_number(): forge('{"u":[99,"ok",1,{"l":[]},{"l":[]}]}')
def forge_true(): forge('{"u":[true,"ok",1,{"l":[]},{"l":[]}]}')
def forge_verdict(): forge('{"u":[2,"passed",1,{"l":[]},{"l":[]}]}')
def forge_mutated(): forge('{"u":[2,"ok",1,{"l":[{"l":[]}]},{"l":[]}]}')
def forge_kind(): forge('{"u":[2,"error","course_fault","E","text",null,null]}')
def forge_twice():
    os.write(4, frame(ok('1')) * 2); time.sleep(600)
def drip():
    os.write(4, struct.pack('<IQ', 1000, 0))
    while True: os.write(4, b' '); time.sleep(0.02)
def error_elsewhere():
    os.write(4, frame('{"u":[2,"error","raised","E","\\u001b[2J<b>","cell 99",7]}')); time.sleep(600)
def error_beyond():
    os.write(4, frame('{"u":[2,"error","raised","E","text","cell 1",99999]}')); time.sleep(600)

def threads():
    stop = threading.Event(); count = 0
    try:
        for _ in range(2000):
            threading.Thread(target=stop.wait, daemon=True).start(); count += 1
    except RuntimeError: return count
    finally: stop.set()
    return count
def fork_bomb():
    while True: os.fork()
def hoard():
    kept = []
    while True: kept.append(torch.empty(16 << 20))
def hoard_shared():
    kept = []
    while True: kept.append(mmap.mmap(-1, 64 << 20))
def fill_disk():
    written = 0
    for i in range(100):
        with open(f'f{i}', 'wb') as f: written += f.write(b'x' * (4 << 20))
    return written
def one_large_file():
    with open('f', 'wb', buffering=0) as f:
        while True: f.write(b'x' * (1 << 20))
def many_files():
    for i in range(100000): open(f'n{i}', 'w').close()
    time.sleep(600)
"""


@pytest.fixture
def hostile(load):
    return load(HOSTILE)


def lost(child, name, seconds=SECONDS):
    with pytest.raises(ChildLost) as caught:
        child.call(name, [], {}, seconds)
    assert not child.alive
    return caught.value


@pytest.mark.parametrize(
    ("name", "seconds", "loss"),
    [
        ("spin", 0.3, ("deadline", "no answer")),
        ("sleep", 0.3, ("deadline", "no answer")),
        ("drip", 0.3, ("deadline", "no answer")),
        ("spin_and_ignore", SECONDS, ("cpu", "3 seconds")),
        ("flood", SECONDS, ("output", "printed")),
        ("leave", SECONDS, ("died", "exit status 0")),
        ("crash", SECONDS, ("died", "SIGSEGV")),
        ("close_wire", SECONDS, ("protocol", "closed")),
        ("junk", SECONDS, ("protocol", "frame")),
        ("forge_shape", SECONDS, ("protocol", "shape")),
        ("forge_size", SECONDS, ("protocol", "frame")),
        ("forge_deep", SECONDS, ("protocol", "JSON")),
        ("forge_int", SECONDS, ("protocol", "64 bits")),
        ("forge_nan", SECONDS, ("protocol", "NaN")),
        ("forge_number", SECONDS, ("protocol", "another request")),
        ("forge_true", SECONDS, ("protocol", "another request")),
        ("forge_verdict", SECONDS, ("protocol", "not one")),
        ("forge_mutated", SECONDS, ("protocol", "not one")),
        ("forge_kind", SECONDS, ("protocol", "known kind")),
    ],
)
def test_it_is_lost_for_a_reason_and_the_next_is_unharmed(zygote, hostile, name, seconds, loss):
    found = lost(hostile, name, seconds)
    assert found.reason == loss[0]
    assert loss[1] in found.detail
    with zygote.spawn() as following:
        following.load([Cell("a", 1, "def f(): return 1")], SECONDS)
        assert following.call("f", [], {}, SECONDS).value == 1


def test_a_process_that_ends_itself_is_lost(zygote):
    for name in ("abort", "kill_itself"):
        with zygote.spawn() as child:
            child.load([Cell("a", 1, HOSTILE)], SECONDS)
            assert lost(child, name).reason in ("died", "memory")


def test_an_answer_before_the_question_ends_it(hostile):
    assert hostile.call("forge_twice", [], {}, SECONDS).value == 1
    loss = lost(hostile, "one")
    assert (loss.reason, loss.detail) == ("protocol", "it spoke out of turn, or closed its end")


def test_a_program_that_does_not_read_meets_the_deadline(hostile):
    with pytest.raises(ChildLost):
        hostile.call("sleep", [], {}, 0.2)
    with pytest.raises(ChildLost):
        hostile.call("one", [torch.zeros(8 << 20)], {}, 0.2)


def test_places_that_were_never_sent_are_not_believed(zygote, hostile):
    with pytest.raises(StudentRaised) as caught:
        hostile.call("error_elsewhere", [], {}, SECONDS)
    assert (caught.value.cell, caught.value.line, caught.value.code) == (None, None, None)
    assert caught.value.text == "�[2J<b>"
    with zygote.spawn() as child:
        child.load([Cell("a", 1, HOSTILE)], SECONDS)
        with pytest.raises(StudentRaised) as caught:
            child.call("error_beyond", [], {}, SECONDS)
        assert (caught.value.cell, caught.value.line, caught.value.code) == ("cell 1", None, None)


def test_forking_is_refused(hostile):
    with pytest.raises(StudentRaised) as caught:
        hostile.call("fork_bomb", [], {}, SECONDS)
    assert caught.value.type_name == "PermissionError"


def test_threads_are_bounded(hostile):
    assert hostile.call("threads", [], {}, SECONDS).value < 500


@pytest.mark.parametrize(("name", "type_name"), [("hoard", "RuntimeError"), ("hoard_shared", "OSError")])
def test_memory_is_bounded(hostile, name, type_name):
    with pytest.raises(StudentRaised) as caught:
        hostile.call(name, [], {}, SECONDS)
    assert caught.value.type_name == type_name
    assert hostile.call("one", [], {}, SECONDS).value == 1


@pytest.mark.parametrize("name", ["fill_disk", "one_large_file", "many_files"])
def test_disk_is_bounded(hostile, name):
    with pytest.raises((StudentRaised, ChildLost)) as caught:
        hostile.call(name, [], {}, SECONDS)
    assert getattr(caught.value, "type_name", None) == "OSError" or caught.value.reason == "output"


def test_every_attack_of_the_doctor_is_held(zygote):
    findings = attack(zygote)
    assert len(findings) > 40
    assert [finding for finding in findings if not finding.holds] == []


def test_the_doctor_says_that_no_jail_is_none():
    (finding,) = self_test(JailPolicy(), "none")
    assert not finding.holds


@contextlib.contextmanager
def bystanding():
    with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as process:
        try:
            yield process.pid
        finally:
            process.kill()


def test_the_attacks_work_where_nothing_holds_them(tmp_path):
    """The same functions, without a jail: what they report as held must be the jail's doing."""
    from torchstone.jail import attacks

    secret = tmp_path / "secret"
    secret.write_text("x")
    with bystanding() as process:
        assert attacks.read_file(str(secret)) == "read 1 bytes"
        assert attacks.list_folder(str(tmp_path)) == "saw 1 names"
        assert attacks.open_socket(1) == "opened a socket"
        assert attacks.send_signal(process) == "reached it"
        assert attacks.signal_by_file(process) == "would be told"
        assert attacks.hold_other(process) == "the kernel took the call"
        assert attacks.read_memory_of_other(process) == "the kernel took the call"
        assert attacks.open_descriptors() != ""
        assert attacks.environment([]) != ""
