"""Frames over pipes: deadlines, closed ends, caps, and bytes that mean harm."""

import json
import os
import struct
import threading
import time

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from torchstone import wire
from torchstone.errors import NotData, WireClosed, WireDeadline, WireError

FAR = 30.0


@pytest.fixture
def pipe():
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    ends = [reader, writer]
    yield ends
    for fd in ends:
        if fd is not None:
            os.close(fd)


def soon(seconds=FAR):
    return time.monotonic() + seconds


def frame(header, body=b"", *, header_size=None, body_size=None):
    header = header.encode() if isinstance(header, str) else header
    sizes = (len(header) if header_size is None else header_size, len(body) if body_size is None else body_size)
    return struct.pack("<IQ", *sizes) + header + body


def receive_bytes(data, **options):
    reader, writer = os.pipe()
    os.set_blocking(reader, False)

    def feed():
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(writer, view) :]
        except BrokenPipeError:
            pass
        os.close(writer)

    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        return wire.receive(reader, soon(), **options)
    finally:
        os.close(reader)
        feeder.join()


def test_a_value_crosses_with_its_devices(pipe):
    wire.send(pipe[1], {"loss": torch.ones(2), "steps": (1, 2.5, None)}, soon())
    received = wire.receive(pipe[0], soon())
    assert torch.equal(received.value["loss"], torch.ones(2))
    assert received.value["steps"] == (1, 2.5, None)
    assert received.devices == {"cpu"}


def test_a_tensor_larger_than_the_pipe_crosses(pipe):
    big = torch.arange(1 << 20)
    sender = threading.Thread(target=wire.send, args=(pipe[1], big, soon()))
    sender.start()
    assert torch.equal(wire.receive(pipe[0], soon()).value, big)
    sender.join()


def test_a_silent_sender_meets_the_deadline(pipe):
    with pytest.raises(WireDeadline):
        wire.receive(pipe[0], soon(0.05))


def test_a_dripping_sender_meets_the_same_deadline(pipe):
    os.write(pipe[1], struct.pack("<IQ", 1000, 0))
    stop = threading.Event()

    def drip():
        while not stop.wait(0.01):
            os.write(pipe[1], b" ")

    dripper = threading.Thread(target=drip)
    dripper.start()
    try:
        with pytest.raises(WireDeadline):
            wire.receive(pipe[0], soon(0.2))
    finally:
        stop.set()
        dripper.join()


def test_a_receiver_that_does_not_read_meets_the_deadline(pipe):
    with pytest.raises(WireDeadline):
        wire.send(pipe[1], torch.zeros(1 << 20), soon(0.05))


def test_a_closed_reader_and_a_closed_writer_are_told(pipe):
    os.write(pipe[1], b"abc")
    os.close(pipe[1])
    with pytest.raises(WireClosed):
        wire.receive(pipe[0], soon())
    os.close(pipe[0])
    pipe[0], pipe[1] = os.pipe()
    os.close(pipe[0])
    pipe[0] = None
    with pytest.raises(WireClosed):
        wire.send(pipe[1], 1, soon())


def test_what_is_refused_leaves_nothing_on_the_wire(pipe):
    with pytest.raises(NotData):
        wire.send(pipe[1], [torch.ones(3), object()], soon())
    wire.send(pipe[1], "next", soon())
    assert wire.receive(pipe[0], soon()).value == "next"


FORGED = {
    "negative size": frame('{"t":["float32",[-1],"cpu"]}', b"1234"),
    "more elements than bytes": frame('{"t":["float32",[1099511627776,1099511627776],"cpu"]}', b"1234"),
    "fewer elements than bytes": frame('{"t":["float32",[1],"cpu"]}', b"12345678"),
    "bytes without a tensor": frame("1", b"1234"),
    "a body beyond the cap": frame("null", body_size=1 << 62),
    "a header beyond the cap": frame("null", header_size=(1 << 32) - 1),
    "deep JSON": frame("[" * 500_000),
    "deep nodes": frame('{"l":[' * 50 + "]}" * 50),
    "a long integer": frame("9" * 500_000),
    "an integer beyond 64 bits": frame(str(2**63)),
    "NaN": frame('{"l":[NaN]}'),
    "Infinity": frame("-Infinity"),
    "a number that overflows": frame("1e999"),
    "a bare list": frame("[1]"),
    "two tags": frame('{"l":[],"u":[]}'),
    "the same tag twice": frame('{"l":[],"l":[]}'),
    "no tag": frame("{}"),
    "an unknown tag": frame('{"x":1}'),
    "a pickle": frame(b"\x80\x04N."),
    "an unknown dtype": frame('{"t":["qint8",[1],"cpu"]}', b"1"),
    "a dtype that is no text": frame('{"t":[{"l":[]},[1],"cpu"]}', b"1"),
    "a device with markup": frame('{"t":["uint8",[1],"<b>"]}', b"1"),
    "too many dimensions": frame(json.dumps({"t": ["uint8", [1] * 17, "cpu"]}), b"1"),
    "an empty tensor of overflowing shape": frame('{"t":["uint8",[0,268435456,268435456,268435456],"cpu"]}'),
    "a boolean size": frame('{"t":["uint8",[true],"cpu"]}', b"1"),
    "strides": frame('{"t":["uint8",[2,2],"cpu",[1,2]]}', b"1234"),
    "a generator": frame('{"g":{"t":["uint8",[1],"cpu"]}}', b"1"),
    "a key twice": frame('{"d":[["a",1],["a",2]]}'),
    "equal keys": frame('{"d":[[1,1],[true,2]]}'),
    "a list as a key": frame('{"d":[[{"l":[]},1]]}'),
    "a tensor as a key": frame('{"d":[[{"t":["uint8",[0],"cpu"]},1]]}'),
    "nan as a key": frame('{"d":[[{"f":"nan"},1]]}'),
    "a set member twice": frame('{"s":[1,1.0]}'),
    "a field twice": frame('{"r":["P",[["x",1],["x",2]]]}'),
    "a long field": frame(json.dumps({"r": ["P", [["x" * 81, 1]]]})),
    "a lone surrogate": frame('"\\ud800"'),
    "a float by another name": frame('{"f":"0x1p-3"}'),
    "a complex of integers": frame('{"c":[1,2]}'),
    "too many items": frame('{"l":[' + "0," * 100_000 + "0]}"),
}


@pytest.mark.parametrize("data", FORGED.values(), ids=FORGED.keys())
def test_a_forged_frame_is_refused(data):
    with pytest.raises(WireError):
        receive_bytes(data)


def test_a_byte_that_is_no_bool_becomes_one():
    received = receive_bytes(frame('{"t":["bool",[4],"cpu"]}', b"\x00\x01\x02\xff")).value
    assert received.view(torch.uint8).tolist() == [0, 1, 1, 1]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_arbitrary_bytes_never_do_anything_but_be_refused(data):
    with pytest.raises(WireError):
        # A frame of its declared length may by chance be a value; nothing this short and random is.
        receive_bytes(b"\xff" + data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("tfludsrgoc"), inner, min_size=1, max_size=2)
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(JSON, st.binary(max_size=32), st.booleans())
def test_arbitrary_trees_give_a_value_or_a_wire_error(tree, body, trusted):
    try:
        received = receive_bytes(frame(json.dumps(tree), body), trusted_sender=trusted)
    except WireError:
        return
    assert isinstance(received, wire.Received)


TENSOR = st.fixed_dictionaries(
    {
        "dtype": st.sampled_from([*wire.DTYPES, "qint8"]),
        "shape": st.lists(st.integers(-1, 5) | st.just(1 << 40), max_size=4),
        "strides": st.none() | st.lists(st.integers(-1, 20) | st.just(1 << 40), max_size=4),
    }
)


@settings(max_examples=300, deadline=None)
@given(TENSOR, st.binary(max_size=64))
def test_arbitrary_tensor_nodes_give_a_tensor_or_a_wire_error(node, body):
    content = [node["dtype"], node["shape"], "cpu"] + ([] if node["strides"] is None else [node["strides"]])
    try:
        value = receive_bytes(frame(json.dumps({"t": content}), body), trusted_sender=True).value
    except WireError:
        return
    assert list(value.shape) == node["shape"]
    assert value.numel() * value.element_size() == len(body)


def test_a_kept_frame_comes_back() -> None:
    value = {"w": torch.arange(6.0).reshape(2, 3).T, "n": [1, None, "é"], "empty": torch.zeros(0, 3)}
    found = wire.load(wire.dump(value))
    assert torch.equal(found["w"], value["w"])
    assert (found["n"], found["empty"].shape) == ([1, None, "é"], (0, 3))
    assert wire.dump(found) == wire.dump(value)


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b + b"x", lambda b: b[:5], lambda b: b""])
def test_a_kept_frame_that_is_damaged_is_refused(change) -> None:
    with pytest.raises(WireError):
        wire.load(change(wire.dump([torch.ones(2), "text"])))
