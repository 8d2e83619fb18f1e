#!/usr/bin/env python3
"""Times whole commands of the release executable: minimum, median and maximum over several runs.

usage: commands.py [--runs N] [--onnx FILE] [--executable FILE]

A time includes starting the process, as a user waits for it; the row `true` is the least any command takes here. The
least processor time beside it does not grow while other programs hold the cores.
"""

import argparse
import csv
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def seconds(command):
    """Wall-clock and processor seconds of one run, output thrown away; stops the script when the command fails."""
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    start = time.perf_counter()
    process = os.posix_spawnp(command[0], command, os.environ, file_actions=quiet)
    _, status, usage = os.wait4(process, 0)
    elapsed = time.perf_counter() - start
    if status != 0:
        sys.exit(f"commands.py: {' '.join(command)} ended with status {os.waitstatus_to_exitcode(status)}")
    return elapsed, usage.ru_utime + usage.ru_stime


def figures(command, runs):
    """Minimum, median and maximum milliseconds, and the least processor time."""
    wall, processor = zip(*(seconds(command) for _ in range(runs)))
    return [1000 * time for time in (min(wall), statistics.median(wall), max(wall), min(processor))]


def line(name, *columns):
    print(f"{name:40}" + "".join(f"{column:>10}" for column in columns))


def row(name, times):
    line(name, *(f"{time:.1f}" for time in times))


def catalogue(executable):
    """The names of the built-in networks."""
    listing = subprocess.run([executable, "list", "--format", "csv"], check=True, capture_output=True, text=True)
    return [line["name"] for line in csv.DictReader(io.StringIO(listing.stdout))]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=20, help="runs of analyze; diagrams run a quarter as often")
    parser.add_argument("--executable", default=str(ROOT / ".build/release/convscope"))
    parser.add_argument("--onnx", default=os.environ.get("CONVSCOPE_ONNX"), help="an ONNX file to analyze")
    options = parser.parse_args()
    executable = options.executable
    if not os.access(executable, os.X_OK):
        sys.exit(f"commands.py: {executable} is not there: make build writes it")

    print(f"Whole commands ({options.runs} runs, milliseconds)")
    line("", "minimum", "median", "maximum", "processor")
    row("true", figures(["true"], options.runs))
    row("analyze resnet50", figures([executable, "analyze", "resnet50"], options.runs))
    if options.onnx and Path(options.onnx).is_file():
        row(f"analyze {Path(options.onnx).name}", figures([executable, "analyze", options.onnx], options.runs))
    else:
        print("analyze of an ONNX file: skipped, no file (set CONVSCOPE_ONNX to light_densenet121.onnx)")

    runs = max(1, options.runs // 4)
    times = {}
    with tempfile.TemporaryDirectory() as folder:
        for model in catalogue(executable):
            command = [executable, "diagram", model, "-o", f"{folder}/{model}.svg", "--detail"]
            block, layer = (figures([*command, detail], runs) for detail in ("block", "layer"))
            times[model] = block[:3] + layer[:3]
    print(f"\nDiagrams of the built-in networks, slowest first ({runs} runs, milliseconds)")
    line("", "block min", "median", "maximum", "layer min", "median", "maximum")
    for model in sorted(times, key=lambda model: -times[model][4]):
        row(model, times[model])


main()
