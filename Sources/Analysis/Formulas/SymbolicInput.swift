import NetworkGraph
import SymbolicIntegers

/// An input whose sizes are symbols, as general as a network can take it.
public struct SymbolicInput: Hashable, Sendable {
  public var shape: Shape
  /// What the free sides are multiples of; 1 for any side, nil where the sides stay as they are.
  public var multiple: Int?

  /// Inputs to try for a network that by default takes `shape`, the most general first.
  ///
  /// The batch is `N`; the sides are `H` and `W` (of other ranks `L`, or `D`, `H`, `W`). Networks that cut a map into
  /// windows or patches take sides that are multiples only: then the sides are `m*h` and `m*w`, for divisors m of the
  /// default side. Last comes a free batch alone.
  public static func candidates(for shape: Shape) -> [SymbolicInput] {
    guard shape.rank > 0 else { return [SymbolicInput(shape: shape, multiple: nil)] }
    let names = ["H", "W"].suffix(2)
    let letters = shape.spatialRank == 1 ? ["L"] : shape.spatialRank == 2 ? Array(names) : ["D", "H", "W"]
    var batched = shape
    if shape[0].isConstant { batched[0] = .symbol("N") }
    let fixed = SymbolicInput(shape: batched, multiple: nil)
    let sides = shape.spatial.compactMap(\.constant)
    guard sides.count == letters.count, sides.count == shape.spatialRank, let side = sides.min(), side > 0 else {
      return [fixed]
    }
    let common = sides.reduce(0) { greatestCommonDivisor($0, $1) }
    // Sides beyond this have too many divisors to be an image's.
    guard common <= 1 << 16 else { return [fixed] }
    let multiples = (1...common).filter { common.isMultiple(of: $0) }
    return multiples.map { multiple in
      var symbolic = batched
      for (position, letter) in letters.enumerated() {
        symbolic[position + 2] =
          multiple == 1 ? .symbol(letter) : multiple * Dimension.symbol(letter.lowercased())
      }
      return SymbolicInput(shape: symbolic, multiple: multiple)
    } + [fixed]
  }
}
