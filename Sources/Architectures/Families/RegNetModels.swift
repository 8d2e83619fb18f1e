import NetworkGraph
import SymbolicIntegers

extension RegNet {
  private static let paper = Paper(
    "Radosavovic, Kosaraju, Girshick, He, Dollár", 2020, "Designing Network Design Spaces", "arXiv:2003.13678")

  private typealias Row = (name: String, torchvision: String?, network: RegNet)

  /// The published (d, w_0, w_a, w_m, g).
  private static let published: [Row] = [
    ("x_002", nil, tuple(13, 24, 36.44, 2.49, 8)), ("x_004", "x_400mf", tuple(22, 24, 24.48, 2.54, 16)),
    ("x_006", nil, tuple(16, 48, 36.97, 2.24, 24)), ("x_008", "x_800mf", tuple(16, 56, 35.73, 2.28, 16)),
    ("x_016", "x_1_6gf", tuple(18, 80, 34.01, 2.25, 24)), ("x_032", "x_3_2gf", tuple(25, 88, 26.31, 2.25, 48)),
    ("x_040", nil, tuple(23, 96, 38.65, 2.43, 40)), ("x_064", nil, tuple(17, 184, 60.83, 2.07, 56)),
    ("x_080", "x_8gf", tuple(23, 80, 49.56, 2.88, 120)), ("x_120", nil, tuple(19, 168, 73.36, 2.37, 112)),
    ("x_160", "x_16gf", tuple(22, 216, 55.59, 2.1, 128)), ("x_320", "x_32gf", tuple(23, 320, 69.86, 2.0, 168)),
    ("y_002", nil, tuple(13, 24, 36.44, 2.49, 8)), ("y_004", "y_400mf", tuple(16, 48, 27.89, 2.09, 8)),
    ("y_006", nil, tuple(15, 48, 32.54, 2.32, 16)), ("y_008", "y_800mf", tuple(14, 56, 38.84, 2.4, 16)),
    ("y_016", "y_1_6gf", tuple(27, 48, 20.71, 2.65, 24)), ("y_032", "y_3_2gf", tuple(21, 80, 42.63, 2.66, 24)),
    ("y_040", nil, tuple(22, 96, 31.41, 2.24, 64)), ("y_064", nil, tuple(25, 112, 33.22, 2.27, 72)),
    ("y_080", "y_8gf", tuple(17, 192, 76.82, 2.19, 56)), ("y_120", nil, tuple(19, 168, 73.36, 2.37, 112)),
    ("y_160", "y_16gf", tuple(18, 200, 106.23, 2.48, 112)), ("y_320", "y_32gf", tuple(20, 232, 115.89, 2.53, 232)),
  ]

  /// The greatest, of SEER (Goyal et al. 2022, arXiv:2202.08360) and SWAG (Singh et al. 2022, arXiv:2201.08371), whose
  /// weights are for images of 384 x 384 pixels.
  private static let greatest: [Row] = [
    ("y_640", nil, tuple(20, 352, 147.48, 2.4, 328)), ("y_1280", "y_128gf", tuple(27, 456, 160.83, 2.52, 264)),
    ("y_2560", nil, tuple(27, 640, 230.83, 2.53, 373)),
  ]

  private static func tuple(_ d: Int, _ w0: Int, _ wa: Double, _ wm: Double, _ g: Int) -> RegNet {
    RegNet(depth: d, initialWidth: w0, slope: wa, multiplier: wm, groupWidth: g)
  }

  static let catalog = entries(published, side: 224) + entries(greatest, side: 384)

  /// Every tuple under timm's name, `regnety_032`, and where torchvision has it under `regnet_y_3_2gf` with that
  /// library's rounding.
  private static func entries(_ rows: [Row], side: Dimension) -> [CatalogEntry] {
    rows.flatMap { row -> [CatalogEntry] in
      func entry(_ name: String, _ network: RegNet) -> CatalogEntry {
        CatalogEntry(name, family: "RegNet", paper, input: [1, 3, side, side], network)
      }
      var timm = row.network
      timm.squeezeRatio = row.name.hasPrefix("y") ? 0.25 : 0
      let entries = [entry("regnet" + row.name, timm)]
      guard let name = row.torchvision else { return entries }
      var torchvision = timm
      (torchvision.rounding, torchvision.naming) = (.halfUp, .torchvision)
      return entries + [entry("regnet_" + name, torchvision)]
    }
  }
}
