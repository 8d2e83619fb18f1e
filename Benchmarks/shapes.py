#!/usr/bin/env python3
"""Times what should not matter much: sides of 225 beside 224, 65 channels beside 64, batches, and preparing ResNet-50.

usage: shapes.py [--threads N] [--rounds N] [--executable FILE]

Every ratio is of the least times for a multiply-accumulate; the two sizes take turns, so that a load that comes and goes
meets both. 1.5 or more is a cliff.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Layers of one kind behind each other: what an odd number of channels costs each kernel.
LAYERS = {
    "3x3": "conv: {channels: channels, kernel: 3, padding: 1, bias: false}",
    "3x3, stride 2": "conv: {channels: channels, kernel: 3, stride: 2, padding: 1, bias: false}",
    "1x1": "conv: {channels: channels, kernel: 1, bias: false}",
    "depthwise 3x3": "conv: {channels: channels, kernel: 3, padding: 1, groups: channels, bias: false}",
}
NETWORKS = ["resnet50", "mobilenet_v2", "efficientnet_b0", "convnext_tiny"]


def bench(arguments, model, *options):
    command = [arguments.executable, "bench", model, "--threads", str(arguments.threads), "--format", "json", *options]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["results"][0]


def compare(arguments, title, left, right):
    """Prints the times for a multiply-accumulate of two benchmarks and their ratio."""
    best = [float("inf"), float("inf")]
    for _ in range(arguments.rounds):
        for side, (model, *options) in enumerate((left, right)):
            result = bench(arguments, model, *options)
            best[side] = min(best[side], 1e6 * result["minimumMilliseconds"] / result["macs"])
    print(f"{title:44}{1e3 * best[0]:12.2f}{1e3 * best[1]:12.2f}{best[1] / best[0]:8.2f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--executable", default=str(ROOT / ".build/release/convscope"))
    arguments = parser.parse_args()
    print(f"{'picoseconds for a multiply-accumulate':44}{'first':>12}{'second':>12}{'ratio':>8}")
    for model in NETWORKS:
        sizes = [(model, "--input", f"1x3x{side}x{side}") for side in (224, 225)]
        compare(arguments, f"{model}: side 224 and 225", *sizes)
        for batch in (2, 4):
            sizes = [(model, "--input", f"{images}x3x224x224", "--repetitions", "4") for images in (1, batch)]
            compare(arguments, f"{model}: batch 1 and {batch}", *sizes)
    with tempfile.TemporaryDirectory() as folder:
        for name, layer in LAYERS.items():
            path = Path(folder) / "layers.yaml"
            lines = ["name: layers", "input: 1x64x56x56", "parameters:", "  channels: 64", "layers:"]
            # The first layer gives all others their channels.
            first = "conv: {channels: channels, kernel: 1, bias: false}"
            path.write_text("\n".join(lines + [f"  - {first}"] + [f"  - {layer}"] * (1 if "stride" in name else 8)) + "\n")
            for channels in (63, 65):
                sizes = [(str(path), "--set", f"channels={count}", "--repetitions", "60") for count in (64, channels)]
                compare(arguments, f"{name}: 64 and {channels} channels", *sizes)
    best = min(bench(arguments, "resnet50", "--repetitions", "1")["preparationMilliseconds"] for _ in range(5))
    print(f"preparing resnet50: {best:.0f} ms")


if __name__ == "__main__":
    main()
