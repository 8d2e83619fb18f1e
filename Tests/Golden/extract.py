#!/usr/bin/env python3
"""Copies what the tests compare against out of the reference folder: `extract.py REFERENCE`.

Writes, beside this script, models.csv, tool_counts.csv and pycls.csv (one row a model or case), slices.csv (from Python
itself) and, per model, layers/ (every leaf module call in order of execution) and state_dict/ (names and shapes in order).
"""

import csv
import json
import pathlib
import re
import sys

TORCHVISION = (
    ["alexnet"]
    + [f"vgg{depth}{norm}" for depth in (11, 13, 16, 19) for norm in ("", "_bn")]
    + [f"resnet{depth}" for depth in (18, 34, 50, 101, 152)]
    + ["wide_resnet50_2", "wide_resnet101_2", "resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d"]
    + [f"densenet{depth}" for depth in (121, 161, 169, 201)]
    + ["mobilenet_v2"]
    + [f"efficientnet_b{index}" for index in range(8)]
    + [f"regnet_x_{size}" for size in ("400mf", "800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf")]
    + [f"regnet_y_{size}" for size in ("400mf", "800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf", "128gf")]
)
TIMM = (
    ["resnet50d", "seresnet50", "legacy_seresnet50", "legacy_seresnext50_32x4d", "legacy_senet154"]
    + ["resnetv2_50", "resnetv2_50d", "regnetx_002", "regnetx_032", "regnety_004", "regnety_032"]
    + ["nf_resnet50", "dm_nfnet_f0"]
)
MODELS = [("torchvision", model) for model in TORCHVISION] + [("timm", model) for model in TIMM]
TOTALS = [
    "model", "input_c", "input_h", "input_w", "params", "buffers_elements", "macs_conv", "macs_linear", "macs_matmul",
    "macs_conv_linear", "conv_activation_elements", "fvcore_activations",
]
LAYER = [
    "name", "type", "call_index", "kernel", "stride", "padding", "dilation", "groups", "out_shape", "params", "macs",
]
# Settings of the modules: a batch norm's epsilon, whether an activation overwrites its input, a dropout's probability.
MODULE = ["epsilon", "in_place", "probability"]
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
    is_activation = row["type"] in ("ReLU", "ReLU6", "SiLU", "Sigmoid")
    probability = re.search(r"\bp=([0-9.]+)", row["extra_repr"])
    return [
        row["eps"],
        str(int(row["inplace"] == "True")) if is_activation else "",
        # timm leaves probabilities to whoever trains.
        probability.group(1) if probability and float(probability.group(1)) else "",
    ]


# Classes derived from the framework's, by the class they stand for.
KINDS = {
    "BatchNormAct2d": "BatchNorm2d", "ScaledStdConv2d": "Conv2d", "ScaledStdConv2dSame": "Conv2d",
}
# Modules that only stand in for others, and one that is nothing but function calls.
PLACEHOLDERS = ("Identity", "GammaAct")


def calls(rows):
    """Leaf calls in order. A norm that owns its activation comes before it; the table has it behind."""
    result = []
    for row in rows:
        if row["type"] in PLACEHOLDERS:
            continue
        if row["is_leaf"] == "1":
            result.append(row)
        elif row["type"] == "BatchNormAct2d":
            parts = sum(1 for other in result if other["name"].startswith(row["name"] + "."))
            result.insert(len(result) - parts, row)
    return [row | {"type": KINDS.get(row["type"], row["type"]), "padding": padding(row)} for row in result]


def padding(row):
    """Padding along height and width; before and after where a SAME convolution's class pads by itself."""
    if not row["pre_pad_lrtb"]:
        return row["padding"]
    left, right, top, bottom = row["pre_pad_lrtb"].split("x")
    return f"{top}:{bottom}x{left}:{right}"


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

    totals = {(row["library"], row["model"]): row for row in read(reference / "models.csv")}
    write(here / "models.csv", TOTALS, [[totals[model][key] for key in TOTALS] for model in MODELS])

    counts = []
    for row in read(reference / "tool_counts_measured.csv"):
        model = row["case"].split("@")[0]
        if "@" not in row["case"] or model in TORCHVISION:
            counts.append([row["case"]] + [number(row[column]) for column in TOOLS.values()])
    write(here / "tool_counts.csv", ["case", *TOOLS], counts)

    pycls = json.loads((reference / "pycls_model_complexity.json").read_text())
    columns = ["flops", "params", "acts"]
    write(
        here / "pycls.csv", ["config", *columns],
        [[name, *(row[key] for key in columns)] for name, row in pycls.items() if isinstance(row, dict)],
    )

    slices(here / "slices.csv")

    for library, model in MODELS:
        source = f"{library}__{model}"
        layers = calls(read(reference / "layers" / f"{source}.csv"))
        modules = {row["name"]: settings(row) for row in read(reference / "modules" / f"{source}.csv")}
        write(
            here / "layers" / f"{model}.csv", LAYER + MODULE,
            [[row[key] for key in LAYER] + modules[row["name"]] for row in layers],
        )
        state = json.loads((reference / "state_dict" / f"{source}.json").read_text())
        write(
            here / "state_dict" / f"{model}.csv", ["name", "shape"],
            [[name, "x".join(map(str, shape))] for name, shape, _ in state],
        )


if __name__ == "__main__":
    main()
