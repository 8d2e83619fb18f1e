#!/usr/bin/env python3
"""Times ConvScope against fvcore and torchinfo in one run, and checks that the numbers agree.

usage: against_python.py [PYTHON] [--rounds N] [--timing FILE]

PYTHON (or the environment's CONVSCOPE_PYTHON) is an interpreter with torch, torchvision, fvcore and torchinfo; without
one the script says so and measures nothing. The Python tools get a model that is already instantiated, ConvScope starts
from the name; rounds take turns, so that all of them meet the same load. Programs that run meanwhile slow a long run
more than a short one, so a ratio is the tool's least processor time over ConvScope's least wall-clock time.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

MODELS = ["resnet50", "mobilenet_v2", "efficientnet_b0", "densenet201"]
TIMING = Path(__file__).resolve().parent / ".build/release/timing"
NEEDED = "torch, torchvision, fvcore, torchinfo"


def convscope(timing, model):
    """Parameters, operations as fvcore counts, and the seconds of ten runs in one process."""
    output = subprocess.run([timing, "10", model], check=True, capture_output=True, text=True).stdout
    _, parameters, operations, *times = output.rstrip("\n").split("\t")
    return int(parameters), int(operations), [float(text) for text in times]


def timed(body):
    """The result, and its wall-clock and processor seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    result = body()
    return result, (time.perf_counter() - wall, time.process_time() - processor)


def measure(model, rounds, timing):
    """ConvScope's counts and seconds, and wall-clock and processor seconds per tool.

    Stops the script when two of them count differently.
    """
    import fvcore.nn
    import torch
    import torchinfo
    import torchvision

    image = torch.zeros(1, 3, 224, 224)
    ours, tools = [], {"fvcore": [], "torchinfo": [], "instantiate": []}

    def flops(network):
        analysis = fvcore.nn.FlopCountAnalysis(network, image)
        analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
        return int(analysis.total())

    def parameters(network):
        summary = torchinfo.summary(network, input_data=image, verbose=0, device="cpu")
        return summary.total_params

    for _ in range(rounds):
        ours_parameters, ours_flops, ours_times = convscope(timing, model)
        network, instantiation = timed(lambda: torchvision.models.get_model(model, weights=None).eval())
        with torch.no_grad():
            theirs_flops, fvcore_time = timed(lambda: flops(network))
            theirs_parameters, torchinfo_time = timed(lambda: parameters(network))
        if (ours_parameters, ours_flops) != (theirs_parameters, theirs_flops):
            sys.exit(
                f"against_python.py: {model}: ConvScope counts {ours_parameters} parameters and {ours_flops} operations, "
                f"torchinfo {theirs_parameters} and fvcore {theirs_flops}")
        ours += ours_times
        tools["fvcore"].append(fvcore_time)
        tools["torchinfo"].append(torchinfo_time)
        tools["instantiate"].append(instantiation)
    return ours_parameters, ours_flops, ours, tools


def report(rounds, timing):
    import torch

    torch.set_num_threads(1)
    print(f"ConvScope against Python ({rounds} rounds, milliseconds; torch {torch.__version__}, one thread, 1x3x224x224)")
    print("ConvScope: build, infer, count from the name. fvcore, torchinfo: count a model that is already instantiated.")
    print(f"{'':18}{'':14}{'minimum':>10}{'median':>10}{'processor':>12}{'ratio':>10}")
    for model in MODELS:
        parameters, operations, ours, tools = measure(model, rounds, timing)
        print(f"{model:18}{'ConvScope':14}{min(ours) * 1000:10.3f}{statistics.median(ours) * 1000:10.3f}")
        for tool, times in tools.items():
            wall, processor = zip(*times)
            figures = f"{min(wall) * 1000:10.1f}{statistics.median(wall) * 1000:10.1f}{min(processor) * 1000:12.1f}"
            print(f"{'':18}{tool:14}{figures}{min(processor) / min(ours):9,.0f}x")
        print(f"{'':18}equal: {parameters:,} parameters (torchinfo), {operations:,} operations (fvcore)", flush=True)


def has_needed(python):
    check = subprocess.run([python, "-c", f"import {NEEDED}"], capture_output=True)
    return check.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("python", nargs="?", default=os.environ.get("CONVSCOPE_PYTHON", sys.executable))
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--timing", default=str(TIMING))
    options = parser.parse_args()
    if not os.access(options.timing, os.X_OK):
        sys.exit(f"against_python.py: {options.timing} is not there: swift build -c release --product timing writes it")
    if options.python != sys.executable:
        os.execvp(options.python, [options.python, __file__, *sys.argv[1:]])
    if not has_needed(sys.executable):
        print(f"ConvScope against Python: skipped, {sys.executable} has not all of {NEEDED} (set CONVSCOPE_PYTHON)")
        return
    report(options.rounds, options.timing)


main()
