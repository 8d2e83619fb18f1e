"""Writes onnx_operators.json: ONNX operators of one node with inputs, and the outputs that two other programs compute.

Cases cover settings that change values but no shapes: how resizing rounds and places, what a mean divides by, where maxima
were found, statistics of a layer norm, what scattering does with what was there, signs of remainders.

Needs: onnx, onnxruntime, numpy. An output is kept where the reference evaluator of the ONNX project and ONNX Runtime agree
on it; where they do not, that of the program that the case trusts, because it follows the operator's text. Prints where
they differ.
"""

import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import helper
from onnx.reference import ReferenceEvaluator

cases = []
differences = []


def add(operator, inputs, attributes, outputs=1, trust=None, opset=19):
    """One case; `trust` names the program that is right where they differ."""
    names = ["" if x is None else f"x{i}" for i, x in enumerate(inputs)]
    feeds = {name: x for name, x in zip(names, inputs) if name}
    results = [f"y{i}" for i in range(outputs)]
    node = helper.make_node(operator, names, results, **attributes)
    graph = helper.make_graph(
        [node], "g",
        [helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(x.dtype), x.shape) for n, x in feeds.items()],
        [helper.make_empty_tensor_value_info(r) for r in results])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)
    found = {}
    try:
        found["reference"] = [np.asarray(y) for y in ReferenceEvaluator(model).run(None, feeds)]
    except Exception as error:  # what it does not implement
        found["reference"] = f"{error}"[:80]
    try:
        found["runtime"] = onnxruntime.InferenceSession(
            onnx.shape_inference.infer_shapes(model).SerializeToString(),
            providers=["CPUExecutionProvider"]).run(None, feeds)
    except Exception as error:
        found["runtime"] = f"{error}"[:80]
    a, b = found["reference"], found["runtime"]
    agree = (
        not isinstance(a, str) and not isinstance(b, str)
        and all(x.shape == y.shape and np.allclose(x, y, rtol=1e-5, atol=1e-6) for x, y in zip(a, b)))
    if not agree:
        differences.append((operator, attributes, [x.tolist() for x in inputs[1:] if x is not None], a, b))
        if trust is None:
            return
        a = found[trust]
    def tensor(x):
        return {"shape": list(x.shape), "type": str(x.dtype), "values": [shortest(v) for v in x.flatten()]}
    cases.append({
        "operator": operator, "opset": opset, "attributes": attributes,
        "inputs": [None if x is None else tensor(x) for x in inputs], "outputs": [tensor(y) for y in a]})


def shortest(value):
    """The shortest decimal of a number in single precision."""
    return int(value) if np.issubdtype(type(value), np.integer) else float(str(np.float32(value)))


def ramp(*shape):
    """Numbers in no order, with equal ones among them."""
    count = int(np.prod(shape))
    return (((np.arange(count) * 7919) % 101) / 8 - 5).astype(np.float32).reshape(shape)


for mode in ["nearest", "linear", "cubic"]:
    for coordinates in ["half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric"]:
        for rounding in ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"] if mode == "nearest" else [None]:
            attributes = {"mode": mode, "coordinate_transformation_mode": coordinates}
            if rounding:
                attributes["nearest_mode"] = rounding
            for size, target in [(5, 8), (8, 5), (3, 9), (6, 2), (4, 1), (1, 3)]:
                # Of one position in PyTorch's way the text says that it lies at 0.
                trust = "runtime" if (target, coordinates) == (1, "pytorch_half_pixel") else "reference"
                add("Resize", [ramp(1, 1, size, 2), None, None, np.array([1, 1, target, 2], np.int64)], attributes,
                    trust=trust)
            for size, factor in [(4, 0.625), (3, 2.5), (7, 0.375), (5, 1.75)]:
                # ONNX Runtime rounds the length down before it aligns corners; the project's own tests do not.
                add("Resize", [ramp(1, 1, size, 2), None, np.array([1, 1, factor, 1], np.float32)], attributes,
                    trust="reference")

for ceil in [0, 1]:
    for include in [0, 1]:
        for size, kernel, stride, before, after, dilation in [
            (7, 3, 2, 1, 1, 1), (8, 3, 2, 1, 0, 1), (6, 4, 3, 0, 1, 1), (9, 2, 3, 1, 1, 2), (10, 3, 4, 0, 0, 2)
        ]:
            attributes = {
                "kernel_shape": [kernel, 2], "strides": [stride, 1], "pads": [before, 0, after, 1],
                "dilations": [dilation, 1], "ceil_mode": ceil, "count_include_pad": include}
            # The reference evaluator moves windows where ceil mode goes beyond the padding by more than one position.
            add("AveragePool", [ramp(1, 2, size, 3)], attributes, trust="runtime", opset=22)

for size, kernel, stride, pad, dilation, ceil in [(6, 3, 2, 1, 1, 0), (7, 2, 2, 0, 1, 1), (8, 2, 3, 1, 3, 0)]:
    attributes = {
        "kernel_shape": [kernel, 2], "strides": [stride, 1], "pads": [pad, 0, pad, 1], "dilations": [dilation, 1],
        "ceil_mode": ceil}
    add("MaxPool", [ramp(2, 3, size, 4)], attributes, outputs=2, trust="runtime")

values = np.array([[[[1, 2], [3, 4]]], [[[5, 6], [7, 8]]]], np.float32)
places = np.array([[[[5, 7], [13, 15]]], [[[16, 19], [24, 30]]]], np.int64)
for shape in [None, [2, 1, 5, 6]]:
    inputs = [values, places] + ([np.array(shape, np.int64)] if shape else [])
    # ONNX Runtime takes indices as positions in the larger output; the project's own tests do not.
    add("MaxUnpool", inputs, {"kernel_shape": [2, 2], "strides": [2, 2]}, trust="reference")

for axis in [1, -1]:
    for epsilon in [1e-5, 0.5]:
        x = ramp(3, 4, 5)
        shape = x.shape[axis:]
        add("LayerNormalization", [x, ramp(*shape), ramp(*shape)[::-1].copy()], {"axis": axis, "epsilon": epsilon},
            outputs=3)

for reduction in ["none", "add", "mul", "min", "max"]:
    for axis in [0, -1]:
        indices = np.array([[1, 0, -1], [0, 2, 1]], np.int64) if axis == 0 else np.array([[1, 1, 0], [3, 2, -4]], np.int64)
        if reduction == "none" and axis == -1:
            indices = np.array([[1, 2, 0], [3, 2, -4]], np.int64)
        add("ScatterElements", [ramp(3, 4), indices, ramp(2, 3) * 2], {"axis": axis, "reduction": reduction})
    tuples = np.array([[0], [2], [0]] if reduction != "none" else [[0], [-1]], np.int64)
    add("ScatterND", [ramp(3, 4), tuples, ramp(len(tuples), 4) + 1], {"reduction": reduction})
    tuples = np.array([[[0, 1]], [[2, -1]]], np.int64)
    add("ScatterND", [ramp(3, 4, 2), tuples, ramp(2, 1, 2) + 1], {"reduction": reduction})

left = np.array([-4, 7, 5, 4, -7, 8, 0, -3], np.int64)
right = np.array([2, -3, 8, -2, 3, 5, 4, -3], np.int64)
add("Mod", [left, right], {"fmod": 0})
add("Mod", [left, right], {"fmod": 1})
add("Mod", [np.array([-4.3, 7.2, 5.0, 4.3, -7.2, 8.0], np.float32), np.array([2.1, -3.4, 8.0, -2.1, 3.4, 5.0], np.float32)],
    {"fmod": 1})

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
print(len(cases), "cases")
for operator, attributes, settings, a, b in differences:
    print(operator, attributes, settings, "\n  reference", a if isinstance(a, str) else [y.flatten().tolist() for y in a],
          "\n  runtime  ", b if isinstance(b, str) else [y.flatten().tolist() for y in b])
