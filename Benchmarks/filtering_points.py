#!/usr/bin/env python3
"""Prints the error of Winograd's filtering in float32 at the points of Sources/CKernels/points.h, and of plain sums.

usage: filtering_points.py   (needs numpy)

Root mean square of the error over that of the result, on normally distributed inputs and weights; sums and transforms in
float32, weights transformed in float64 and rounded, as the kernels do.
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


for tiles, kernels, channels in [
    ((2, 2), (3, 3), 64), ((4, 4), (3, 3), 64), ((2, 2), (5, 5), 64), ((1, 4), (1, 3), 192), ((1, 4), (1, 7), 192)
]:
    filtered, plain = errors(tiles, kernels, channels, np.random.default_rng(0))
    name = f"F({tiles[0]}x{tiles[1]}, {kernels[0]}x{kernels[1]})"
    print(f"{name:14} {channels:4} channels: filtered {filtered:.1e}, plain sums {plain:.1e}")
