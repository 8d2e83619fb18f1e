"""Writes architecture_examples.csv: totals of Examples/architectures/small_resnet.yaml by plain arithmetic.

The network is He et al. 2015 (arXiv:1512.03385), section 4.2: a 3x3 convolution, three stages of `depth` blocks of two
3x3 convolutions at sides 32, 16, 8 and widths w, 2w, 4w, each convolution without bias and with a batch norm; a 1x1
projection with a batch norm where the width changes; a linear layer with bias. The other two examples are networks of
models.csv. Run: python3 architecture_examples.py
"""
import csv
import pathlib


def small_resnet(depth, width, classes):
    convolutions = [(3, width, 3, 32)]  # input channels, output channels, kernel, output side
    channels = width
    for stage, side in enumerate((32, 16, 8)):
        for block in range(depth):
            wide = width * 2**stage
            convolutions += [(channels, wide, 3, side), (wide, wide, 3, side)]
            if channels != wide:
                convolutions.append((channels, wide, 1, side))
            channels = wide
    weights = [i * o * k * k for i, o, k, _ in convolutions]
    parameters = sum(weights) + sum(2 * o for _, o, _, _ in convolutions) + channels * classes + classes
    buffers = sum(2 * o for _, o, _, _ in convolutions)
    macs = sum(w * s * s for w, (_, _, _, s) in zip(weights, convolutions)) + channels * classes
    return parameters, buffers, macs


with open(pathlib.Path(__file__).with_suffix(".csv"), "w", newline="") as file:
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["example", "depth", "width", "classes", "params", "buffers", "macs"])
    for depth, width, classes in [(3, 16, 10), (9, 16, 10), (18, 16, 10), (3, 64, 100)]:
        table.writerow(["small_resnet", depth, width, classes, *small_resnet(depth, width, classes)])
