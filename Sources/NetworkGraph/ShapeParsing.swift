import SymbolicIntegers

extension Shape {
  /// A shape from text: sizes separated by `x`, each an integer, a symbol or a formula in parentheses:
  /// `1x3x224x224`, `Nx3x(32*h)x(32*w)`. With commas between the sizes, parentheses are not needed.
  /// - Throws: ``DimensionError`` that says what was expected and where in the size it was missing.
  public init(parsing text: String) throws(DimensionError) {
    let byComma = Shape.split(text) { $0 == "," }
    let parts = byComma.count > 1 ? byComma : Shape.split(text) { $0 == "x" || $0 == "X" || $0 == "×" }
    var dimensions: [Dimension] = []
    for part in parts { dimensions.append(try Dimension(parsing: part)) }
    self.init(dimensions)
  }

  /// The parts of `text` between separators that stand outside parentheses.
  private static func split(_ text: String, _ isSeparator: (Character) -> Bool) -> [String] {
    var parts = [""]
    var depth = 0
    for character in text {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if depth == 0 && isSeparator(character) {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    return parts
  }
}
