"""Writes fixed_values.csv: tables that torchvision's transformers compute for themselves, as digests.

    python3 fixed_values.py > fixed_values.csv

Needs torchvision. The digest is FNV-1a (64 bits) over the elements in row-major order, each times 10,000, rounded and written as a
little-endian 32-bit integer; `sample` are up to eight elements spread evenly from the first to the last.
"""

import struct

import torch
from torchvision.models import maxvit_t, swin_t, swin_v2_t
from torchvision.models.swin_transformer import shifted_window_attention


def line(kind, sizes, tensor):
    values = tensor.double().flatten()
    digest = 0xCBF29CE484222325
    for byte in struct.pack(f"<{len(values)}i", *(round(v * 10000) for v in values.tolist())):
        digest = (digest ^ byte) * 0x100000001B3 % 2**64
    positions = [round(i * (len(values) - 1) / 7) for i in range(8)]
    sample = " ".join(repr(values[i].item()) for i in positions)
    shape = "x".join(map(str, tensor.shape))
    print(f"{kind},{' '.join(map(str, sizes))},{shape},{digest:016x},{sample}")


def mask(height, width, window, shift):
    """The mask that the attention adds, caught where it is made."""
    caught = []
    plain = torch.Tensor.masked_fill

    def masked_fill(self, *arguments):
        caught.append(plain(self, *arguments))
        return caught[-1]

    torch.Tensor.masked_fill = masked_fill
    ones = [torch.ones(3, 1), torch.ones(1, 1), torch.zeros(1, 1, window[0] * window[1], window[0] * window[1])]
    shifted_window_attention(torch.zeros(1, height, width, 1), *ones, window, 1, shift)
    torch.Tensor.masked_fill = plain
    return caught[-1].unsqueeze(1)


print("kind,sizes,shape,digest,sample")
first = swin_t().features[1][0].attn
second = swin_v2_t().features[1][0].attn
line("index", (7, 7), first.relative_position_index)
line("index", (8, 8), second.relative_position_index)
partition = maxvit_t(input_size=(224, 224)).blocks[0].layers[0].layers[1].attn_layer
line("index", (7, 7), [module for module in partition.modules() if hasattr(module, "relative_position_index")][0].relative_position_index)
line("index", (3, 5), type(first)(1, [3, 5], [0, 0], 1).relative_position_index)
line("offsets", (8, 8), second.relative_coords_table)
line("offsets", (4, 6), type(second)(1, [4, 6], [0, 0], 1).relative_coords_table)
for sizes in [(56, 56, 7, 7, 3, 3), (14, 14, 7, 7, 3, 3), (16, 16, 8, 8, 4, 4), (6, 15, 3, 5, 1, 2), (6, 10, 6, 5, 0, 2)]:
    line("mask", sizes, mask(*sizes[:2], list(sizes[2:4]), list(sizes[4:])))
