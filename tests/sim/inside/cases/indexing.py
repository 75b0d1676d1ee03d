from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from cases.family import Family, booleans, integers


def in_place(change: Callable[[Tensor], object]) -> Callable[[Tensor], Tensor]:
    """A function of one tensor from a change made to a copy of it."""

    def function(x: Tensor) -> Tensor:
        y = x * 1
        change(y)
        return y

    return function


def arange(x: Tensor, n: int) -> Tensor:
    return torch.arange(n, device=x.device)


def distinct_columns() -> Tensor:
    return torch.rand(4, 5).argsort(1)[:, :3]


index = Family("Indexing, gathering, scattering")
index.function("gather", lambda x, i: x.gather(1, i), (4, 5), integers(4, 3))
index.function("scatter", lambda x, i, s: x.scatter(1, i, s), (4, 5), distinct_columns, (4, 3))
index.function("scatter_add", lambda x, i, s: x.scatter_add(1, i, s), (4, 5), integers(4, 3), (4, 3))
index.function("scatter_max", lambda x, i, s: x.scatter_reduce(1, i, s, "amax"), (4, 5), integers(4, 3), (4, 3))
index.function("index_add", lambda x, i, s: x.index_add(0, i, s), (5, 3), integers(4), (4, 3))
index.function("index_copy", lambda x, s: x.index_copy(0, arange(x, 3), s), (5, 3), (3, 3))
index.function(
    "index_put",
    in_place(lambda y: y.index_put_((arange(y, 2), arange(y, 2)), torch.ones(2, device=y.device))),
    (4, 5),
)
index.function("assign_by_mask", in_place(lambda y: y.__setitem__(y > 0, 0.0)), (4, 5))
index.function("assign_columns", in_place(lambda y: y.__setitem__((slice(None), [0, 2]), y[:, [1, 3]] * 2)), (4, 5))
index.function("assign_scalar", in_place(lambda y: y.__setitem__((0, 1), 7.0)), (4, 5))
index.function("assign_row", in_place(lambda y: y.__setitem__(1, y[0] * 2)), (4, 5))
index.function("take_along", lambda x: x.take_along_dim(x.argsort(1), 1), (4, 5))
index.function("fancy", lambda x: x[arange(x, 3)[:, None], [0, 1]], (4, 5))
index.function("ellipsis", lambda x: x[..., None, 1:3], (4, 5))
index.function("by_list", lambda x: x[[0, 2]], (4, 5))
index.function("by_numpy", lambda x: x[np.array([0, 2])], (4, 5))
index.function("one_hot", lambda i: F.one_hot(i, 5), integers(4))

mask = Family("Masks and selection")
mask.function("masked_fill", lambda x, m: x.masked_fill(m, -1e9).softmax(-1), (4, 5), booleans(4, 5))
mask.function("masked_fill_in_place", in_place(lambda y: y.masked_fill_(y > 0, 3.0)), (4, 5))
mask.function("masked_select", lambda x, m: x.masked_select(m), (4, 5), booleans(4, 5))
mask.function("by_mask", lambda x, m: x[m], (4, 5), booleans(4, 5))
mask.function("rows_by_mask", lambda x: x[x.sum(1) > 0], (4, 5))
mask.function("where", lambda x, y: torch.where(x > 0, x, y), (4, 5), (4, 5))
mask.function("where_scalar", lambda x: torch.where(x > 0, x, 0.0), (4, 5))
mask.function("where_indices", lambda x: list(torch.where(x > 0)), (4, 5))
mask.function("nonzero", lambda x: (x > 0).nonzero(), (4, 5))

order = Family("Sorting, searching, counting")
order.function("topk", lambda x: x.topk(2), (4, 5))
order.function("sort", lambda x: x.sort(-1, descending=True), (4, 5))
order.function("argsort", lambda x: x.argsort(-1), (4, 5))
order.function("kthvalue", lambda x: x.kthvalue(2), (4, 5))
order.function("median", lambda x: x.median(1), (4, 5))
order.function("max", lambda x: x.max(1), (4, 5))
order.function("extremes", lambda x: [x.min(), x.max(), x.amax(0), x.argmax(), x.aminmax()[0]], (4, 5))
order.function("unique", lambda i: i.unique(return_inverse=True, return_counts=True), integers(9))
order.function("bincount", lambda i: i.bincount(minlength=6), integers(9))
order.function("histc", lambda x: x.detach().histc(4), (9,))
order.function("searchsorted", lambda x: torch.searchsorted(x.detach().sort()[0], x.detach()), (9,))
order.function("bucketize", lambda x: torch.bucketize(x, arange(x, 3).float()), (9,))
order.function("quantile", lambda x: [x.quantile(0.3), x.nanmedian()], (9,))
