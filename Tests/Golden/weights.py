#!/usr/bin/env python3
"""Writes torchvision's weight sets as Swift: `weights.py accuracies.csv > .../Cards/TorchvisionWeights.swift`.

Writes weights.csv beside this script too, the columns that the tests read. The table has one row a set: model, weights, is_default, acc1, acc5, num_params, ops_g, crop_size, resize_size,
interpolation, recipe. Rows keep torchvision's order within a model.
"""

import csv
import pathlib
import sys

VISION = "https://github.com/pytorch/vision/"
CLASSIFICATION = VISION + "tree/main/references/"

print('''// Written by Tests/Golden/weights.py from torchvision 0.29's weight metadata.

/// The trained weights of torchvision's classification models.
enum TorchvisionWeights {
  /// Every set, in the order of ``table``. A row that lacks a field is left out; a test counts them.
  static let all: [WeightSet] = table.split(separator: "\\n").compactMap { line in
    let fields = line.split(separator: " ").map(String.init)
    guard fields.count == 10, let crop = Int(fields[6]), let resize = Int(fields[7]),
      let interpolation = WeightSet.Interpolation(rawValue: fields[8])
    else { return nil }
    let isDefault = fields[1].hasSuffix("*")
    var recipe = fields[9]
    if recipe.hasPrefix("classification") { recipe = "vision/tree/main/references/" + recipe }
    if recipe.hasPrefix("vision/") { recipe = "https://github.com/pytorch/" + recipe }
    func percent(_ text: String) -> PrintedNumber? { text == "-" ? nil : PrintedNumber(text) }
    return WeightSet(
      model: fields[0], name: isDefault ? String(fields[1].dropLast()) : fields[1], isDefault: isDefault,
      top1: percent(fields[2]), top5: percent(fields[3]), parameters: PrintedNumber(fields[4]),
      operations: PrintedNumber(fields[5] + "G"), crop: crop, resize: resize, interpolation: interpolation,
      recipe: recipe)
  }

  /// Model, set (a star marks DEFAULT), top-1, top-5, parameters, GMACs, crop, resize, interpolation, recipe.
  private static let table = """''')
COLUMNS = ["model", "weights", "is_default", "acc1", "acc5", "crop_size", "resize_size", "interpolation", "recipe"]
with open(sys.argv[1], newline="") as file:
    rows = list(csv.DictReader(file))
with (pathlib.Path(__file__).parent / "weights.csv").open("w", newline="") as file:
    writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)

for row in rows:
    recipe = row["recipe"].replace(CLASSIFICATION, "").replace(VISION, "vision/")
    star = "*" if row["is_default"] == "1" else ""
    percents = ("-" if row[key] == "nan" else row[key] for key in ("acc1", "acc5"))
    print(
        "   ", row["model"], row["weights"] + star, *percents, row["num_params"], row["ops_g"], row["crop_size"],
        row["resize_size"], row["interpolation"], recipe,
    )
print('    """\n}')
