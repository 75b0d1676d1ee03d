from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from cases.family import Family, with_gradients
from cases.indexing import in_place

shape = Family("Shapes, joins, resampling")
shape.function("cat", lambda x, y: torch.cat([x, y], 1), (3, 4), (3, 2))
shape.function("stack", lambda x, y: torch.stack([x, y]), (3, 4), (3, 4))
shape.function("split", lambda x: x.split([1, 3], 1), (3, 4))
shape.function("chunk", lambda x: x.chunk(2, 1), (3, 4))
shape.function("unbind", lambda x: x.unbind(0), (3, 4))
shape.function("tensor_split", lambda x: x.tensor_split(3, 1), (3, 4))
shape.function("windows", lambda x: x.unfold(1, 3, 1), (3, 6))
shape.function("unfold_and_fold", lambda x: F.fold(F.unfold(x, 2), (5, 5), 2), (1, 2, 5, 5))
shape.function("interpolate_bicubic", lambda x: F.interpolate(x, size=(7, 7), mode="bicubic"), (1, 2, 4, 4))
shape.function("interpolate_nearest", lambda x: F.interpolate(x, scale_factor=2), (1, 2, 4, 4))
shape.function("grid_sample", lambda x, g: F.grid_sample(x, g.tanh(), align_corners=False), (1, 2, 4, 4), (1, 3, 3, 2))
shape.function("affine_grid", lambda t: F.affine_grid(t, (1, 1, 3, 3), align_corners=False), (1, 2, 3))
shape.function("flip_and_roll", lambda x: x.flip(0).roll(1, 1), (3, 4))
shape.function("repeat", lambda x: [x.repeat(2, 1), x.repeat_interleave(2, 0), x.tile(2)], (3, 4))
shape.function("repeat_by_tensor", lambda x: x.repeat_interleave(torch.tensor([1, 2, 0]).to(x.device), 0), (3, 4))
shape.function("expand", lambda x: x.expand(2, 3, 4) * 2, (3, 4))
shape.function("triangles", lambda x: [x.tril(), x.triu(1), x.diagonal(), torch.diag_embed(x)], (4, 4))
shape.function("trace", torch.trace, (4, 4))
shape.function("meshgrid", lambda x, y: torch.meshgrid(x, y, indexing="ij"), (3,), (4,))
shape.function("pad", lambda x: F.pad(x, (1, 2)), (3, 4))
shape.function("pixel_unshuffle", lambda x: F.pixel_unshuffle(x, 2), (1, 1, 4, 4))
shape.function("vander", lambda x: torch.vander(x.detach()), (4,))
shape.function("combinations", torch.combinations, (4,))
shape.function("block_diag", torch.block_diag, (2, 2), (3, 3))
shape.function("movedim", lambda x: x.movedim(0, 1).contiguous().view(-1), (3, 4))

view = Family("Views, in-place changes, `out=`")
view.function("out", lambda x: torch.add(x.detach(), 1, out=torch.empty_like(x.detach())), (3, 4))
view.function("out_resized", lambda x: torch.mul(x.detach(), 2, out=torch.empty(0, device=x.device)), (3, 4))
view.function("shape_changed_in_place", in_place(lambda y: y.t_().unsqueeze_(0).squeeze_(0)), (3, 4))
view.function("resized_in_place", lambda x: x.detach().clone().resize_(2, 6), (3, 4))


@view.program
def written_through_views(device: str) -> list[Tensor]:
    x = torch.zeros(3, 4).to(device)
    x[0] += 1
    x.view(-1)[5] = 7
    x.t()[3].add_(2)
    x[:, 1].mul_(3)
    strided = x.as_strided((2,), (4,), 1)
    strided.fill_(9)
    x.diagonal().zero_()
    x.reshape(12)[11] = 5
    return [x, strided]


@view.program
def gradients_through_views(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    w = torch.randn(3, 4).to(device).requires_grad_()
    x = w * 1
    x[0] += 1
    x[1] *= w[2]
    x.t()[2].mul_(w.t()[0])
    halves = x.view(2, 6)
    halves[0].mul_(2)
    return with_gradients(x, [w])


@view.program
def leaf_changed_in_place(device: str) -> list[Tensor]:
    w = torch.randn(3).to(device).requires_grad_()
    return [refused("leaf Variable", lambda: w.add_(1))]


@view.program
def saved_tensor_changed(device: str) -> list[Tensor]:
    w = torch.randn(3).to(device).requires_grad_()
    y = w.exp()
    y.add_(1)
    return [refused("modified by an inplace", y.sum().backward)]


@view.program
def strides(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    x = torch.randn(4, 6).to(device).t()[::2]
    images = torch.randn(2, 3, 4, 4).to(device).to(memory_format=torch.channels_last)
    assert not x.is_contiguous()
    assert images.is_contiguous(memory_format=torch.channels_last)
    convolved = F.conv2d(images, torch.ones(2, 3, 2, 2).to(device))
    refusal = refused("view size is not compatible", lambda: x.view(-1))
    return [x.contiguous(), x.reshape(-1), convolved, refusal, torch.tensor(x.stride())]


def refused(reason: str, attempt: Callable[[], object]) -> Tensor:
    """Whether the attempt raises for that reason."""
    try:
        attempt()
    except RuntimeError as error:
        return torch.tensor(reason in str(error))
    return torch.tensor(False)
