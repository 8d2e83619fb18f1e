"""Counts the parameters, buffers and MACs of ONNX files, apart from ConvScope: the expectations in onnx.csv.

    python3 onnx_parameters.py FOLDER > onnx.csv

Needs the packages onnx and onnxruntime with sympy. External data are not loaded. Symbolic sides: batch 1, height and width 224.

Rule. A value is *computed* if it depends on a graph input that is no initializer (through Shape and Size it does
not). A constant is an initializer, the output of a Constant or ConstantOfShape node, or a view of one: through
Identity, Cast, Reshape, Flatten, Squeeze, Unsqueeze, Transpose and DequantizeLinear it is still the same tensor.

A computed node makes constants parameters:
- in a weight's place whatever they are (Conv, ConvTranspose, Gemm, MatMul by a matrix on the right, PRelu, and the
  normalisations; mean and variance of BatchNormalization make buffers);
- elsewhere if they are learnt: initializers of real numbers with more than one element, and ConstantOfShape nodes whose
  shape is an initializer. Operands that are settings (shapes, axes, bounds, scales) do not count.
A constant that another operator computes from learnt initializers stands for these (what ScatterND writes apart).
Every tensor counts once; one that is both a parameter and a buffer counts as a parameter.
"""

import glob
import math
import os
import sys

import onnx
from onnx import numpy_helper, shape_inference
from onnxruntime.tools.symbolic_shape_infer import SymbolicShapeInference

VIEWS = {"Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "DequantizeLinear"}
REAL = {onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE, onnx.TensorProto.FLOAT16, onnx.TensorProto.BFLOAT16}
WEIGHTS = {
    "Conv": (1, 2), "ConvTranspose": (1, 2), "Gemm": (1, 2), "PRelu": (1,), "LayerNormalization": (1, 2),
    "InstanceNormalization": (1, 2), "GroupNormalization": (1, 2), "BatchNormalization": (1, 2),
}
SETTINGS = {
    "Reshape": (1,), "Expand": (1,), "Tile": (1,), "Slice": (1, 2, 3, 4), "Pad": (1, 2, 3), "Clip": (1, 2),
    "Resize": (1, 2, 3), "Upsample": (1,), "ReduceMean": (1,), "ReduceSum": (1,), "Split": (1,), "Squeeze": (1,),
    "Unsqueeze": (1,), "Dropout": (1, 2), "Gather": (1,), "ConstantOfShape": (0,),
}


def attribute(node, name, default=None):
    for a in node.attribute:
        if a.name == name:
            return onnx.helper.get_attribute_value(a)
    return default


class UnknownShape(Exception):
    pass


def elements(shape):
    if not shape or not all(shape):
        raise UnknownShape
    return math.prod(shape)


def measure(path):
    model = onnx.load(path, load_external_data=False)
    graph = model.graph
    stored = {t.name: t for t in graph.initializer}
    for value in graph.input:
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_param:
                dim.dim_value = {"height": 224, "width": 224}.get(dim.dim_param, 1)

    # name -> (root name, elements, real, kind): kind is stored, fill, fixed or derived (then root is a set of roots).
    constants = {n: (n, math.prod(t.dims), t.data_type in REAL, "stored") for n, t in stored.items()}
    shapes = {n: list(t.dims) for n, t in stored.items()}
    parameters, buffers = {}, {}

    def roots(name):
        root, count, real, kind = constants[name]
        if kind == "derived":
            return root
        return {root: count} if kind in ("stored", "fill") and real and count > 1 else {}

    for node in graph.node:
        inputs = [i for i in node.input if i]
        computed = [i for i in inputs if i not in constants]
        if node.op_type == "Constant":
            tensor = attribute(node, "value")
            count = math.prod(tensor.dims) if tensor is not None else 1
            constants[node.output[0]] = (node.output[0], count, tensor is None or tensor.data_type in REAL, "fixed")
            if tensor is not None:
                shapes[node.output[0]] = list(tensor.dims)
        elif node.op_type in ("Shape", "Size"):
            constants[node.output[0]] = (node.output[0], 0, False, "fixed")
        elif node.op_type == "ConstantOfShape":
            kind = "fill" if node.input[0] in stored else "fixed"
            count = 0
            if node.input[0] in stored:
                shapes[node.output[0]] = numpy_helper.to_array(stored[node.input[0]]).tolist()
                count = math.prod(shapes[node.output[0]])
            value = attribute(node, "value")
            constants[node.output[0]] = (
                node.output[0], count, value is None or value.data_type in REAL, kind)
        elif not computed and inputs:
            root, count, real, kind = constants[node.input[0]]
            if node.op_type in VIEWS:
                result = constants[node.input[0]]
                if node.op_type == "Cast" and kind != "derived":
                    result = (root, count, real and attribute(node, "to") in REAL, kind)
            else:
                learnt = {}
                for name in inputs[:1] if node.op_type == "ScatterND" else inputs:
                    if constants[name][3] != "fill":
                        learnt |= roots(name)
                result = (learnt, 0, True, "derived") if learnt else (node.output[0], 0, real, "fixed")
            for output in node.output:
                constants[output] = result
                if node.op_type == "Identity" and node.input[0] in shapes:
                    shapes[output] = shapes[node.input[0]]
        else:
            for position, name in enumerate(node.input):
                if name not in constants or position in SETTINGS.get(node.op_type, ()):
                    continue
                root, count, _, kind = constants[name]
                in_place = position in WEIGHTS.get(node.op_type, ())
                if node.op_type == "MatMul" and position == 1 and len(shapes.get(name, [])) == 2:
                    in_place = True
                if node.op_type == "BatchNormalization" and position in (3, 4):
                    buffers[root] = count
                elif in_place and kind != "derived":
                    parameters[root] = count
                else:
                    parameters |= roots(name)
    buffers = {n: e for n, e in buffers.items() if n not in parameters}

    for tensor in stored.values():
        tensor.data_location = onnx.TensorProto.DEFAULT
    try:
        macs = count_macs(graph, shapes, shape_inference.infer_shapes(model, data_prop=True))
    except UnknownShape:
        # Sizes that the file computes from Shape need the evaluation of its shape arithmetic.
        macs = count_macs(graph, shapes, SymbolicShapeInference.infer_shapes(model, auto_merge=True))
    return sum(parameters.values()), sum(buffers.values()), macs


def count_macs(graph, known, inferred):
    shapes = dict(known)
    for value in list(inferred.graph.value_info) + list(inferred.graph.output) + list(graph.input):
        shapes.setdefault(value.name, [d.dim_value for d in value.type.tensor_type.shape.dim])
    macs = 0
    for node in graph.node:
        if node.op_type in ("Conv", "Gemm", "MatMul"):
            output = elements(shapes.get(node.output[0]))
        if node.op_type == "Conv":
            macs += output * elements(shapes[node.input[1]][1:])
        elif node.op_type == "Gemm":
            macs += output * shapes[node.input[1]][1 if attribute(node, "transB", 0) else 0]
        elif node.op_type == "MatMul":
            macs += output * elements(shapes.get(node.input[0])[-1:])
    return macs


def main(folder):
    print("file,parameters,buffers,macs")
    for path in sorted(glob.glob(os.path.join(folder, "*.onnx"))):
        print(os.path.basename(path), *measure(path), sep=",")


if __name__ == "__main__":
    main(sys.argv[1])
