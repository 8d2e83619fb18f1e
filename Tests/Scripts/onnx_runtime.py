"""Checks exported models with the ONNX checker and ONNX Runtime: the logits must be those that PyTorch computes.

    python3 onnx_runtime.py REFERENCE [MODEL...] [--own] [--convscope PATH] [--opset N] [--tolerance T] [--python PYTHON]

REFERENCE is a folder with gains.json (`{"library/model": gain}`) and logits.json (`{"library/model": {"input": shape,
"logits": [...]}}`): outputs in double precision for the weights and the input that `convscope export --weights
synthetic:GAIN` makes from names. Without MODEL every model is run that the reference and the catalogue share. With --own
networks that the reference lacks, the MODELs among them or one of each family, are held to what `convscope run` computes.

Needs the packages numpy, onnx and onnxruntime. Where this interpreter lacks them, the one in --python or in the
environment variable PYTHON takes over; without one the script says so and ends with status 77.

For each model: the checker's verdict (shape inference included, against the types that the file states), the number of
nodes, the relative L2 error of the logits, and the place of the largest. Ends with status 1 if any model fails.
"""

import argparse
import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import time


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("reference")
    parser.add_argument("models", nargs="*")
    parser.add_argument("--own", action="store_true")
    parser.add_argument("--convscope", default=".build/release/convscope")
    parser.add_argument("--opset", default="21")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--python", default=os.environ.get("PYTHON"))
    return parser.parse_intermixed_args()


options = arguments()
try:
    import numpy
    import onnx
    import onnxruntime
except ImportError as error:
    if options.python and os.path.realpath(options.python) != os.path.realpath(sys.executable):
        os.execv(options.python, [options.python] + sys.argv)
    print(f"skipped: {error}; name an interpreter that has it with --python or PYTHON")
    sys.exit(77)


def synthetic_input(shape):
    """Uniform numbers in [-1, 1) that follow from the name `input`: FNV-1a, then SplitMix64's finaliser."""
    seed = 0xCBF29CE484222325
    for byte in b"input":
        seed = (seed ^ byte) * 0x100000001B3 % 2**64
    with numpy.errstate(over="ignore"):
        z = numpy.arange(numpy.prod(shape), dtype=numpy.uint64) * numpy.uint64(0x9E3779B97F4A7C15) + numpy.uint64(seed)
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        z ^= z >> numpy.uint64(31)
    return ((z >> numpy.uint64(40)).astype(numpy.float64) / 2**23 - 1).astype(numpy.float32).reshape(shape)


def check(model, gain, expected, folder):
    """The columns of one model: verdict, nodes, error, largest logits agree, seconds."""
    start = time.time()
    path = os.path.join(folder, "model.onnx")
    shape = expected["input"]
    command = [options.convscope, "export", model, "-o", path, "--opset", options.opset]
    command += ["--weights", f"synthetic:{gain}", "--input", "x".join(map(str, shape))]
    outcome = subprocess.run(command, capture_output=True, text=True)
    if outcome.returncode:
        return outcome.stderr.strip(), 0, float("inf"), False, time.time() - start
    try:
        onnx.checker.check_model(path, full_check=True)
        verdict = "ok"
    except Exception as error:
        verdict = str(error).strip().split("\n")[0][:60]
    settings = onnxruntime.SessionOptions()
    settings.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, settings, providers=["CPUExecutionProvider"])
    logits = session.run(None, {session.get_inputs()[0].name: synthetic_input(shape)})[0].astype(numpy.float64).ravel()
    reference = numpy.array(expected["logits"], dtype=numpy.float64).ravel()
    error = float(numpy.linalg.norm(logits - reference) / numpy.linalg.norm(reference))
    nodes = len(onnx.load(path, load_external_data=False).graph.node)
    for name in os.listdir(folder):
        os.unlink(os.path.join(folder, name))
    return verdict, nodes, error, logits.argmax() == reference.argmax(), time.time() - start


listed = subprocess.run([options.convscope, "list", "--format", "csv"], capture_output=True, text=True, check=True)
rows = list(csv.DictReader(io.StringIO(listed.stdout)))
families = {row["name"]: row["family"] for row in rows}
inputs = {row["name"]: row["input"] for row in rows}
with open(os.path.join(options.reference, "gains.json")) as file:
    gains = json.load(file)
with open(os.path.join(options.reference, "logits.json")) as file:
    references = json.load(file)
keys = {}
for key in references:
    library, model = key.split("/")
    # The catalogue's network of a name is torchvision's where torchvision has one.
    if model in families and (library == "torchvision" or f"torchvision/{model}" not in references):
        keys[model] = key
unknown = [model for model in options.models if model not in (families if options.own else keys)]
if unknown:
    sys.exit(f"not in reference and catalogue: {', '.join(unknown)}")

failures = 0
seen = set()


def report(model, gain, expected, folder, note=""):
    """Prints one model's line and counts it."""
    global failures
    verdict, nodes, error, agrees, seconds = check(model, gain, expected, folder)
    passes = verdict == "ok" and error <= options.tolerance
    failures += not passes
    seen.add(families[model])
    line = f"| {model:<30} | {families[model]:<18} | {nodes:5} | {error:11.1e} | {'same' if agrees else 'other':<6} "
    print(line + f"| {seconds:7.1f} | {verdict}{note}{'' if passes else ' FAILS'} |", flush=True)


def own(model):
    """What `convscope run` computes."""
    command = [options.convscope, "run", model, "--weights", "synthetic:1", "--input", inputs[model]]
    outcome = subprocess.run(command + ["--format", "json"], capture_output=True, text=True, check=True)
    logits = json.loads(outcome.stdout)["outputs"][0]["values"]
    return {"input": [int(side) for side in inputs[model].split("x")], "logits": logits}


print(f"| {'model':<30} | {'family':<18} | nodes | relative L2 | argmax | seconds | checker |")
print(f"|{'-' * 32}|{'-' * 20}|------:|------------:|--------|--------:|---------|", flush=True)
with tempfile.TemporaryDirectory() as folder:
    count = 0
    for model in options.models or list(keys):
        if model in keys:
            report(model, gains[keys[model]], references[keys[model]], folder)
            count += 1
    for model in (options.models or families) if options.own else []:
        if model not in keys if options.models else families[model] not in seen:
            report(model, 1, own(model), folder, ", against convscope run")
            count += 1
print(f"\n{count - failures} of {count} models pass, of {len(seen)} families.")
missing = sorted(set(families.values()) - seen)
if missing and not options.models:
    print(f"Families without a reference: {', '.join(missing)}.")
sys.exit(1 if failures else 0)
