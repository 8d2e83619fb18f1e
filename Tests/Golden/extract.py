#!/usr/bin/env python3
"""Copies what the tests compare against out of the reference folder: `extract.py REFERENCE`.

Writes, beside this script, models.csv, tool_counts.csv and pycls.csv (one row a model or case), slices.csv (from Python
itself) and, per model, layers/ (every leaf module call in order of execution) and state_dict/ (names and shapes in
order). Models have the catalogue's names: a name that both libraries own is torchvision's, the other `timm/NAME`; a
model at a second size is `NAME@SIDE`.
"""

import csv
import json
import math
import pathlib
import re
import sys

TOTALS = [
    "input_c", "input_h", "input_w", "params", "buffers_elements", "macs_conv", "macs_linear", "macs_matmul",
    "macs_conv_linear", "conv_activation_elements", "fvcore_activations", "fvcore_products",
]
LAYER = [
    "name", "type", "call_index", "kernel", "stride", "padding", "dilation", "groups", "out_shape", "params", "macs",
]
# Settings of the modules: a norm's epsilon, whether an activation overwrites its input, a dropout's probability.
MODULE = ["epsilon", "in_place", "probability"]
ACTIVATIONS = ("ReLU", "ReLU6", "SiLU", "Sigmoid", "Hardswish", "Hardsigmoid", "GELU", "Tanh")
# What the tests call modules that libraries derive from the framework's, and those whose names are split otherwise.
TYPES = {
    "BatchNormAct2d": "BatchNorm2d", "ScaledStdConv2d": "Conv2d", "ScaledStdConv2dSame": "Conv2d",
    "Conv2dSame": "Conv2d", "MaxPool2dSame": "MaxPool2d", "AvgPool2dSame": "AvgPool2d", "ZeroPad2d": "Pad",
    "LayerNorm2d": "LayerNorm", "Permute": "Transpose", "SwapAxes": "Transpose", "WindowPartition": "Reshape",
    "WindowDepartition": "Reshape", "DropPath": "StochasticDepth", "FastAdaptiveAvgPool": "ReduceMean",
    "Hardswish": "HardSwish", "Hardsigmoid": "HardSigmoid",
}
# Modules that compute nothing, one that is nothing but function calls, and a composite that is listed as one.
SKIPPED = ("Identity", "Sequential", "GammaAct", "MultiheadAttention")
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
    probability = re.search(r"\bp=([0-9.]+)", row["extra_repr"])
    return [
        row["eps"],
        str(int(row["inplace"] == "True")) if row["type"] in ACTIVATIONS else "",
        # timm leaves probabilities to whoever trains.
        probability.group(1) if probability and float(probability.group(1)) else "",
    ]


def calls(rows):
    """Calls that compute, in order. A norm that owns its activation comes before it; the table has it behind."""
    result = []
    for row in rows:
        if row["type"] in SKIPPED:
            continue
        if row["is_leaf"] == "1":
            result.append(row)
        elif row["type"] == "BatchNormAct2d":
            parts = sum(1 for other in result if other["name"].startswith(row["name"] + "."))
            result.insert(len(result) - parts, row)
    return [row | {"type": TYPES.get(row["type"], row["type"]), "padding": padding(row)} for row in result]


def padding(row):
    """Padding of a window along height and width; before and after where a SAME window's class pads by itself."""
    if not row["kernel"]:
        return ""
    if not row["pre_pad_lrtb"]:
        return row["padding"]
    left, right, top, bottom = row["pre_pad_lrtb"].split("x")
    return f"{top}:{bottom}x{left}:{right}"


def reference_rows(path):
    """Rows of models.csv, and the names of their files, by the catalogue's names."""
    rows = read(path)
    shared = {row["model"] for row in rows if row["library"] == "torchvision"}
    result = {}
    for row in rows:
        name = row["model"] if row["library"] == "torchvision" or row["model"] not in shared else f"timm/{row['model']}"
        row["file"] = f"{row['library']}__{row['model']}"
        # A model at a second size; the last is the default one.
        if name in result:
            second = result[name]
            second["file"] += f"@{second['input_h']}"
            result[f"{name}@{second['input_h']}"] = second
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


def numeric(reference, here):
    """Logits of the float64 runs, and for the smaller networks what each module printed on the way."""
    logits = json.loads((reference / "numeric" / "logits.json").read_text())
    write(
        here / "numeric" / "logits.csv", ["model", "side", "gain", "error", "logits"],
        [
            [model, row["input"][-1], row["gain"], "%.3e" % row["f32_rel_l2_error"],
             " ".join("%.9g" % value for value in row["logits"])]
            for model, row in sorted(logits.items())
        ],
    )
    columns = ["name", "type", "call_index", "shape", "mean", "std", "l2", "v0", "v1", "v2", "v3"]
    for path in sorted((reference / "numeric" / "traces").glob("*.csv")):
        rows = [
            [row[column] if column in ("name", "type", "call_index", "shape") else "%.7g" % float(row[column])
             for column in columns if row[column] != ""] if row["v3"] != "" else None
            for row in read(path)
        ]
        write(here / "numeric" / "traces" / path.name, columns, [row for row in rows if row])


def main():
    reference = pathlib.Path(sys.argv[1])
    here = pathlib.Path(__file__).parent

    models = dict(sorted(reference_rows(reference / "models.csv").items()))
    for row in models.values():
        row["fvcore_activations"] = activations(row, reference / "layers" / f"{row['file']}.csv")
    write(
        here / "models.csv", ["model", *TOTALS],
        [[model, *(row[key] for key in TOTALS)] for model, row in models.items()],
    )

    counts = []
    for row in read(reference / "tool_counts_measured.csv"):
        # The tools measured GoogLeNet with its auxiliary heads.
        case = row["case"].replace("googlenet@", "googlenet_aux@")
        counts.append([case] + [number(row[column]) for column in TOOLS.values()])
    write(here / "tool_counts.csv", ["case", *TOOLS], counts)

    pycls = json.loads((reference / "pycls_model_complexity.json").read_text())
    columns = ["flops", "params", "acts"]
    write(
        here / "pycls.csv", ["config", *columns],
        [[name, *(row[key] for key in columns)] for name, row in pycls.items() if isinstance(row, dict)],
    )

    slices(here / "slices.csv")
    numeric(reference, here)

    for model, row in models.items():
        file = model.replace("/", "__") + ".csv"
        source = row["file"].split("@")[0]
        layers = calls(read(reference / "layers" / f"{row['file']}.csv"))
        modules = {module["name"]: settings(module) for module in read(reference / "modules" / f"{source}.csv")}
        write(
            here / "layers" / file, LAYER + MODULE,
            [[layer[key] for key in LAYER] + modules[layer["name"]] for layer in layers],
        )
        # Modules are the same at a second size, and so is the state but for a position embedding.
        if "@" in model:
            continue
        state = json.loads((reference / "state_dict" / f"{source}.json").read_text())
        write(
            here / "state_dict" / file, ["name", "shape"],
            [[name, "x".join(map(str, shape))] for name, shape, _ in state],
        )


if __name__ == "__main__":
    main()
