from torch import nn
from torch.nn.utils import parametrizations

from cases.family import Family

linear = Family("Linear layers and parametrizations")
linear.module("linear", lambda: nn.Linear(5, 3), (4, 5))
linear.module("linear_3d", lambda: nn.Linear(5, 3), (2, 4, 5))
linear.module("linear_without_bias", lambda: nn.Linear(5, 3, bias=False), (4, 5))
linear.module("bilinear", lambda: nn.Bilinear(3, 4, 5), (2, 3), (2, 4))
linear.module("flatten", nn.Flatten, (2, 3, 4))
linear.module("weight_norm", lambda: parametrizations.weight_norm(nn.Linear(4, 3)), (2, 4))
linear.module("spectral_norm", lambda: parametrizations.spectral_norm(nn.Linear(4, 3)), (2, 4))
linear.module("orthogonal", lambda: parametrizations.orthogonal(nn.Linear(4, 4)), (2, 4))
linear.module("cosine_similarity", nn.CosineSimilarity, (3, 4), (3, 4))
linear.module("pairwise_distance", nn.PairwiseDistance, (3, 4), (3, 4))

conv = Family("Convolutions")
conv.module("conv1d", lambda: nn.Conv1d(3, 4, 3, padding=1), (2, 3, 9))
conv.module("conv2d_strided_groups", lambda: nn.Conv2d(4, 4, 3, stride=2, groups=2), (2, 4, 9, 9))
conv.module("conv2d_same", lambda: nn.Conv2d(3, 4, 3, padding="same"), (2, 3, 9, 9))
conv.module("conv2d_reflect", lambda: nn.Conv2d(3, 4, 3, padding=1, padding_mode="reflect"), (2, 3, 9, 9))
conv.module("conv3d", lambda: nn.Conv3d(2, 3, 2), (1, 2, 4, 4, 4))
conv.module("conv_transpose1d", lambda: nn.ConvTranspose1d(3, 2, 3), (2, 3, 5))
conv.module("conv_transpose2d", lambda: nn.ConvTranspose2d(3, 2, 3, stride=2, output_padding=1), (2, 3, 5, 5))
conv.module("conv_transpose3d", lambda: nn.ConvTranspose3d(2, 2, 2), (1, 2, 3, 3, 3))
conv.module("unfold", lambda: nn.Unfold(2), (1, 2, 5, 5))
conv.module("fold", lambda: nn.Fold((5, 5), 2), (1, 8, 16))

pool = Family("Pooling, padding, resizing")
pool.module("max_pool1d", lambda: nn.MaxPool1d(2), (2, 3, 8))
pool.module("max_pool2d", lambda: nn.MaxPool2d(2), (2, 3, 8, 8))
pool.module("max_pool3d", lambda: nn.MaxPool3d(2), (1, 3, 4, 4, 4))
pool.module("max_pool2d_indices", lambda: nn.MaxPool2d(2, return_indices=True), (2, 3, 8, 8))
pool.module("avg_pool1d", lambda: nn.AvgPool1d(2), (2, 3, 8))
pool.module("avg_pool2d", lambda: nn.AvgPool2d(2), (2, 3, 8, 8))
pool.module("avg_pool3d", lambda: nn.AvgPool3d(2), (1, 2, 4, 4, 4))
pool.module("adaptive_avg_pool1d", lambda: nn.AdaptiveAvgPool1d(3), (2, 3, 8))
pool.module("adaptive_avg_pool2d", lambda: nn.AdaptiveAvgPool2d((3, 2)), (2, 3, 8, 8))
pool.module("global_avg_pool2d", lambda: nn.AdaptiveAvgPool2d(1), (2, 3, 8, 8))
pool.module("adaptive_max_pool2d", lambda: nn.AdaptiveMaxPool2d(3), (2, 3, 8, 8))
pool.module("lp_pool2d", lambda: nn.LPPool2d(2, 2), (2, 3, 8, 8))
pool.module("fractional_max_pool2d", lambda: nn.FractionalMaxPool2d(2, output_size=3), (2, 3, 8, 8))
pool.module("pixel_shuffle", lambda: nn.PixelShuffle(2), (1, 8, 3, 3))
pool.module("upsample_bilinear", lambda: nn.Upsample(scale_factor=2, mode="bilinear"), (1, 2, 4, 4))
pool.module("zero_pad", lambda: nn.ZeroPad2d(1), (1, 2, 3, 3))
pool.module("reflection_pad", lambda: nn.ReflectionPad2d(1), (1, 2, 3, 3))
pool.module("replication_pad", lambda: nn.ReplicationPad2d(1), (1, 2, 3, 3))
pool.module("circular_pad", lambda: nn.CircularPad2d(1), (1, 2, 3, 3))

norm = Family("Normalization and dropout")
norm.module("batch_norm1d", lambda: nn.BatchNorm1d(3), (4, 3))
norm.module("batch_norm1d_sequence", lambda: nn.BatchNorm1d(3), (4, 3, 5))
norm.module("batch_norm2d", lambda: nn.BatchNorm2d(3), (2, 3, 5, 5))
norm.module("batch_norm3d", lambda: nn.BatchNorm3d(3), (2, 3, 3, 3, 3))
norm.module("batch_norm_cumulative", lambda: nn.BatchNorm1d(3, momentum=None), (4, 3))
norm.module("batch_norm1d_eval", lambda: nn.BatchNorm1d(3), (4, 3), train=False)
norm.module("batch_norm2d_eval", lambda: nn.BatchNorm2d(3), (2, 3, 5, 5), train=False)
norm.module("layer_norm", lambda: nn.LayerNorm(5), (4, 5))
norm.module("rms_norm", lambda: nn.RMSNorm(5), (4, 5))
norm.module("group_norm", lambda: nn.GroupNorm(2, 4), (2, 4, 5, 5))
norm.module("instance_norm1d", lambda: nn.InstanceNorm1d(3, affine=True), (2, 3, 7))
norm.module("instance_norm2d", lambda: nn.InstanceNorm2d(3, affine=True, track_running_stats=True), (2, 3, 5, 5))
norm.module("local_response_norm", lambda: nn.LocalResponseNorm(2), (2, 4, 5, 5))
norm.module("dropout", lambda: nn.Dropout(0.5), (6, 6))
norm.module("dropout2d", lambda: nn.Dropout2d(0.5), (2, 6, 3, 3))
norm.module("alpha_dropout", lambda: nn.AlphaDropout(0.3), (6, 6))

activation = Family("Activations")
for name in (
    *("ReLU", "ReLU6", "LeakyReLU", "PReLU", "RReLU", "ELU", "SELU", "CELU", "GELU", "SiLU", "Mish", "Softplus"),
    *("Softsign", "Softshrink", "Hardshrink", "Hardtanh", "Hardsigmoid", "Hardswish", "Sigmoid", "Tanh"),
    *("Tanhshrink", "LogSigmoid"),
):
    activation.module(name, getattr(nn, name), (4, 5))
for name in ("Softmax", "Softmin", "LogSoftmax", "GLU"):
    activation.module(name, lambda name=name: getattr(nn, name)(-1), (4, 6))
activation.module("Threshold", lambda: nn.Threshold(0.1, 20.0), (4, 5))
activation.module("Softmax2d", nn.Softmax2d, (1, 2, 3, 3))
