"""Mobile networks and EfficientNet for zoo_totals.py."""

from functools import partial

from timm.models import efficientnet

TIMM = (
    ["mobilenetv1_100h", "mobilenetv1_125"]
    + [f"mobilenetv2_{name}" for name in ("035", "075", "100", "110d", "120d")]
    + [f"mobilenetv3_{name}" for name in ("large_075", "large_100", "small_050", "small_100")]
    + [f"tf_mobilenetv3_{size}_{name}" for size in ("large", "small") for name in ("075", "100", "minimal_100")]
    + [f"mnasnet_{name}" for name in ("050", "075", "100", "small")]
    + [f"semnasnet_{name}" for name in ("050", "075", "140")]
    + [f"efficientnet_{name}" for name in ("b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "l2")]
    + [f"tf_efficientnet_{name}" for name in ("b2", "b4", "b5", "b6", "b7", "b8", "l2")]
    + [f"efficientnetv2_{name}" for name in ("s", "m", "l", "xl")]
    + [f"tf_efficientnetv2_{name}" for name in ("b1", "b2", "b3", "m", "l", "xl")]
)
# Settings of timm's own generators that it gives no name.
VARIANTS = {
    "mobilenetv1_075": partial(efficientnet._gen_mobilenet_v1, "mobilenetv1_075", 0.75),
    "mobilenetv1_050": partial(efficientnet._gen_mobilenet_v1, "mobilenetv1_050", 0.5),
    "mobilenetv1_025": partial(efficientnet._gen_mobilenet_v1, "mobilenetv1_025", 0.25),
    "mobilenetv2_130": partial(efficientnet._gen_mobilenet_v2, "mobilenetv2_130", 1.3),
}
