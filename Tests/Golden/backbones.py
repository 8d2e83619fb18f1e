#!/usr/bin/env python3
"""Writes backbones.csv beside this script: the feature maps that timm's `features_only` networks give.

Columns: model (the catalogue's name), maps (stride:channels from 4 to 32), parameters of the network without what no
map needs. MobileNetV3, GhostNet and NFNet are left out: timm counts the widening last convolution among the features,
which serves the classifier. DenseNet's parameters are left out: timm counts the norm before the classifier.
"""

import pathlib
import sys

import timm
import torch

# Catalogue name and timm's, where they differ.
MODELS = {
    **{name: name for name in (
        "resnet18 resnet34 resnet50 resnet101 resnet152 wide_resnet50_2 wide_resnet101_2 resnext50_32x4d "
        "resnext101_32x8d resnext101_64x4d densenet121 densenet161 densenet169 densenet201 vgg11 vgg13 vgg16 vgg19 "
        "vgg16_bn efficientnet_b0 efficientnet_b1 efficientnet_b2 efficientnet_b3 efficientnet_b4 efficientnet_b5 "
        "efficientnet_b6 efficientnet_b7 mobilenetv1_100 mobilenetv2_100 mobilenetv2_140 mnasnet_100 semnasnet_100 "
        "seresnet50 resnet50d resnetv2_50 legacy_senet154 regnetx_002 regnetx_032 regnety_032 "
        "convnextv2_tiny swin_tiny_patch4_window7_224 tf_efficientnet_b0 tf_efficientnetv2_s "
        "inception_v4 nasnetalarge pnasnet5large"
    ).split()},
    "mobilenet_v2": "mobilenetv2_100",
    "convnext_tiny": "convnext_tiny",
    "timm/convnext_tiny": "convnext_tiny",
}


def main():
    rows = ["model,maps,parameters"]
    for model, name in MODELS.items():
        with torch.device("meta"):
            network = timm.create_model(name, features_only=True)
        maps = {}
        for info in network.feature_info.info:
            if 4 <= info["reduction"] <= 32:
                maps[info["reduction"]] = info["num_chs"]
        count = "" if model.startswith("densenet") else sum(parameter.numel() for parameter in network.parameters())
        rows.append(f"{model},{' '.join(f'{stride}:{channels}' for stride, channels in maps.items())},{count}")
        print(rows[-1], file=sys.stderr)
    (pathlib.Path(__file__).parent / "backbones.csv").write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
