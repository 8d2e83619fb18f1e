/// How much room a text needs, from the widths the Helvetica font metrics publish, never from the fonts installed.
///
/// A picture is therefore the same on every machine. A viewer may substitute a wider sans-serif, so the result carries
/// an allowance of a tenth.
enum TextMetrics {
  /// Width in points of `text` set at `size` points.
  static func width(of text: String, size: Double, bold: Bool = false) -> Double {
    var thousandths = 0
    for scalar in text.unicodeScalars { thousandths += advance(of: scalar) }
    return Double(thousandths) / 1000 * size * (bold ? 1.16 : 1.1)
  }

  /// `text` with its middle replaced by an ellipsis where it is longer than `limit` characters; line ends and tabs
  /// become spaces.
  static func shortened(_ text: String, to limit: Int) -> String {
    // A bounded prefix decides: counting the characters of a name of a million would cost time for nothing.
    let head = text.prefix(limit)
    if head.endIndex == text.endIndex { return text }
    let kept = limit - 1
    return "\(text.prefix(kept - kept / 2))…\(text.suffix(kept / 2))"
  }

  private static func advance(of scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0x20...0x7E: Int(helvetica[Int(scalar.value) - 0x20])
    case 0x300...0x36F, 0x200B...0x200F, 0xFE00...0xFE0F: 0
    case 0xB7, 0x2022: 350
    case 0xA0...0x2012: 610
    default: 1000
    }
  }

  /// Advance widths of U+0020 to U+007E in thousandths of the size (Adobe Font Metrics, Helvetica).
  private static let helvetica: [Int16] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
  ]
}
