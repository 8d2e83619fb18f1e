"""Writes the pictures under Tests/Golden/images: what Pillow and torchvision make of a small one: python3 images.py

Needs numpy, Pillow, PyTorch and torchvision."""

import pathlib

import numpy
from PIL import Image
from torchvision import transforms
from torchvision.transforms import InterpolationMode

folder = pathlib.Path(__file__).parent / "images"
folder.mkdir(exist_ok=True)
generator = numpy.random.default_rng(3)

# Slopes, an edge and noise.
rows, columns = numpy.mgrid[0:43, 0:61]
picture = numpy.stack([rows * 5, columns * 4, 255 - rows * 2 - columns * 2], axis=2)
picture[10:20, 15:40] = [255, 0, 128]
picture[25:, 30:] = generator.integers(0, 256, (18, 31, 3))
picture = Image.fromarray(picture.clip(0, 255).astype(numpy.uint8))
picture.save(folder / "picture.ppm")
picture.transpose(Image.Transpose.TRANSPOSE).save(folder / "portrait.ppm")

modes = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
for name, mode in modes.items():
    for width, height in [(23, 17), (7, 43), (61, 5), (80, 50), (30, 60), (1, 1)]:
        picture.resize((width, height), mode).save(folder / f"{name}-{width}x{height}.ppm")

# Inputs of a network: shorter side resized, middle cut out, normalised.
for source, name, resize, crop, mode in [
    ("picture", "reduced", 27, 24, "bilinear"),
    ("portrait", "portrait", 28, 23, "bicubic"),
    ("picture", "enlarged", 50, 31, "bicubic"),
]:
    steps = transforms.Compose([
        transforms.Resize(resize, InterpolationMode(mode)),
        transforms.CenterCrop(crop),
        transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ])
    tensor = steps(Image.open(folder / f"{source}.ppm"))
    numpy.save(folder / f"input-{name}.npy", tensor.unsqueeze(0).numpy())

# Every kind of PNG, and beside it the bytes it stands for.
colours = generator.integers(0, 256, (7, 9, 4)).astype(numpy.uint8)
kinds = {
    "rgb": Image.fromarray(colours[:, :, :3]),
    "rgba": Image.fromarray(colours),
    "grey": Image.fromarray(colours[:, :, 0]),
    "grey-alpha": Image.fromarray(colours[:, :, :2], "LA"),
    "palette": Image.fromarray(colours[:, :, :3]).quantize(5),
    "bit": Image.fromarray(colours[:, :, 0] > 127),
}
for name, image in kinds.items():
    image.save(folder / f"{name}.png")
    Image.open(folder / f"{name}.png").convert("RGB").save(folder / f"{name}.ppm")
deep = generator.integers(0, 65536, (7, 9)).astype(numpy.uint16)
Image.fromarray(deep).save(folder / "grey16.png")
shallow = numpy.round(deep / 65535 * 255).astype(numpy.uint8)
Image.fromarray(numpy.stack([shallow] * 3, axis=2)).save(folder / "grey16.ppm")

# Portable maps with other ranges, as Pillow scales them.
(folder / "range15.pgm").write_bytes(b"P5 # comment\n16\t1\n15\n" + bytes(range(16)))
(folder / "range999.ppm").write_bytes(
    b"P6\n#a\n#b\n2 2 999\n" + numpy.array([0, 1, 2, 3, 500, 501, 502, 996, 997, 998, 999, 400], ">u2").tobytes())
for name in ["range15.pgm", "range999.ppm"]:
    Image.open(folder / name).convert("RGB").save(folder / f"{name}-scaled.ppm")
