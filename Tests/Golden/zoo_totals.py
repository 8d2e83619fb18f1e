#!/usr/bin/env python3
"""Measures models that the reference folder lacks, with timm and torchvision on the meta device: `zoo_totals.py`.

Prints zoo_totals.csv: trainable elements, elements of buffers without step counters, and multiply-accumulates of
convolutions, linear layers and matrix products at the model's default size (half of what FlopCounterMode counts).
"""

import csv
import sys

import timm
import torch
import torchvision
from timm.models import efficientnet
from torch.utils.flop_counter import FlopCounterMode

TIMM = (
    ["mobilenetv1_100h", "mobilenetv1_125"]
    + [f"mobilenetv2_{name}" for name in ("035", "075", "100", "110d", "120d")]
    + [f"mobilenetv3_{name}" for name in ("large_075", "large_100", "small_050", "small_100")]
    + [f"tf_mobilenetv3_{size}_{name}" for size in ("large", "small") for name in ("075", "100", "minimal_100")]
    + [f"mnasnet_{name}" for name in ("050", "075", "100", "small")]
    + [f"semnasnet_{name}" for name in ("050", "075", "140")]
    + [f"efficientnet_{name}" for name in ("b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "l2")]
    + [f"tf_efficientnet_{name}" for name in ("b2", "b4", "b5", "b6", "b7", "b8", "l2")]
    + [f"efficientnetv2_{name}" for name in ("s", "m", "l", "xl")]
    + [f"tf_efficientnetv2_{name}" for name in ("b1", "b2", "b3", "m", "l", "xl")]
)


# Settings of timm's own generators that it gives no name.
VARIANTS = {
    "mobilenetv1_075": lambda name: efficientnet._gen_mobilenet_v1(name, 0.75),
    "mobilenetv1_050": lambda name: efficientnet._gen_mobilenet_v1(name, 0.5),
    "mobilenetv1_025": lambda name: efficientnet._gen_mobilenet_v1(name, 0.25),
    "mobilenetv2_130": lambda name: efficientnet._gen_mobilenet_v2(name, 1.3),
}


def measure(model, size):
    model.eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.zeros(1, *size, device="meta"))
    parameters = sum(parameter.numel() for parameter in model.parameters())
    buffers = sum(buffer.numel() for name, buffer in model.named_buffers() if not name.endswith("num_batches_tracked"))
    return [parameters, buffers, counter.get_total_flops() // 2]


def main():
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["model", "source", "parameters", "buffers", "macs"])
    with torch.device("meta"):
        source = f"timm {timm.__version__}"
        for name, make in VARIANTS.items():
            writer.writerow([name, source, *measure(make(name), (3, 224, 224))])
        for name in TIMM:
            model = timm.create_model(name)
            # Where both libraries own the name the plain one is torchvision's.
            prefix = "timm/" if hasattr(torchvision.models, name) else ""
            writer.writerow([prefix + name, source, *measure(model, model.pretrained_cfg["input_size"])])


if __name__ == "__main__":
    main()
