"""Residual networks, RegNet, NFNet and DenseNet for zoo_totals.py."""

import torchvision
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

TIMM = (
    ["resnet26", "resnet200", "resnext101_32x4d", "resnext101_32x16d", "resnext101_32x32d"]
    + [f"resnet{name}" for name in ("18d", "26d", "34d", "101d", "152d", "200d", "26t", "50t")]
    + [f"resnet{depth}{kind}" for depth in (50, 101, 152) for kind in "cs"]
    + ["resnext50d_32x4d"]
    + [f"seresnet{name}" for name in ("18", "34", "101", "152", "50t", "152d", "200d", "269d")]
    + [f"seresnext{name}" for name in ("26d_32x4d", "26t_32x4d", "50_32x4d", "101_32x4d", "101_32x8d", "101d_32x8d",
                                       "101_64x4d")]
    + ["senet154", "legacy_seresnext26_32x4d", "legacy_seresnext101_32x4d"]
    + [f"legacy_seresnet{depth}" for depth in (18, 34, 101, 152)]
    + [f"resnetv2_{name}" for name in ("18", "18d", "34", "34d", "101", "101d", "152", "152d")]
    + [f"regnetx_{size:03}" for size in (2, 4, 6, 8, 16, 32, 40, 64, 80, 120, 160, 320)]
    + [f"regnety_{size:03}" for size in (2, 4, 6, 8, 16, 32, 40, 64, 80, 120, 160, 320, 640, 1280, 2560)]
    + [f"dm_nfnet_f{index}" for index in range(1, 7)]
    + [f"nfnet_f{index}" for index in range(8)]
    + ["nf_resnet26", "nf_resnet101", "nf_seresnet26", "nf_seresnet50", "nf_seresnet101"]
)


def plain(depths):
    """torchvision's ResNet without its shortcuts."""
    model = ResNet(BasicBlock, depths)
    for block in (module for module in model.modules() if isinstance(module, BasicBlock)):
        block.downsample = None
        block.forward = lambda x, b=block: b.relu(b.bn2(b.conv2(b.relu(b.bn1(b.conv1(x))))))
    return model


def stride_in_first(depths):
    """torchvision's ResNet with each bottleneck's stride in its first convolution."""
    model = ResNet(Bottleneck, depths)
    for block in (module for module in model.modules() if isinstance(module, Bottleneck)):
        block.conv1.stride, block.conv2.stride = block.conv2.stride, block.conv1.stride
    return model


VARIANTS = {
    "densenet264": lambda: torchvision.models.DenseNet(32, (6, 12, 64, 48), 64),
    "resnext152_32x4d": lambda: ResNet(Bottleneck, [3, 8, 36, 3], groups=32, width_per_group=4),
    "plain18": lambda: plain([2, 2, 2, 2]),
    "plain34": lambda: plain([3, 4, 6, 3]),
    "resnet50_paper": lambda: stride_in_first([3, 4, 6, 3]),
    "resnet101_paper": lambda: stride_in_first([3, 4, 23, 3]),
    "resnet152_paper": lambda: stride_in_first([3, 8, 36, 3]),
}
