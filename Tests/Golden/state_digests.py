#!/usr/bin/env python3
"""Digests of the state dictionaries of timm's and torchvision's models: `state_digests.py NAME...`.

Writes state_digests.csv beside itself: for each name that one of the libraries owns, the number of its state
dictionary's tensors and FNV-1a (64 bits) of a line `name 64x3x7x7` for each, in order, step counters left out. A plain
name is torchvision's where both own it; `timm/` before it selects timm's.
"""

import csv
import pathlib
import sys

import timm
import torch
import torchvision

# Sides that differ from the constructor's own.
SIDES = {"vit_h_14": 518}


def digest(text):
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def network(name):
    """The model of that name, and who owns it; nothing where neither library does."""
    base = name.removeprefix("timm/")
    if name == base and name in torchvision.models.list_models(module=torchvision.models):
        options = {"aux_logits": False} if name == "googlenet" else {}
        options |= {"image_size": SIDES[name]} if name in SIDES else {}
        # RegNet rounds its widths with tensors that need data.
        with torch.device("cpu" if name.startswith("regnet") else "meta"):
            return torchvision.models.get_model(name, **options), "torchvision"
    if base in timm.list_models():
        with torch.device("meta"):
            return timm.create_model(base), "timm"
    return None, None


def main():
    rows = []
    for name in sys.argv[1:]:
        model, owner = network(name)
        if model is None:
            continue
        shapes = {key: value.shape for key, value in model.state_dict().items() if not key.endswith("_tracked")}
        lines = [f"{key} {'x'.join(map(str, shape))}\n" for key, shape in shapes.items()]
        rows.append([name, owner, len(lines), digest("".join(lines))])
    with pathlib.Path(__file__).with_suffix(".csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([["model", "library", "tensors", "fnv1a64"], *sorted(rows)])


if __name__ == "__main__":
    main()
