#!/usr/bin/env python3
"""Measures models that the reference folder lacks, with timm and torchvision on the meta device: `zoo_totals.py`.

Prints zoo_totals.csv: trainable elements, elements of buffers without step counters, and multiply-accumulates of
convolutions, linear layers and matrix products (half of what FlopCounterMode counts). A name may end in its input's
sides, as `@224x320`; else the model's default size is meant.
"""

import csv
import sys

import timm
import torch
import torchvision
from timm.models.convnext import ConvNeXtBlock
from torch.utils.flop_counter import FlopCounterMode

TIMM = (
    [f"convnext_{size}" for size in ("femto", "pico", "nano", "xlarge")]
    + [f"timm/convnext_{size}" for size in ("small", "base", "large")]
    + [f"convnextv2_{size}" for size in ("atto", "femto", "pico", "nano", "small", "base", "large", "huge")]
    + ["deit_small_patch16_224", "deit_base_patch16_224"]
    + ["swin_small_patch4_window7_224", "swin_base_patch4_window7_224"]
    + ["swin_tiny_patch4_window7_224@192x160"]
    + ["convmixer_1536_20", "convmixer_1024_20_ks9_p14"]
)
# Sides that windows do not divide, and sides of fewer positions than a window.
TORCHVISION = ["swin_t@250x301", "swin_v2_t@250x301", "swin_t@100x64", "swin_v2_s@100x64", "convnext_tiny@333x97"]


class Mean(torch.nn.Module):
    def forward(self, x):
        return x.mean([-2, -1])


def isotropic(width, depth):
    """ConvNeXt blocks at one resolution, without layer scale."""
    blocks = [ConvNeXtBlock(width, ls_init_value=None) for _ in range(depth)]
    stem = torch.nn.Conv2d(3, width, 16, 16)
    return torch.nn.Sequential(stem, *blocks, Mean(), torch.nn.LayerNorm(width), torch.nn.Linear(width, 1000))


VARIANTS = {
    "convnext_isotropic_small": lambda: isotropic(384, 18),
    "convnext_isotropic_base": lambda: isotropic(768, 18),
    "convnext_isotropic_large": lambda: isotropic(1024, 36),
}


def measure(model, height, width):
    model.eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.zeros(1, 3, height, width, device="meta"))
    parameters = sum(parameter.numel() for parameter in model.parameters())
    buffers = sum(value.numel() for name, value in model.state_dict().items() if not name.endswith("_tracked"))
    return [parameters, buffers - parameters, counter.get_total_flops() // 2]


def sides(name):
    """The name, and its sides; none where the model's own are meant."""
    name, _, sides = name.partition("@")
    return name, [int(side) for side in sides.split("x")] if sides else []


def main():
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["model", "source", "parameters", "buffers", "macs"])
    torch.backends.mha.set_fastpath_enabled(False)
    with torch.device("meta"):
        for model in TORCHVISION:
            name, size = sides(model)
            source = f"torchvision {torchvision.__version__.split('+')[0]}"
            writer.writerow([model, source, *measure(torchvision.models.get_model(name), *size)])
        for model in TIMM:
            name, size = sides(model)
            options = {"img_size": size} if size else {}
            network = timm.create_model(name.removeprefix("timm/"), **options)
            size = size or network.pretrained_cfg["input_size"][1:]
            writer.writerow([model, f"timm {timm.__version__}", *measure(network, *size)])
        for name, make in VARIANTS.items():
            writer.writerow([name, f"timm {timm.__version__}", *measure(make(), 224, 224)])


if __name__ == "__main__":
    main()
