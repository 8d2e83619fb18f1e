#!/usr/bin/env python3
"""Prints the errors of Winograd's filtering at the points of Sources/CKernels/points.h, of Strassen's products and of plain
sums, all in float32.

usage: filtering_points.py   (needs numpy)

Root mean square of the error over that of the result, on normally distributed inputs and weights; sums and transforms in
float32, weights transformed in float64 and rounded, as the kernels do. Strassen's products sum 256 channels at once.
"""

import sys

try:
    import numpy as np
except ImportError:
    sys.exit("filtering_points.py: numpy is missing; run it with an interpreter that has it")

POINTS = {4: [1.0], 6: [0.625, 1.5], 10: [0.375, 0.75, 1.25, 2.5]}


def matrices(tile, kernel):
    """A^T, B^T and G of F(tile, kernel): polynomials through 0, pairs +-p and infinity."""
    count = tile + kernel - 1
    points = [0.0] + [sign * p for p in POINTS[count] for sign in (1, -1)]
    a, b, g = np.zeros((tile, count)), np.zeros((count, count)), np.zeros((count, kernel))
    for i, p in enumerate(points):
        others = [q for q in points if q != p]
        b[i, : count - 1] = np.poly(others)[::-1]
        g[i] = [p**k / np.prod([p - q for q in others]) for k in range(kernel)]
        a[:, i] = [p**k for k in range(tile)]
    b[-1] = np.poly(points)[::-1]
    g[-1, -1] = a[-1, -1] = 1
    return a.astype(np.float32), b.astype(np.float32), g


def errors(tiles, kernels, channels, generator):
    """Relative errors of filtering and of plain sums; an axis with a kernel of 1 is not filtered."""
    one = np.ones((1, 1), np.float32)
    (ay, by, gy), (ax, bx, gx) = [matrices(t, k) if k > 1 else (one, one, one) for t, k in zip(tiles, kernels)]
    height, width = [t + k - 1 for t, k in zip(tiles, kernels)]
    inputs = generator.standard_normal((64, channels, height, width)).astype(np.float32)
    weights = generator.standard_normal((16, channels, *kernels)).astype(np.float32)
    u = np.einsum("yr,ocrs,xs->ocyx", gy, weights.astype(np.float64), gx).astype(np.float32)
    v = np.einsum("xl,tcyl->tcyx", bx, np.einsum("yk,tckl->tcyl", by, inputs))
    products = np.zeros((64, 16, height, width), np.float32)
    exact, plain = [np.zeros((64, 16, *tiles), kind) for kind in (np.float64, np.float32)]
    for c in range(channels):
        products += v[:, None, c] * u[None, :, c]
        for y in range(kernels[0]):
            for x in range(kernels[1]):
                part = inputs[:, None, c, y : y + tiles[0], x : x + tiles[1]]
                exact += part.astype(np.float64) * weights[None, :, c, y, x, None, None]
                plain += part * weights[None, :, c, y, x, None, None]
    filtered = np.einsum("bx,toax->toab", ax, np.einsum("ay,toyx->toax", ay, products))
    return [np.sqrt(np.mean((values - exact) ** 2) / np.mean(exact**2)) for values in (filtered, plain)]


def summed(left, right):
    """left x right, one product after the other."""
    total = np.zeros((left.shape[0], right.shape[1]), np.float32)
    for k in range(left.shape[1]):
        total += left[:, k : k + 1] * right[k : k + 1]
    return total


def strassen_errors(channels, generator):
    """Relative errors of seven products for eight, in slices of both halves of the inputs, and of plain sums."""
    inputs = generator.standard_normal((64, channels)).astype(np.float32)
    weights = generator.standard_normal((channels, 64)).astype(np.float32)
    exact = inputs.astype(np.float64) @ weights.astype(np.float64)
    halved, half = np.zeros((64, 64), np.float32), channels // 2
    for start in range(0, half, 128):
        upper, lower = slice(start, min(start + 128, half)), slice(half + start, half + min(start + 128, half))
        (a11, a12), (a21, a22) = [[rows[:, upper], rows[:, lower]] for rows in (inputs[:32], inputs[32:])]
        b11, b12 = [columns[upper].astype(np.float64) for columns in (weights[:, :32], weights[:, 32:])]
        b21, b22 = [columns[lower].astype(np.float64) for columns in (weights[:, :32], weights[:, 32:])]
        s1 = a21 + a22
        s2 = s1 - a11
        t1 = b12 - b11
        t2 = b22 - t1
        p1, p2, p3, p4, p5, p6, p7 = [
            summed(left, right.astype(np.float32))
            for left, right in [
                (a11, b11), (a12, b21), (a12 - s2, b22), (a22, b21 - t2), (s1, t1), (s2, t2), (a11 - a21, b22 - b12)
            ]
        ]  # fmt: skip
        u2 = p1 + p6
        u3 = u2 + p7
        halved += np.block([[p1 + p2, u2 + p5 + p3], [u3 + p4, u3 + p5]])
    plain = summed(inputs, weights)
    return [np.sqrt(np.mean((values - exact) ** 2) / np.mean(exact**2)) for values in (halved, plain)]


for tiles, kernels, channels in [
    ((2, 2), (3, 3), 64), ((4, 4), (3, 3), 64), ((2, 2), (5, 5), 64), ((1, 4), (1, 3), 192), ((1, 4), (1, 7), 192)
]:
    filtered, plain = errors(tiles, kernels, channels, np.random.default_rng(0))
    name = f"F({tiles[0]}x{tiles[1]}, {kernels[0]}x{kernels[1]})"
    print(f"{name:14} {channels:4} channels: filtered {filtered:.1e}, plain sums {plain:.1e}")
for channels in (64, 256, 1024):
    halved, plain = strassen_errors(channels, np.random.default_rng(0))
    print(f"{'Strassen':14} {channels:4} channels: halved   {halved:.1e}, plain sums {plain:.1e}")
