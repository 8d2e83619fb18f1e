#!/usr/bin/env python3
"""Writes timm's published preprocessing as Swift: `preprocessing.py names.txt > .../Cards/TimmPreprocessing.swift`.

names.txt holds the catalogue's names, as `convscope list` prints them. Writes preprocessing.csv beside this script too:
what torchvision and timm make of images/portrait.ppm for some networks. Needs Pillow, torchvision and timm."""

import csv
import math
import pathlib
import sys

import timm
import torch
from PIL import Image
from timm.data import create_transform, resolve_data_config
from torchvision.models import get_model_weights

here = pathlib.Path(__file__).parent
MEANS = {(0.485, 0.456, 0.406): "imagenet", (0.5, 0.5, 0.5): "half"}

print('''// Written by Tests/Golden/preprocessing.py from timm ''' + timm.__version__ + ''''s configurations of pretrained weights.

/// How timm prepares pictures for its trained weights.
enum TimmPreprocessing {
  /// Model, weights, crop, resize (a star: both sides, else the shorter one), interpolation, mean and deviation.
  static let table = """''')
with (here / "weights.csv").open(newline="") as file:
    torchvision_models = {row["model"] for row in csv.DictReader(file)}
available = set(timm.list_models())
for name in pathlib.Path(sys.argv[1]).read_text().split():
    model = name.split("/")[-1]
    config = timm.get_pretrained_cfg(model) if model in available else None
    if name in torchvision_models or config is None or not config.has_weights:
        continue
    side = config.input_size[1]
    squashed = "*" if config.crop_mode == "squash" else ""
    resize = math.floor(side / config.crop_pct)
    print("   ", name, config.tag or "-", side, f"{resize}{squashed}", config.interpolation, MEANS[tuple(config.mean)])
print('    """\n}')


def prepared(name):
    """The network's input, and the side that it is prepared for."""
    picture = Image.open(here / "images" / "portrait.ppm")
    if name in torchvision_models:
        return get_model_weights(name).DEFAULT.transforms()(picture)
    config = resolve_data_config({}, pretrained_cfg=timm.get_pretrained_cfg(name.split("/")[-1]).to_dict())
    return create_transform(**config, is_training=False)(picture)


with (here / "preprocessing.csv").open("w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["model", "side", "mean", "norm", "step", "values"])
    for name in [
        "resnet50", "alexnet", "swin_t", "efficientnet_b1", "vit_b_16", "inception_v4", "tf_efficientnet_b0",
        "dm_nfnet_f0", "convnext_atto", "resnetv2_50", "vit_tiny_patch16_224", "mobilenetv1_100",
    ]:
        tensor = prepared(name)
        values = tensor.flatten().double()
        step = 3001
        samples = " ".join(repr(float(value)) for value in tensor.flatten()[::step])
        writer.writerow([name, tensor.shape[-1], repr(float(values.mean())), repr(float(values.norm())), step, samples])
