"""Writes Tests/Golden/onnx_values: a model whose outputs are its constants, and what they are: python3 onnx_values.py

Every output `y_k` is the sum of the input `x_k` and a tensor that the model stores or computes. expected.json has the
values that ONNX's reference implementation gives for inputs of zeros: the bits of the first four, how many there are, and
the 64-bit FNV-1a hash of all of them, low bytes first.
Needs onnx and numpy."""

import json
import pathlib

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

folder = pathlib.Path(__file__).parent / "onnx_values"
folder.mkdir(exist_ok=True)

inputs, outputs, nodes, constants, feeds = [], [], [], [], {}
generator = np.random.default_rng(7)


def output(name, shape):
    """Adds the tensor `name` of `shape` to an input of zeros."""
    inputs.append(helper.make_tensor_value_info(f"x_{name}", T.FLOAT, shape))
    outputs.append(helper.make_tensor_value_info(f"y_{name}", T.FLOAT, shape))
    nodes.append(helper.make_node("Add", [f"x_{name}", name], [f"y_{name}"], name=f"add_{name}"))
    feeds[f"x_{name}"] = np.zeros(shape, np.float32)


def store(tensor):
    constants.append(tensor)
    return tensor.name


def node(kind, operands, result, **attributes):
    nodes.append(helper.make_node(kind, operands, [result], name=result, **attributes))
    return result


def cast(name, shape):
    output(node("Cast", [name], f"{name}_real", to=T.FLOAT), shape)


# Every type, raw and typed, small and large enough to be left in the file.
for large in (False, True):
    count = 700 if large else 3
    size = "large" if large else "small"
    reals = (np.arange(count) % 7 - 2.5).astype(np.float32)
    wholes = np.arange(count) % 100
    for data_type in (T.FLOAT, T.FLOAT16, T.BFLOAT16, T.DOUBLE):
        for raw in (False, True):
            name = f"{T.DataType.Name(data_type).lower()}_{'raw' if raw else 'typed'}_{size}"
            if raw:
                stored = numpy_helper.from_array(reals.astype(helper.tensor_dtype_to_np_dtype(data_type)), name)
            else:
                stored = helper.make_tensor(name, data_type, [count], reals)
            store(stored)
            cast(name, [count])
    for data_type in (T.INT8, T.UINT8, T.INT16, T.UINT16, T.INT32, T.UINT32, T.INT64, T.UINT64, T.BOOL, T.INT4, T.UINT4):
        for raw in (False, True):
            name = f"{T.DataType.Name(data_type).lower()}_{'raw' if raw else 'typed'}_{size}"
            values = wholes % 8 if data_type in (T.INT4, T.UINT4) else wholes % 2 if data_type == T.BOOL else wholes
            if data_type in (T.INT8, T.INT16, T.INT32, T.INT64):
                values = values - 50
            if data_type == T.INT4:
                values = values - 4
            array = values.astype(helper.tensor_dtype_to_np_dtype(data_type))
            stored = numpy_helper.from_array(array, name)
            if not raw:
                stored = helper.make_tensor(name, data_type, [count], array)
            store(stored)
            cast(name, [count])

# Quantised tensors: one scale, one for each position, one for each block; with and without zero points.
quantised = generator.integers(-128, 128, (4, 6, 50)).astype(np.int8)
store(numpy_helper.from_array(quantised, "q"))
store(numpy_helper.from_array(np.array(0.25, np.float32), "scale"))
store(numpy_helper.from_array(np.array(-3, np.int8), "zero"))
output(node("DequantizeLinear", ["q", "scale"], "dq_plain"), [4, 6, 50])
output(node("DequantizeLinear", ["q", "scale", "zero"], "dq_zero"), [4, 6, 50])
store(numpy_helper.from_array(np.arange(1, 7, dtype=np.float32) / 8, "scales"))
store(numpy_helper.from_array(np.arange(-3, 3, dtype=np.int8), "zeros"))
output(node("DequantizeLinear", ["q", "scales", "zeros"], "dq_axis", axis=1), [4, 6, 50])
store(numpy_helper.from_array(np.arange(1, 5, dtype=np.float32) / 4, "scales0"))
output(node("DequantizeLinear", ["q", "scales0"], "dq_axis_negative", axis=-3), [4, 6, 50])
store(numpy_helper.from_array((np.arange(4 * 3 * 50).reshape(4, 3, 50) % 9 + 1).astype(np.float32) / 16, "blocks"))
output(node("DequantizeLinear", ["q", "blocks"], "dq_blocks", axis=1, block_size=2), [4, 6, 50])
store(numpy_helper.from_array(np.array([2**30, -(2**31), 5], np.int32), "q32"))
output(node("DequantizeLinear", ["q32", "scale"], "dq_int32"), [3])

# Constants that operators on constants compute, below and beyond what is evaluated while reading.
for count in (40, 5000):
    name = f"range{count}"
    store(numpy_helper.from_array(np.array(2, np.int64), f"{name}_start"))
    store(numpy_helper.from_array(np.array(2 + 3 * count, np.int64), f"{name}_limit"))
    store(numpy_helper.from_array(np.array(3, np.int64), f"{name}_step"))
    node("Range", [f"{name}_start", f"{name}_limit", f"{name}_step"], name)
    cast(name, [count])
    store(numpy_helper.from_array(np.array(17, np.int64), f"{name}_modulus"))
    node("Mod", [name, f"{name}_modulus"], f"{name}_mod")
    node("Cast", [f"{name}_mod"], f"{name}_cast", to=T.FLOAT)
    node("Sqrt", [f"{name}_cast"], f"{name}_root")
    store(numpy_helper.from_array(np.array([2, count // 2], np.int64), f"{name}_sides"))
    node("Reshape", [f"{name}_root", f"{name}_sides"], f"{name}_table")
    node("Transpose", [f"{name}_table"], f"{name}_turned", perm=[1, 0])
    output(f"{name}_turned", [count // 2, 2])
    node("ReduceMax", [f"{name}_turned"], f"{name}_most", keepdims=1)
    node("Less", [f"{name}_turned", f"{name}_most"], f"{name}_less")
    store(numpy_helper.from_array(np.array(-100, np.float32), f"{name}_low"))
    store(numpy_helper.from_array(np.array(0, np.float32), f"{name}_high"))
    output(node("Where", [f"{name}_less", f"{name}_low", f"{name}_high"], f"{name}_mask"), [count // 2, 2])
    # Slices written into a filled table.
    node("ConstantOfShape", [node("Shape", [f"{name}_turned"], f"{name}_shape")], f"{name}_filled",
         value=helper.make_tensor("value", T.FLOAT, [1], [0.5]))
    output(f"{name}_filled", [count // 2, 2])
    store(numpy_helper.from_array(np.array([[0], [3], [-1]], np.int64), f"{name}_rows"))
    node("Constant", [], f"{name}_updates", value=numpy_helper.from_array(np.arange(6, dtype=np.float32).reshape(3, 2)))
    output(node("ScatterND", [f"{name}_filled", f"{name}_rows", f"{name}_updates"], f"{name}_written"), [count // 2, 2])

model = helper.make_model(
    helper.make_graph(nodes, "values", inputs, outputs, constants), opset_imports=[helper.make_opsetid("", 21)],
    ir_version=10)
onnx.checker.check_model(model, full_check=True)
onnx.save(model, folder / "values.onnx")
names = [value.name for value in outputs]
results = ReferenceEvaluator(model).run(None, feeds)


def fnv(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


entries = {}
for name, result in zip(names, results):
    words = np.ascontiguousarray(result, "<f4").reshape(-1).view("<u4")
    entries[name] = {"first": [int(word) for word in words[:4]], "count": len(words), "hash": f"{fnv(words.tobytes()):x}"}
lines = [f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in entries.items()]
(folder / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
