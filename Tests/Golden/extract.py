#!/usr/bin/env python3
"""Copies what the tests compare against out of the reference folder: `extract.py REFERENCE`.

Writes, beside this script, models.csv and tool_counts.csv (one row a model or case), slices.csv (from Python itself)
and, per model, layers/ (every leaf module call in order of execution) and state_dict/ (names and shapes in order).
"""

import csv
import json
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
    + ["squeezenet1_0", "squeezenet1_1", "googlenet", "googlenet_aux", "inception_v3", "inception_v3_noaux"]
    + ["inception_v4", "legacy_xception", "nasnetalarge", "pnasnet5large", "ghostnet_100"]
)
TOTALS = [
    "model", "input_c", "input_h", "input_w", "params", "buffers_elements", "macs_conv", "macs_linear", "macs_matmul",
    "macs_conv_linear", "conv_activation_elements", "fvcore_activations",
]
LAYER = [
    "name", "type", "call_index", "kernel", "stride", "padding", "dilation", "groups", "out_shape", "params", "macs",
]
# Settings of the modules: a batch norm's epsilon, whether an activation overwrites its input, a dropout's probability.
MODULE = ["epsilon", "in_place", "probability"]
# What the catalogue calls the modules that timm derives from the framework's.
TYPES = {
    "BatchNormAct2d": "BatchNorm2d", "Conv2dSame": "Conv2d", "MaxPool2dSame": "MaxPool2d", "AvgPool2dSame": "AvgPool2d",
    "ZeroPad2d": "Pad", "Hardsigmoid": "HardSigmoid",
}
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
    is_activation = row["type"] in ("ReLU", "ReLU6", "SiLU", "Sigmoid", "Hardsigmoid")
    probability = re.search(r"\bp=([0-9.]+)", row["extra_repr"])
    return [
        row["eps"],
        str(int(row["inplace"] == "True")) if is_activation else "",
        probability.group(1) if probability else "",
    ]


def calls(path):
    """Calls of modules that compute something, in order; a norm that holds its activation comes before it."""
    result = []
    for row in read(path):
        if row["type"] in ("Identity", "Sequential"):
            continue
        if row["type"] == "BatchNormAct2d":
            position = len(result)
            while position > 0 and result[position - 1]["name"].startswith(row["name"] + "."):
                position -= 1
            result.insert(position, row)
        elif row["is_leaf"] == "1":
            result.append(row)
    for row in result:
        if row["type"] == "ZeroPad2d":
            row["padding"] = ""
        # Dynamic padding depends on the side; the pad of the framework's own module is zero.
        if row["type"].endswith("Same"):
            row["padding"] = "same"
        row["type"] = TYPES.get(row["type"], row["type"])
    return result


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

    totals = {}
    for row in read(reference / "models.csv"):
        if row["model"] not in totals or row["library"] == "torchvision":
            totals[row["model"]] = row
    write(here / "models.csv", TOTALS, [[totals[model][key] for key in TOTALS] for model in MODELS])

    counts = []
    for row in read(reference / "tool_counts_measured.csv"):
        model = row["case"].split("@")[0]
        if "@" not in row["case"] or model in MODELS:
            counts.append([row["case"]] + [number(row[column]) for column in TOOLS.values()])
    write(here / "tool_counts.csv", ["case", *TOOLS], counts)

    slices(here / "slices.csv")

    for model in MODELS:
        stem = f"{totals[model]['library']}__{model}"
        modules = {row["name"]: settings(row) for row in read(reference / "modules" / f"{stem}.csv")}
        write(
            here / "layers" / f"{model}.csv", LAYER + MODULE,
            [[row[key] for key in LAYER] + modules[row["name"]]
             for row in calls(reference / "layers" / f"{stem}.csv")],
        )
        state = json.loads((reference / "state_dict" / f"{stem}.json").read_text())
        write(
            here / "state_dict" / f"{model}.csv", ["name", "shape"],
            [[name, "x".join(map(str, shape))] for name, shape, _ in state],
        )


if __name__ == "__main__":
    main()
