#!/usr/bin/env python3
"""Measures models that the reference folder lacks, with timm and torchvision on the meta device: `zoo_totals.py`.

Writes zoo_totals.csv beside itself: trainable elements, elements of persistent buffers without step counters, and
multiply-accumulates of convolutions, linear layers and matrix products (half of what FlopCounterMode counts). A name
may end in its input's sides, as `@224x320`; else the model's default size is meant. Rows from papers stay as they are.
"""

import csv
import pathlib

import timm
import torch
import torchvision
import zoo_totals_attention
import zoo_totals_inception
import zoo_totals_mobile
import zoo_totals_residual
from torch.utils.flop_counter import FlopCounterMode

TIMM_SOURCE = f"timm {timm.__version__}"
TORCHVISION_SOURCE = f"torchvision {torchvision.__version__.split('+')[0]}"
# Who makes the networks that a part builds of a library's blocks.
PARTS = {
    zoo_totals_inception: f"{TIMM_SOURCE} and the paper",
    zoo_totals_residual: TORCHVISION_SOURCE,
    zoo_totals_mobile: TIMM_SOURCE,
    zoo_totals_attention: TIMM_SOURCE,
}


def measure(model, height, width):
    model.eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.zeros(1, 3, height, width, device="meta"))
    parameters = sum(parameter.numel() for parameter in model.parameters())
    state = sum(value.numel() for name, value in model.state_dict().items() if not name.endswith("_tracked"))
    return [parameters, state - parameters, counter.get_total_flops() // 2]


def split(name):
    """The name, and its sides; none where the model's own are meant."""
    name, _, sides = name.partition("@")
    return name, [int(side) for side in sides.split("x")] if sides else []


def rows():
    for model in zoo_totals_attention.TORCHVISION:
        name, size = split(model)
        yield [model, TORCHVISION_SOURCE, *measure(torchvision.models.get_model(name), *size)]
    for part, source in PARTS.items():
        for name, make in part.VARIANTS.items():
            yield [name, source, *measure(make(), 224, 224)]
        for model in part.TIMM:
            name, size = split(model)
            network = timm.create_model(name, **({"img_size": size} if size else {}))
            size = size or network.pretrained_cfg["input_size"][1:]
            # Where both libraries own the name the plain one is torchvision's.
            prefix = "timm/" if hasattr(torchvision.models, name) else ""
            yield [prefix + model, TIMM_SOURCE, *measure(network, *size)]


def main():
    path = pathlib.Path(__file__).with_suffix(".csv")
    with path.open(newline="") as file:
        header, *known = csv.reader(file)
    torch.backends.mha.set_fastpath_enabled(False)
    with torch.device("meta"):
        table = {row[0]: row for row in rows()}
    table |= {row[0]: row for row in known if row[1] == "paper"}
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *(table[name] for name in sorted(table))])


if __name__ == "__main__":
    main()
