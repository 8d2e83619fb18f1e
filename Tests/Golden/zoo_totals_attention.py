"""ConvNeXt, vision transformers and what stands beside them for zoo_totals.py."""

import torch
from timm.models.convnext import ConvNeXtBlock

TIMM = (
    [f"convnext_{size}" for size in ("femto", "pico", "nano", "xlarge")]
    + [f"convnext_{size}" for size in ("small", "base", "large")]
    + [f"convnextv2_{size}" for size in ("atto", "femto", "pico", "nano", "small", "base", "large", "huge")]
    + ["deit_small_patch16_224", "deit_base_patch16_224", "deit_base_patch16_384"]
    + [f"vit_{size}_patch16_{side}" for size in ("small", "base", "large") for side in (224, 384)]
    + [f"vit_{size}_patch32_{side}" for size in ("small", "base") for side in (224, 384)]
    + ["vit_tiny_patch16_384", "vit_base_patch8_224", "vit_large_patch32_384"]
    + [f"swin_{size}_patch4_window7_224" for size in ("small", "base", "large")]
    + [f"swin_{size}_patch4_window12_384" for size in ("base", "large")]
    + ["swin_tiny_patch4_window7_224@192x160"]
    + ["convmixer_1536_20", "convmixer_1024_20_ks9_p14"]
)
# Sides that windows do not divide, and sides of fewer positions than a window.
TORCHVISION = ["swin_t@250x301", "swin_v2_t@250x301", "swin_t@100x64", "swin_v2_s@100x64", "convnext_tiny@333x97"]


class Mean(torch.nn.Module):
    def forward(self, x):
        return x.mean([-2, -1])


def isotropic(width, depth):
    """ConvNeXt blocks at one resolution, without layer scale."""
    blocks = [ConvNeXtBlock(width, ls_init_value=None) for _ in range(depth)]
    stem = torch.nn.Conv2d(3, width, 16, 16)
    return torch.nn.Sequential(stem, *blocks, Mean(), torch.nn.LayerNorm(width), torch.nn.Linear(width, 1000))


VARIANTS = {
    "convnext_isotropic_small": lambda: isotropic(384, 18),
    "convnext_isotropic_base": lambda: isotropic(768, 18),
    "convnext_isotropic_large": lambda: isotropic(1024, 36),
}
