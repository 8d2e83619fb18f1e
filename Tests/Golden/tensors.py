"""Writes the small files under Tests/Golden/tensors that the tests of TensorFormats read: python3 tensors.py

safetensors, NumPy and PyTorch write them; expected.json holds the bits of the same values as float32."""

import json
import pathlib

import numpy
import safetensors.torch
import torch

folder = pathlib.Path(__file__).parent / "tensors"
folder.mkdir(exist_ok=True)
expected = {}

# One tensor of every type, with the values that conversions go wrong at.
numbers = [0.0, -0.0, 1.0, -1.5, 65504.0, 6.1e-05, 5.96e-08, 3.0e-08, 1 / 3, -2.0 / 3, 1e30, 1e-40]
specials = [float("inf"), float("-inf"), float("nan")]
tensors = {
    "f32": torch.tensor(numbers + specials).reshape(3, 5),
    "f16": torch.tensor(numbers[:10] + specials).to(torch.float16),
    "bf16": torch.tensor(numbers + specials).to(torch.bfloat16),
    "f64": torch.tensor(numbers + [1e300, 0.1], dtype=torch.float64),
    "i8": torch.tensor([-128, 127, 0], dtype=torch.int8),
    "u8": torch.tensor([0, 255], dtype=torch.uint8),
    "i16": torch.tensor([-32768, 32767], dtype=torch.int16),
    "i32": torch.tensor([-(2**24), 2**24, 7], dtype=torch.int32),
    "i64": torch.tensor([-(2**24), 2**24, 12345], dtype=torch.int64),
    "bool": torch.tensor([True, False, True]),
    "scalar": torch.tensor(42, dtype=torch.int64),
    "empty": torch.zeros(0, 3),
    'name "quoted" \\ \t ü': torch.tensor([1.0]),
}
safetensors.torch.save_file(tensors, folder / "types.safetensors", metadata={"format": "pt", "a\n": '"ü"'})


def bits(array):
    """The float32 bits of an array's elements, row by row."""
    single = numpy.ascontiguousarray(array).astype(numpy.float32)
    return [int(word) for word in single.reshape(-1).view(numpy.uint32)]


expected["types.safetensors"] = {
    name: {"shape": list(tensor.shape), "bits": bits(tensor.to(torch.float32).numpy())}
    for name, tensor in tensors.items()
}

# Rounding to the shorter formats: ties, overflow, numbers below the normal ones.
generator = numpy.random.default_rng(1)
samples = generator.integers(0, 2**32, 4000, dtype=numpy.uint32)
ties = (generator.integers(0, 2**16, 500, dtype=numpy.uint32) << 16) | 0x8000
halves = (numpy.uint32(0x38000000) + (generator.integers(0, 2**15, 500, dtype=numpy.uint32) << 12)).astype(numpy.uint32)
values = torch.tensor(numpy.concatenate([samples, ties, halves]).view(numpy.float32))
values = values[~torch.isnan(values)]
safetensors.torch.save_file({"values": values}, folder / "rounding-f32.safetensors")
safetensors.torch.save_file({"values": values.to(torch.float16)}, folder / "rounding-f16.safetensors")
safetensors.torch.save_file({"values": values.to(torch.bfloat16)}, folder / "rounding-bf16.safetensors")

# Arrays.
base = numpy.arange(24, dtype=numpy.float32).reshape(2, 3, 4) - 5.25
arrays = {
    "f4": base,
    "f4-fortran": numpy.asfortranarray(base),
    "f4-big": base.astype(">f4"),
    "f2": base.astype("<f2"),
    "f8-big-fortran": numpy.asfortranarray(base.astype(">f8")),
    "i1": numpy.array([-128, 127], "i1"),
    "i2-big": numpy.array([-32768, 32767], ">i2"),
    "i4": numpy.array([[-(2**24)], [2**24]], "<i4"),
    "i8-big": numpy.array([-5, 2**24], ">i8"),
    "u1": numpy.array([0, 255], "u1"),
    "u2": numpy.array([65535], "<u2"),
    "u4-big": numpy.array([2**24, 1], ">u4"),
    "u8": numpy.array([2**24, 0], "<u8"),
    "b1": numpy.array([[True, False]]),
    "scalar": numpy.array(2.5, "<f4"),
    "empty": numpy.zeros((0, 4), "<f4"),
}
for name, array in arrays.items():
    numpy.save(folder / f"{name}.npy", array)
    expected[f"{name}.npy"] = {"shape": list(array.shape), "bits": bits(array)}
for version in [(2, 0), (3, 0)]:
    path = folder / f"version{version[0]}.npy"
    with open(path, "wb") as file:
        numpy.lib.format.write_array(file, base, version=version)
    expected[path.name] = {"shape": list(base.shape), "bits": bits(base)}

(folder / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n")
