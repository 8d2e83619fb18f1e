#!/usr/bin/env python3
"""Times whole inferences of ConvScope's native back end against ONNX Runtime or PyTorch, both sides taking turns.

usage: latency.py [--against onnxruntime|pytorch] [--threads N ...] [--rounds N] [--runs N] [--models NAME ...]

Each network is exported by `convscope export` with weights that follow from its parameters' names, and ONNX Runtime runs
that file; PyTorch runs torchvision's network of that name. In each round one side runs a few times, then the other, so
that a load that comes and goes meets both; the minimum is what a side can do. Float32, batch 1, one process a side.

The interpreter that the environment's CONVSCOPE_PYTHON names, or this one, needs onnxruntime and numpy (or torch and
torchvision); the release executable must be built.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODELS = [
    "alexnet", "vgg16", "resnet18", "resnet50", "mobilenet_v2", "mobilenet_v3_large", "densenet121", "efficientnet_b0",
    "squeezenet1_1", "shufflenet_v2_x1_0", "googlenet", "convnext_tiny", "regnet_y_400mf", "resnext50_32x4d",
    "inception_v3", "efficientnet_v2_s",
]  # fmt: skip


def onnxruntime_side(executable, model, threads, folder):
    """A function that runs the exported network once."""
    import numpy
    import onnxruntime

    path = Path(folder) / f"{model}.onnx"
    if not path.exists():
        subprocess.run([executable, "export", model, "-o", str(path)], check=True, capture_output=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    port = session.get_inputs()[0]
    shape = [size if isinstance(size, int) else 1 for size in port.shape]
    values = numpy.random.default_rng(1).uniform(-1, 1, shape).astype(numpy.float32)
    return lambda: session.run(None, {port.name: values})


def pytorch_side(_, model, threads, __):
    """A function that runs torchvision's network once."""
    import torch
    import torchvision

    torch.set_num_threads(threads)
    # Without weights these two would draw their own, slowly.
    options = {"init_weights": False} if model in ("googlenet", "inception_v3") else {}
    network = torchvision.models.get_model(model, weights=None, **options).eval()
    side = 299 if model == "inception_v3" else 384 if model == "efficientnet_v2_s" else 224
    values = torch.rand(1, 3, side, side)

    def run():
        with torch.inference_mode():
            network(values)

    return run


def milliseconds(run, count):
    times = []
    for _ in range(count):
        start = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - start))
    return times


def own_milliseconds(executable, model, threads, count):
    # A process of its own each time, whose threads the system moves to idle processors in the first 20 ms or so; the other
    # side's have been there since the first round.
    command = [executable, "bench", model, "--threads", str(threads), "--warm-up", "20", "--repetitions", str(count)]
    command += ["--format", "json"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result = json.loads(output)["results"][0]
    return result["minimumMilliseconds"], result["medianMilliseconds"]


def compare(side, arguments, model, threads, folder):
    """Minimum and median of both sides."""
    run = side(arguments.executable, model, threads, folder)
    milliseconds(run, 2)
    theirs, minima, medians = [], [], []
    for _ in range(arguments.rounds):
        theirs += milliseconds(run, arguments.runs)
        minimum, median = own_milliseconds(arguments.executable, model, threads, arguments.runs)
        minima.append(minimum)
        medians.append(median)
    return min(minima), statistics.median(medians), min(theirs), statistics.median(theirs)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--against", choices=["onnxruntime", "pytorch"], default="onnxruntime")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=5, help="how often the sides take turns")
    parser.add_argument("--runs", type=int, default=10, help="runs of a side in a round")
    parser.add_argument("--models", nargs="+", default=MODELS)
    parser.add_argument("--executable", default=str(ROOT / ".build/release/convscope"))
    arguments = parser.parse_args()
    python = os.environ.get("CONVSCOPE_PYTHON", sys.executable)
    if python != sys.executable:
        os.execvp(python, [python, __file__, *sys.argv[1:]])
    if not os.access(arguments.executable, os.X_OK):
        sys.exit(f"latency.py: {arguments.executable} is not there: swift build -c release --product convscope writes it")
    side = onnxruntime_side if arguments.against == "onnxruntime" else pytorch_side
    load = Path("/proc/loadavg").read_text().split()[0] if Path("/proc/loadavg").exists() else "unknown"
    print(f"{os.cpu_count()} cores, load {load}; milliseconds of one inference, float32, batch 1")
    with tempfile.TemporaryDirectory() as folder:
        for threads in arguments.threads:
            print(f"\n{threads} thread{'s' if threads > 1 else ''}: ConvScope, then {arguments.against}")
            print(f"{'network':20}{'minimum':>10}{'median':>10}{'minimum':>10}{'median':>10}{'ratio':>8}{'of medians':>12}")
            ratios, median_ratios = [], []
            for model in arguments.models:
                own, own_median, other, other_median = compare(side, arguments, model, threads, folder)
                ratios.append(own / other)
                median_ratios.append(own_median / other_median)
                columns = f"{own:10.2f}{own_median:10.2f}{other:10.2f}{other_median:10.2f}"
                print(f"{model:20}{columns}{ratios[-1]:8.2f}{median_ratios[-1]:12.2f}", flush=True)
            means = [math.exp(statistics.fmean(map(math.log, values))) for values in (ratios, median_ratios)]
            print(f"{'geometric mean':60}{means[0]:8.3f}{means[1]:12.3f}")


if __name__ == "__main__":
    try:
        main()
    except ImportError as error:
        sys.exit(f"latency.py: {error.name} is missing; run it with an interpreter that has it")
