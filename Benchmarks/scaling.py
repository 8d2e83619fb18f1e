#!/usr/bin/env python3
"""Times exact points of sweeps, and against timm building and counting the same networks on the meta device.

usage: scaling.py [PYTHON] [--convscope FILE] [--rounds N]

PYTHON (or the environment's CONVSCOPE_PYTHON) is an interpreter with torch and timm; without one the last part is
skipped. Points per second are those of whole commands, process start and compilation of the formulas included. The
processor time does not grow while other programs hold the cores. The script stops where the two count differently.
"""

import argparse
import csv
import io
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Depth, width and side of B0 to B7.
SIZES = [(1.0, 1.0, 224), (1.1, 1.0, 240), (1.2, 1.1, 260), (1.4, 1.2, 300), (1.8, 1.4, 380), (2.2, 1.6, 456),
         (2.6, 1.8, 528), (3.1, 2.0, 600)]


def measured(command, output=subprocess.DEVNULL):
    """Wall-clock seconds, processor seconds and the largest resident memory in MiB of a command."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=output)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{' '.join(command)} failed")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def least(command, rounds):
    runs = [measured(command) for _ in range(rounds)]
    return min(run[0] for run in runs), min(run[1] for run in runs), max(run[2] for run in runs)


def sweeps(convscope, rounds):
    """Points per second of some sweeps and searches."""
    grid = ["sweep", "efficientnet", "--depth", "1:3:0.02", "--width", "1:1.99:0.01", "--resolution"]
    rows = [
        ("101,000 points, filtered", 101_000, [*grid, "32:1031:100"], True),
        ("10,100,000 points, filtered", 10_100_000, [*grid, "32:1031:1"], True),
        ("10,100,000 points as CSV", 10_100_000, [*grid, "32:1031:1"], False),
        ("search, 51^3 combinations", 51 ** 3, ["search", "efficientnet"], None),
        ("search, 51^3 combinations at phi 1 to 7", 7 * 51 ** 3, ["search", "efficientnet", "--phi", "1..7"], None),
    ]
    rate = 0
    for title, points, arguments, filtered in rows:
        if filtered is not None:
            arguments = [*arguments, "--format", "csv", *(["--where", "macs<1"] if filtered else [])]
        for threads in ["1", "2"]:
            wall, processor, memory = least([convscope, *arguments, "--threads", threads], rounds)
            print(f"{title}, threads {threads}: {wall:.2f} s, processor {processor:.2f} s, "
                  f"{points / processor / 1e6:.2f} M points per second of processor, {memory:.0f} MiB", flush=True)
            if points > 10 ** 7 and filtered and threads == "1":
                rate = points / processor
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
