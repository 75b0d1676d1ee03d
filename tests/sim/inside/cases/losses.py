import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from cases.family import Family, integers, signs, uniform

loss = Family("Losses")
classes = integers(5, high=4)

loss.function("cross_entropy", nn.CrossEntropyLoss(), (5, 4), classes)
loss.function("cross_entropy_smoothed", nn.CrossEntropyLoss(label_smoothing=0.1), (5, 4), classes)
loss.function("cross_entropy_probabilities", nn.CrossEntropyLoss(), (5, 4), uniform(5, 4))
loss.function("cross_entropy_2d", nn.CrossEntropyLoss(ignore_index=0), (2, 4, 3, 3), integers(2, 3, 3, high=4))
loss.function(
    "cross_entropy_weighted",
    lambda x, t: F.cross_entropy(x, t, weight=torch.tensor([1.0, 2.0, 3.0, 4.0]).to(x.device)),
    (5, 4),
    classes,
)
loss.function("nll", nn.NLLLoss(), (5, 4), classes)
loss.function("mse", nn.MSELoss(), (5, 4), (5, 4))
loss.function("l1", nn.L1Loss(), (5, 4), (5, 4))
loss.function("smooth_l1", nn.SmoothL1Loss(), (5, 4), (5, 4))
loss.function("huber", nn.HuberLoss(), (5, 4), (5, 4))
loss.function("bce", lambda x, t: F.binary_cross_entropy(x.sigmoid(), t), (5, 4), uniform(5, 4))
loss.function("bce_with_logits", nn.BCEWithLogitsLoss(), (5, 4), uniform(5, 4))
loss.function("kl_divergence", nn.KLDivLoss(reduction="batchmean"), (5, 4), uniform(5, 4))
loss.function("poisson_nll", nn.PoissonNLLLoss(), (5, 4), uniform(5, 4))
loss.function("gaussian_nll", nn.GaussianNLLLoss(), (5, 4), (5, 4), uniform(5, 4))
loss.function("hinge_embedding", nn.HingeEmbeddingLoss(), (5, 4), signs(5, 4))
loss.function("margin_ranking", nn.MarginRankingLoss(), (5,), (5,), signs(5))
loss.function("cosine_embedding", nn.CosineEmbeddingLoss(), (5, 4), (5, 4), signs(5))
loss.function("triplet_margin", nn.TripletMarginLoss(), (5, 4), (5, 4), (5, 4))
loss.function("multi_margin", nn.MultiMarginLoss(), (5, 4), classes)
loss.function(
    "multilabel_margin", nn.MultiLabelMarginLoss(), (2, 4), lambda: torch.tensor([[0, 2, -1, 1], [1, -1, 0, 0]])
)
loss.function("multilabel_soft_margin", nn.MultiLabelSoftMarginLoss(), (5, 4), uniform(5, 4))
loss.function("soft_margin", nn.SoftMarginLoss(), (5, 4), signs(5, 4))
loss.function(
    "ctc",
    lambda x: F.ctc_loss(
        x.log_softmax(-1),
        torch.tensor([[1, 2], [2, 1]]).to(x.device),
        torch.tensor([6, 6]),
        torch.tensor([2, 2]),
    ),
    (6, 2, 4),
)
