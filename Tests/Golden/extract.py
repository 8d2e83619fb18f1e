#!/usr/bin/env python3
"""Copies what the tests compare against out of the reference folder: `extract.py REFERENCE`.

Writes, beside this script, models.csv and tool_counts.csv (one row a model or case), slices.csv (from Python itself)
and, per model, layers/ (every leaf module call in order of execution) and state_dict/ (names and shapes in order).
"""

import csv
import json
import math
import pathlib
import re
import sys

MODELS = (
    ["alexnet"]
    + [f"vgg{depth}{norm}" for depth in (11, 13, 16, 19) for norm in ("", "_bn")]
    + [f"resnet{depth}" for depth in (18, 34, 50, 101, 152)]
    + ["wide_resnet50_2", "wide_resnet101_2", "resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d"]
    + [f"densenet{depth}" for depth in (121, 161, 169, 201)]
    + ["mobilenet_v2"]
    + [f"efficientnet_b{index}" for index in range(8)]
    + ["vit_b_16", "vit_b_32", "vit_l_16", "vit_l_32", "vit_h_14", "vit_h_14@224", "vit_tiny_patch16_224",
       "deit_tiny_patch16_224"]
    + ["swin_t", "swin_s", "swin_b", "swin_v2_t", "swin_v2_s", "swin_v2_b", "swin_tiny_patch4_window7_224"]
    + ["convmixer_768_32", "maxvit_t"]
    + ["convnext_tiny", "convnext_small", "convnext_base", "convnext_large", "convnext_atto", "timm/convnext_tiny",
       "convnextv2_tiny"]
)
TOTALS = [
    "model", "input_c", "input_h", "input_w", "params", "buffers_elements", "macs_conv", "macs_linear", "macs_matmul",
    "macs_conv_linear", "conv_activation_elements", "fvcore_activations", "fvcore_products",
]
LAYER = [
    "name", "type", "call_index", "kernel", "stride", "padding", "dilation", "groups", "out_shape", "params", "macs",
]
# Settings of the modules: a batch norm's epsilon, whether an activation overwrites its input, a dropout's probability.
MODULE = ["epsilon", "in_place", "probability"]
# What the catalogue calls the modules that libraries derive from the framework's.
TYPES = {
    "LayerNorm2d": "LayerNorm", "Permute": "Transpose", "SwapAxes": "Transpose", "WindowPartition": "Reshape",
    "WindowDepartition": "Reshape", "DropPath": "StochasticDepth", "FastAdaptiveAvgPool": "ReduceMean",
}
# Modules that compute nothing, and a composite that the reference lists as one.
SKIPPED = ("Identity", "MultiheadAttention")
# Column of the measured table for each convention; `macs` is what calflops calls MACs.
TOOLS = {
    "macs": "calflops_macs", "macs-bias": "ptflops_aten_macs", "flops": "torch_FlopCounterMode_flops",
    "fvcore": "fvcore_flops(=MACs)", "thop": "thop_macs", "parameters": "params_true", "activations": "fvcore_acts",
}


def write(path, header, rows):
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def read(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def number(text):
    return str(int(float(text)))


def settings(row):
    is_activation = row["type"] in ("ReLU", "ReLU6", "SiLU", "Sigmoid", "GELU", "Tanh")
    probability = re.search(r"\bp=([0-9.]+)", row["extra_repr"])
    return [
        row["eps"],
        str(int(row["inplace"] == "True")) if is_activation else "",
        probability.group(1) if probability else "",
    ]


def calls(path):
    """Calls of modules that compute something, in order."""
    rows = [row for row in read(path) if row["is_leaf"] == "1" and row["type"] not in SKIPPED]
    for row in rows:
        row["type"] = TYPES.get(row["type"], row["type"])
    return rows


def reference_rows(path):
    """Rows of models.csv by the catalogue's names: torchvision's own a plain name that both libraries have."""
    rows = read(path)
    shared = {row["model"] for row in rows if row["library"] == "torchvision"}
    result = {}
    for row in rows:
        name = row["model"] if row["library"] == "torchvision" or row["model"] not in shared else f"timm/{row['model']}"
        # A model at a second size; the last is the default one.
        if name in result:
            result[f"{name}@{result[name]['input_h']}"] = result[name]
        result[name] = row
        # Whether fvcore sees the products of attention, which it does not in fused attention.
        row["fvcore_products"] = str(int(any(key in row["fvcore_by_operator"] for key in ("matmul", "einsum"))))
    return result


def activations(row, layers):
    """Outputs of convolutions, linear layers and, where fvcore sees them, products: as fvcore counts, but with the
    convolutions whose padding is a word, which it misses."""
    if json.loads(row["fvcore_by_operator"]).get("conv", 0) == int(row["macs_conv"]):
        return row["fvcore_activations"]
    linear = [call["out_shape"] for call in read(layers) if call["type"] == "Linear"]
    return str(int(row["conv_activation_elements"]) + sum(math.prod(map(int, shape.split("x"))) for shape in linear))


def slices(path):
    """Lengths of Python's slices: for every size and step, start by start and end by end (the last end is absent)."""
    bounds = range(-7, 8)
    rows = []
    for size in range(6):
        for step in (-3, -2, -1, 1, 2, 3):
            lengths = [len(range(size)[start:end:step]) for start in bounds for end in [*bounds, None]]
            rows.append([size, step, "".join(map(str, lengths))])
    write(path, ["size", "step", "lengths"], rows)


def main():
    reference = pathlib.Path(sys.argv[1])
    here = pathlib.Path(__file__).parent

    totals = reference_rows(reference / "models.csv")
    for model in MODELS:
        row = totals[model]
        layers = reference / "layers" / f"{row['library']}__{model.removeprefix('timm/')}.csv"
        row["fvcore_activations"] = activations(row, layers)
    write(here / "models.csv", TOTALS, [[model] + [totals[model][key] for key in TOTALS[1:]] for model in MODELS])

    counts = []
    for row in read(reference / "tool_counts_measured.csv"):
        model = row["case"].split("@")[0]
        if "@" not in row["case"] or model in MODELS:
            counts.append([row["case"]] + [number(row[column]) for column in TOOLS.values()])
    write(here / "tool_counts.csv", ["case", *TOOLS], counts)

    slices(here / "slices.csv")

    for model in MODELS:
        stem = f"{totals[model]['library']}__{model.removeprefix('timm/')}"
        file = model.replace("/", "__") + ".csv"
        settled = stem.split("@")[0]
        modules = {row["name"]: settings(row) for row in read(reference / "modules" / f"{settled}.csv")}
        write(
            here / "layers" / file, LAYER + MODULE,
            [[row[key] for key in LAYER] + modules[row["name"]]
             for row in calls(reference / "layers" / f"{stem}.csv")],
        )
        # Modules are the same at a second size, and so is the state but for a position embedding.
        if settled != stem:
            continue
        state = json.loads((reference / "state_dict" / f"{stem}.json").read_text())
        write(
            here / "state_dict" / file, ["name", "shape"],
            [[name, "x".join(map(str, shape))] for name, shape, _ in state],
        )


if __name__ == "__main__":
    main()
