import torch
from torch import Tensor, linalg
from torch.nn import functional as F  # noqa: N812

from cases.family import Family, integers


def eye(like: Tensor, n: int = 4) -> Tensor:
    return torch.eye(n, device=like.device)


product = Family("Products and contractions")
product.function("einsum", lambda x, y: torch.einsum("bij,bjk->bik", x, y), (2, 3, 4), (2, 4, 5))
product.function("einsum_heads", lambda x, y: torch.einsum("bhid,bhjd->bhij", x, y), (2, 3, 4, 5), (2, 3, 6, 5))
product.function("matmul", torch.matmul, (2, 3, 4), (4, 5))
product.function("bmm", torch.bmm, (2, 3, 4), (2, 4, 5))
product.function("mv", torch.mv, (3, 4), (4,))
product.function("dot", torch.dot, (4,), (4,))
product.function("outer", torch.outer, (3,), (4,))
product.function("baddbmm", torch.baddbmm, (2, 3, 5), (2, 3, 4), (2, 4, 5))
product.function("addmm", torch.addmm, (3, 5), (3, 4), (4, 5))
product.function("tensordot", lambda x, y: torch.tensordot(x, y, 1), (3, 4), (4, 5))
product.function("kron", torch.kron, (2, 2), (3, 3))
product.function("cdist", torch.cdist, (3, 4), (5, 4))
product.function("conv_function", lambda x, w: F.conv2d(x, w, padding=1), (1, 2, 5, 5), (3, 2, 3, 3))

reduction = Family("Reductions and pointwise functions")
reduction.function("cumsum", lambda x: x.cumsum(1), (3, 4))
reduction.function("cumprod", lambda x: x.cumprod(1), (3, 4))
reduction.function("cummax", lambda x: x.cummax(1), (3, 4))
reduction.function("logcumsumexp", lambda x: x.logcumsumexp(1), (3, 4))
reduction.function("logsumexp", lambda x: x.logsumexp(1), (3, 4))
reduction.function("norms", lambda x: [x.norm(), x.norm(dim=1), linalg.vector_norm(x, 1), F.normalize(x)], (3, 4))
reduction.function("variance", lambda x: [x.var(), x.std(1), x.mean(0)], (3, 4))
reduction.function("prod", lambda x: x.prod(1), (3, 4))
reduction.function("diff", torch.diff, (3, 4))
reduction.function("covariance", lambda x: [torch.cov(x), torch.corrcoef(x)], (3, 5))
reduction.function("clamp", lambda x: [x.clamp(-0.5, 0.5), x.clamp(min=0)], (3, 4))
reduction.function("lerp", lambda x, y: torch.lerp(x, y, 0.3), (3, 4), (3, 4))
reduction.function("addcmul", lambda x, y, z: torch.addcmul(x, y, z, value=0.5), (3, 4), (3, 4), (3, 4))
reduction.function("powers", lambda x: [x**2, 2**x, x.abs() ** 0.5], (3, 4))
reduction.function(
    "elementary",
    lambda x: [
        *(x.sin(), x.cos(), x.tan(), x.atan2(x + 1), x.erf(), x.exp()),
        *(x.abs().log(), x.sigmoid().logit()),
    ],
    (3, 4),
)
reduction.function(
    "on_integers",
    lambda i: [i // 2, i % 3, i << 1, i & 1, ~i, i.float().floor(), i.bool().any(), i.bool().all()],
    integers(5),
)
reduction.function("casts", lambda x: [x.double(), x.half().float(), x.long(), x.to(torch.float64)], (3, 4))
reduction.function("closeness", lambda x: [torch.isclose(x, x), torch.isnan(x), torch.nan_to_num(x)], (3, 4))
reduction.function("glu_function", F.glu, (3, 4))
reduction.function("rms_norm_function", lambda x: F.rms_norm(x, (4,)), (3, 4))

fourier = Family("Complex numbers and Fourier transforms")
fourier.function("fft", lambda x: torch.view_as_real(torch.fft.fft(x)), (3, 4))
fourier.function("rfft", lambda x: torch.fft.irfft(torch.fft.rfft(x)), (3, 4))
fourier.function(
    "stft",
    lambda x: torch.stft(x, 8, window=torch.hann_window(8).to(x.device), return_complex=True).abs(),
    (32,),
)
fourier.function("polar", lambda x: torch.polar(x.abs(), x).real, (3, 4))


def rebuilt_from_svd(a: Tensor) -> Tensor:
    u, s, vh = linalg.svd(a, full_matrices=False)
    return u * s @ vh


algebra = Family("Linear algebra")
algebra.function("solve", lambda a, b: linalg.solve(a + 4 * eye(a), b), (4, 4), (4, 2))
algebra.function("lstsq", lambda a, b: linalg.lstsq(a, b).solution, (5, 3), (5, 2))
algebra.function("singular_values", lambda a: linalg.svd(a)[1], (4, 3))
algebra.function("svd", rebuilt_from_svd, (4, 3))
algebra.function("svdvals", linalg.svdvals, (4, 3))
algebra.function("eigh", lambda a: linalg.eigh(a + a.T)[0], (4, 4))
algebra.function("qr", linalg.qr, (4, 3))
algebra.function("inv", lambda a: linalg.inv(a + 4 * eye(a)), (4, 4))
algebra.function("det", lambda a: [torch.det(a), torch.slogdet(a)[1]], (4, 4))
algebra.function("cholesky", lambda a: linalg.cholesky(a @ a.T + eye(a)), (4, 4))
algebra.function("pinv", linalg.pinv, (4, 3))
algebra.function("eigvals", lambda a: linalg.eigvals(a.detach()).abs().sort()[0], (4, 4))
algebra.function("matrix_exp", torch.matrix_exp, (3, 3))
algebra.function("matrix_rank", lambda a: linalg.matrix_rank(a.detach()), (3, 3))
algebra.function(
    "solve_triangular",
    lambda a, b: linalg.solve_triangular(a.tril() + 3 * eye(a), b, upper=False),
    (4, 4),
    (4, 2),
)
algebra.function("cross", linalg.cross, (4, 3), (4, 3))
algebra.function("matrix_norm", lambda a: linalg.norm(a, 2), (4, 3))
