#!/usr/bin/env python3
"""Measures models that the reference folder lacks, with timm and torchvision on the meta device: `zoo_totals.py`.

Prints zoo_totals.csv: trainable elements, elements of buffers without step counters, and multiply-accumulates of
convolutions, linear layers and matrix products at the model's default size (half of what FlopCounterMode counts).
"""

import csv
import sys
from functools import partial

import timm
import torch
from timm.models.nasnet import NASNetALarge
from timm.models.pnasnet import Cell, CellStem0, PNASNet5Large
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

TIMM = ["inception_resnet_v2", "ghostnet_050", "ghostnet_130"]


class NASNetMobile(NASNetALarge):
    """4 @ 1056: four of the six cells of a stage; the cell after a reduction reads that reduction's input."""

    def __init__(self):
        super().__init__(stem_size=32, num_features=1056)
        for index in (4, 5, 10, 11, 16, 17):
            delattr(self, f"cell_{index}")

    def forward_features(self, x):
        first = self.conv0(x)
        outputs = [self.cell_stem_0(first)]
        outputs.append(self.cell_stem_1(first, outputs[-1]))
        for stage in range(3):
            before = outputs[-2]
            if stage > 0:
                before = outputs[-1]
                outputs.append(getattr(self, f"reduction_cell_{stage - 1}")(outputs[-1], outputs[-2]))
            for index in range(6 * stage, 6 * stage + 4):
                outputs.append(getattr(self, f"cell_{index}")(outputs[-1], before))
                before = outputs[-2]
        return self.act(outputs[-1])


class PNASNetMobile(nn.Module):
    """N = 3, F = 54. An odd number of filters gives the second path of a factorised reduction one more."""

    def __init__(self):
        super().__init__()
        self.conv_0 = PNASNet5Large().conv_0
        self.conv_0.conv = nn.Conv2d(3, 32, 3, 2, bias=False)
        self.conv_0.bn = type(self.conv_0.bn)(32, apply_act=False)
        self.stem_0 = CellStem0(32, 13, 32, 13, pad_type="same")
        cells, left, right = [], 32, 5 * 13
        is_larger = True
        for index, filters in enumerate([27] + 3 * [54] + 3 * [108] + 3 * [216]):
            is_reduction = index in (0, 4, 7)
            cells.append(Cell(left, filters, right, filters, "same", is_reduction, is_larger))
            if is_larger and filters % 2:
                path = cells[-1].conv_prev_1x1.path_2
                path.conv = nn.Conv2d(left, filters - filters // 2, 1, bias=False)
                cells[-1].conv_prev_1x1.final_path_bn = nn.BatchNorm2d(filters)
            left, right, is_larger = right, 5 * filters, is_reduction
        self.cells = nn.ModuleList(cells)
        self.last_linear = nn.Linear(right, 1000)

    def forward(self, x):
        previous = self.conv_0(x)
        x = self.stem_0(previous)
        for cell in self.cells:
            previous, x = x, cell(previous, x)
        return self.last_linear(x.relu().mean((2, 3)))


class PaperGoogLeNet(nn.Module):
    """Table 1 of Szegedy et al. 2015: biases, 5x5 filters; naive modules have no 1x1 reductions."""

    TABLE = [
        "64 96 128 16 32 32", "128 128 192 32 96 64", "pool", "192 96 208 16 48 64", "160 112 224 24 64 64",
        "128 128 256 24 64 64", "112 144 288 32 64 64", "256 160 320 32 128 128", "pool", "256 160 320 32 128 128",
        "384 192 384 48 128 128",
    ]

    def __init__(self, is_naive):
        super().__init__()
        pool = partial(nn.MaxPool2d, 3, 2, ceil_mode=True)
        self.stem = nn.Sequential(
            nn.Conv2d(3, 64, 7, 2, 3), pool(), nn.Conv2d(64, 64, 1), nn.Conv2d(64, 192, 3, 1, 1), pool())
        self.steps, channels = nn.ModuleList(), 192
        for row in self.TABLE:
            if row == "pool":
                self.steps.append(pool())
                continue
            one, reduce3, three, reduce5, five, projection = map(int, row.split())
            branches = [nn.Conv2d(channels, one, 1)]
            for reduce, width, side in ((reduce3, three, 3), (reduce5, five, 5)):
                conv = nn.Conv2d(channels if is_naive else reduce, width, side, 1, side // 2)
                branches.append(conv if is_naive else nn.Sequential(nn.Conv2d(channels, reduce, 1), conv))
            branches.append(nn.Identity() if is_naive else nn.Conv2d(channels, projection, 1))
            self.steps.append(nn.ModuleList(branches))
            channels = one + three + five + (channels if is_naive else projection)
        self.fc = nn.Linear(channels, 1000)

    def forward(self, x):
        x = self.stem(x)
        for step in self.steps:
            x = torch.cat([branch(x) for branch in step], 1) if isinstance(step, nn.ModuleList) else step(x)
        return self.fc(x.mean((2, 3)))


VARIANTS = {
    "nasnetamobile": NASNetMobile,
    "pnasnet5mobile": PNASNetMobile,
    "googlenet_paper": lambda: PaperGoogLeNet(False),
    "googlenet_naive": lambda: PaperGoogLeNet(True),
}


def measure(model, size):
    model.eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.zeros(1, *size, device="meta"))
    parameters = sum(parameter.numel() for parameter in model.parameters())
    buffers = sum(buffer.numel() for name, buffer in model.named_buffers() if not name.endswith("num_batches_tracked"))
    return [parameters, buffers, counter.get_total_flops() // 2]


def main():
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["model", "source", "parameters", "buffers", "macs"])
    source = f"timm {timm.__version__}"
    with torch.device("meta"):
        for name, make in VARIANTS.items():
            writer.writerow([name, f"{source} and the paper", *measure(make(), (3, 224, 224))])
        for name in TIMM:
            model = timm.create_model(name)
            writer.writerow([name, source, *measure(model, model.pretrained_cfg["input_size"])])


if __name__ == "__main__":
    main()
