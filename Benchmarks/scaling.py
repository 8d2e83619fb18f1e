#!/usr/bin/env python3
"""Times exact points of sweeps, and against timm building and counting the same networks on the meta device.

usage: scaling.py [PYTHON] [--convscope FILE] [--rounds N]

PYTHON (or the environment's CONVSCOPE_PYTHON) is an interpreter with torch and timm; without one the last part is
skipped. Points per second are those of whole commands, process start and compilation of the formulas included. The
processor time does not grow while other programs hold the cores; the wall-clock time does, and two threads can be no
faster than one then. The script stops where the two count differently.
"""

import argparse
import csv
import io
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Depth, width and side of B0 to B7.
SIZES = [(1.0, 1.0, 224), (1.1, 1.0, 240), (1.2, 1.1, 260), (1.4, 1.2, 300), (1.8, 1.4, 380), (2.2, 1.6, 456),
         (2.6, 1.8, 528), (3.1, 2.0, 600)]


def measured(command):
    """Wall-clock seconds, processor seconds and the largest resident memory in MiB of a command."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{' '.join(command)} failed")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def report(title, points, convscope, arguments, rounds, prepare=lambda: None):
    """Prints the least times of a command with one and two threads, which take turns.

    Returns the points per second of one thread's processor time."""
    runs = {"1": [], "2": []}
    for _ in range(rounds):
        for threads in runs:
            prepare()
            runs[threads].append(measured([convscope, *arguments, "--threads", threads]))
    walls = {threads: min(run[0] for run in runs[threads]) for threads in runs}
    for threads in runs:
        processor, memory = min(run[1] for run in runs[threads]), max(run[2] for run in runs[threads])
        print(f"{title}, threads {threads}: {walls[threads]:.2f} s, processor {processor:.2f} s, "
              f"{points / walls[threads] / 1e6:.2f} M/s, {points / processor / 1e6:.2f} M/s of processor, "
              f"{memory:.0f} MiB", flush=True)
    print(f"  two threads are {walls['1'] / walls['2']:.2f} times as fast", flush=True)
    return points / min(run[1] for run in runs["1"])


def sweeps(convscope, rounds):
    """Points per second of some sweeps and searches; what one thread does of the largest."""
    grid = ["sweep", "efficientnet", "--depth", "1:3:0.02", "--width", "1:1.99:0.01", "--format", "csv"]
    sides = {"101 k": ["--resolution", "32:1031:100"], "1.01 M": ["--resolution", "32:1031:10"],
             "10.1 M": ["--resolution", "32:1031:1"]}
    counts = {"101 k": 101_000, "1.01 M": 1_010_000, "10.1 M": 10_100_000}
    rate = 0
    with tempfile.TemporaryDirectory() as folder:
        file, store = f"{folder}/points.csv", f"{folder}/points.sqlite"
        for name, side in sides.items():
            rate = report(f"{name} points, filtered", counts[name], convscope, [*grid, *side, "--where", "macs<1"],
                          rounds)
        for name in ["1.01 M", "10.1 M"]:
            report(f"{name} points as CSV to a file", counts[name], convscope, [*grid, *sides[name], "-o", file],
                   rounds)
        os.remove(file)

        def clear():
            for path in [store, store + "-journal"]:
                if os.path.exists(path):
                    os.remove(path)

        for name in ["1.01 M", "10.1 M"]:
            arguments = [*grid, *sides[name], "--where", "macs<1", "--store", store]
            report(f"{name} points into a new store, and read from it", counts[name], convscope, arguments, 1, clear)
        report("10.1 M points read from the store", counts["10.1 M"], convscope, arguments, 1)
    report("1,100 points with peak memory and receptive field", 1100, convscope,
           ["sweep", "efficientnet", "--depth", "1:2:0.1", "--width", "1:1.9:0.1", "--resolution", "224:600:40",
            "--columns", "peakMemory,receptiveField", "--format", "csv"], 1)
    for title, phi in [("search, 51^3 combinations", "1"), ("search, 51^3 combinations at phi 1 to 7", "1..7")]:
        combinations = 51 ** 3 * (1 if phi == "1" else 7)
        report(title, combinations, convscope, ["search", "efficientnet", "--phi", phi], rounds)
    return rate


def ours(convscope, depth, width, side):
    """Parameters and MACs of one point."""
    text = subprocess.run(
        [convscope, "sweep", "efficientnet", "--depth", str(depth), "--width", str(width), "--resolution", str(side),
         "--format", "csv"], check=True, capture_output=True, text=True).stdout
    row = next(csv.DictReader(io.StringIO(text)))
    return int(row["parameters"]), int(row["macs"])


def against_timm(convscope, rounds, rate):
    """Networks per second that timm builds, and counts, on the meta device."""
    import timm
    import torch
    from timm.models.efficientnet import _gen_efficientnet
    from torch.utils.flop_counter import FlopCounterMode

    print(f"timm {timm.__version__}, torch {torch.__version__}, meta device")
    for index, (depth, width, side) in enumerate(SIZES):
        built, counted = [], []
        for _ in range(rounds):
            start = time.process_time()
            with torch.device("meta"):
                network = _gen_efficientnet("efficientnet_b0", channel_multiplier=width, depth_multiplier=depth).eval()
            parameters = sum(tensor.numel() for tensor in network.parameters())
            built.append(time.process_time() - start)
            with FlopCounterMode(display=False) as counter, torch.no_grad():
                network(torch.empty(1, 3, side, side, device="meta"))
            macs = counter.get_total_flops() // 2
            counted.append(time.process_time() - start)
        expected = ours(convscope, depth, width, side)
        if expected != (parameters, macs):
            sys.exit(f"B{index}: timm counts {(parameters, macs)}, ConvScope {expected}")
        build, count = 1 / min(built), 1 / min(counted)
        print(f"B{index}: timm builds {build:.1f} per second ({rate / build:,.0f} times fewer), "
              f"builds and counts {count:.1f} ({rate / count:,.0f} times fewer)", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("python", nargs="?", default=os.environ.get("CONVSCOPE_PYTHON"))
    parser.add_argument("--convscope", default=str(ROOT / ".build/release/convscope"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rate", type=float, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.rate is not None:
        return against_timm(arguments.convscope, arguments.rounds, arguments.rate)
    rate = sweeps(arguments.convscope, arguments.rounds)
    print(f"Exact points of EfficientNet: {rate / 1e6:.1f} M per second and core")
    if not arguments.python:
        return print("timm: skipped, CONVSCOPE_PYTHON names no interpreter")
    subprocess.run(
        [arguments.python, __file__, "--convscope", arguments.convscope, "--rounds", str(arguments.rounds), "--rate",
         str(rate)], check=True)


if __name__ == "__main__":
    main()
