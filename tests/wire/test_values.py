"""What crosses, how it arrives, and what is refused by name."""

import collections
import dataclasses
import enum
import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from torchstone import wire
from torchstone.errors import NotData

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text()
    | st.complex_numbers(allow_nan=False)
)
KEYS = st.integers(-(2**63), 2**63 - 1) | st.text(max_size=8) | st.tuples(st.booleans(), st.text(max_size=3))
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=4)
        | st.sets(KEYS, max_size=4)
    ),
    max_leaves=20,
)
SHAPES = st.lists(st.integers(0, 4), max_size=4).map(tuple)


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_plain_data_arrives_as_it_left(value):
    arrived = wire.copy(value)
    assert arrived == value
    assert repr(arrived) == repr(value) or isinstance(value, set | dict | list | tuple)


@settings(max_examples=200, deadline=None)
@given(SHAPES, st.sampled_from(list(wire.DTYPES.values())), st.integers(0, 2**32))
def test_a_tensor_arrives_bit_by_bit(shape, dtype, seed):
    generator = torch.Generator().manual_seed(seed)
    size = math.prod(shape) * dtype.itemsize
    raw = torch.randint(0, 256, (size,), dtype=torch.uint8, generator=generator)
    tensor = (raw.lt(128)[: math.prod(shape)] if dtype is torch.bool else raw.view(dtype)).reshape(shape)
    arrived = wire.copy(tensor)
    assert arrived.dtype is dtype
    assert arrived.shape == shape
    assert torch.equal(arrived.reshape(-1).view(torch.uint8), tensor.reshape(-1).view(torch.uint8))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.0])
def test_floats_that_json_cannot_write(value):
    arrived = wire.copy([value])[0]
    assert repr(arrived) == repr(value)


def test_types_of_containers_are_kept():
    arrived = wire.copy({"list": [1], "tuple": (1,), "set": {1}, "size": torch.Size([2, 3])})
    assert {name: type(item) for name, item in arrived.items()} == {
        "list": list,
        "tuple": tuple,
        "set": set,
        "size": tuple,
    }


class Colour(enum.IntEnum):
    RED = 3


class Lying(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


def test_subclasses_arrive_as_what_they_hold():
    arrived = wire.copy([Colour.RED, Lying(1.5), collections.OrderedDict(a=1), collections.UserString("x").data])
    assert [type(item) for item in arrived] == [int, float, dict, str]
    assert arrived == [3, 1.5, {"a": 1}, "x"]


Point = collections.namedtuple("Point", "x y")


@dataclasses.dataclass
class Model:
    weight: torch.Tensor
    name: str = "linear"


def test_named_tuples_and_dataclasses_arrive_as_records():
    point, model = wire.copy([Point(1, 2), Model(torch.ones(2))])
    assert (point.kind, point.x, point[1], tuple(point), len(point)) == ("Point", 1, 2, (1, 2), 2)
    assert (model.kind, model.name) == ("Model", "linear")
    assert torch.equal(model.weight, torch.ones(2))
    assert wire.copy(point) == point
    with pytest.raises(AttributeError):
        point.z  # noqa: B018


def test_what_torch_returns_with_names_arrives_as_a_tuple():
    values, indices = wire.copy(torch.tensor([1.0, 3.0, 2.0]).max(0))
    assert (values.item(), indices.item()) == (3.0, 1)


def test_numpy_arrives_as_tensors_and_numbers():
    array, swapped, backwards, number, flag = wire.copy(
        [
            np.ones((2, 3), np.float32),
            np.arange(3, dtype=">i4"),
            np.arange(3)[::-1],
            np.float64(2.5),
            np.bool_(True),
        ]
    )
    assert torch.equal(array, torch.ones(2, 3))
    assert (swapped.tolist(), backwards.tolist(), number, flag) == ([0, 1, 2], [2, 1, 0], 2.5, True)
    assert type(number) is float


def test_dtypes_and_devices_arrive_as_text():
    assert wire.copy([torch.float32, torch.device("cpu")]) == ["torch.float32", "cpu"]


class Deceiver(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return True


@pytest.mark.parametrize(
    "tensor",
    [
        torch.ones(2).as_subclass(Deceiver),
        torch.nn.Parameter(torch.ones(2)),
        torch.ones(2, requires_grad=True) * 1,
        torch.tensor([1 + 1j, 1 - 1j]).conj().imag.abs(),
        torch._neg_view(-torch.ones(2)),
        torch.ones(1).expand(2),
        torch.ones(4)[::2],
        torch.ones(4, dtype=torch.bfloat16)[::2],
    ],
    ids=["subclass", "parameter", "graph", "conj", "neg", "expanded", "strided", "bfloat16"],
)
def test_unusual_tensors_arrive_plain(tensor):
    arrived = wire.copy(tensor)
    assert type(arrived) is torch.Tensor
    assert not arrived.requires_grad
    assert arrived.is_contiguous()
    assert arrived.tolist() == [1.0, 1.0]


def test_one_entry_of_a_strided_tensor_arrives():
    assert wire.copy(torch.arange(2.0)[1::2]).tolist() == [1.0]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(list(wire.DTYPES.values())), max_size=6))
def test_tensors_of_odd_lengths_one_behind_the_other_have_memory_of_their_own(dtypes):
    sent = [torch.tensor([1, 0, 1]).to(dtype) for dtype in dtypes]
    arrived = wire.copy(sent)
    assert all(map(torch.equal, arrived, sent))
    assert all(tensor.data_ptr() % tensor.element_size() == 0 for tensor in arrived)
    assert all(tensor.untyped_storage().nbytes() == 3 * tensor.element_size() for tensor in arrived)
    assert all(tensor.untyped_storage().resizable() for tensor in arrived)


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (torch.nn.Linear(1, 1), "a Linear"),
        (iter([1]), "a list_iterator"),
        (len, "a builtin_function_or_method"),
        (object, "a type"),
        (b"bytes", "a bytes"),
        (2**63, "64 bits"),
        (torch.eye(3).to_sparse(), "sparse"),
        (torch.empty(3, device="meta"), "meta"),
        (torch.zeros(1).expand(10**13), "bytes"),
        (torch._efficientzerotensor((2,)), "cannot be read"),
        (torch.zeros(1, dtype=torch.float8_e5m2), "float8"),
        (torch.Generator(), "a Generator"),
        (np.array(["text"]), "numpy array"),
        (np.array([object()]), "numpy array"),
        (np.longdouble(1), "numpy"),
        ({math.nan: 1}, "nan"),
        ({torch.ones(1): 1}, "a Tensor as a key"),
        ("\ud800", "Unicode"),
        ("x" * (wire.MAX_STRING + 1), "characters"),
        ([0] * 1_000_000, "items"),
        (range(3), "a range"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "value",
)
def test_what_is_not_data_is_refused_by_name(value, word):
    with pytest.raises(NotData, match=word):
        wire.copy(value)


@pytest.mark.filterwarnings("ignore")  # torch warns that both kinds are on their way out
def test_quantized_and_nested_tensors_are_refused_by_name():
    with pytest.raises(NotData, match="quantized"):
        wire.copy(torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8))
    with pytest.raises(NotData, match="nested"):
        wire.copy(torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]))


def test_a_list_that_holds_itself_is_refused():
    ring = []
    ring.append(ring)
    with pytest.raises(NotData, match="nested"):
        wire.copy(ring)


def test_encoding_stops_at_the_cap():
    nested = [1] * 1000
    for _ in range(10):  # 1000**10 items if anything walked them all
        nested = [nested] * 1000
    with pytest.raises(NotData, match="items"):
        wire.copy(nested)


def test_layout_and_generators_cross_into_the_jail_only():
    generator = torch.Generator().manual_seed(7)
    value = [
        torch.arange(6.0).reshape(2, 3).t(),
        torch.ones(1, 3).expand(2, 3),
        torch.arange(4).unfold(0, 2, 1),
        generator,
    ]
    strided, expanded, overlapping, arrived = wire.copy_in(value)
    assert strided.stride() == (1, 3)
    assert expanded.stride() == (0, 1)
    assert overlapping.tolist() == [[0, 1], [1, 2], [2, 3]]
    assert torch.equal(torch.randn(5, generator=arrived), torch.randn(5, generator=generator))
    assert wire.copy(value[0]).is_contiguous()


def test_a_generator_by_value_leaves_the_original_alone():
    generator = torch.Generator().manual_seed(7)
    before = generator.get_state()
    torch.randn(5, generator=wire.copy_in(generator))
    assert torch.equal(generator.get_state(), before)


@pytest.mark.parametrize(
    "value", [dict.fromkeys(itertools.pairwise(range(5000))), set(itertools.pairwise(range(5000)))]
)
def test_more_tuples_as_keys_than_anybody_needs_do_not_cross(value):
    with pytest.raises(NotData, match="more than 4,096 tuples as keys or in sets"):
        wire.copy(value)
