#!/usr/bin/env python3
"""Stages of random RegNets, from the paper's equations as they stand: `regnet_stages.py > regnet_stages.csv`.

Widths are rounded to the group width by both rules: Python's `round`, whose halves go to the even number (pycls, timm),
and half up with at most a tenth lost (torchvision).
"""

import math
import random

random.seed(2003)
print("depth,initial_width,slope,multiplier,group_width,depths,half_to_even,half_up")
for _ in range(300):
    depth, w0, g = random.randint(1, 40), 8 * random.randint(1, 60), random.randint(1, 260)
    wa, wm = round(random.uniform(0, 250), 2), round(random.uniform(1.05, 3.5), 2)
    widths = []
    for j in range(depth):
        power = round(math.log((w0 + wa * j) / w0) / math.log(wm))
        widths.append(int(round(w0 * wm**power / 8) * 8))
    stages = sorted(set(widths))
    even, up = [], []
    for width in stages:
        group = min(g, width)
        even.append(round(width / group) * group)
        rounded = max(group, (2 * width + group) // (2 * group) * group)
        up.append(rounded + group if rounded < 0.9 * width else rounded)
    depths = [widths.count(width) for width in stages]
    lists = ["+".join(map(str, values)) for values in (depths, even, up)]
    print(",".join(map(str, [depth, w0, wa, wm, g, *lists])))
