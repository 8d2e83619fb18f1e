import NetworkGraph
import SymbolicIntegers

/// How one axis of a tensor runs over the positions of a map.
///
/// A position along an axis of the map is a number whose digits may be spread over several axes of a tensor: cutting a
/// side into windows of 7 puts `position / 7` on one axis and `position mod 7` on another; flattening a map puts both
/// its axes on one. Axes that hold channels, heads or samples have no digits.
struct AxisLayout: Hashable {
  /// Part of a position: `position / weight mod size`.
  struct Digit: Hashable {
    /// The map's axis; nil for channels and the like, between which a position's digits may lie.
    var axis: Int?
    var size: Dimension
    var weight: Dimension = 1
  }

  /// From the slowest to the fastest; empty where the axis holds no position at all.
  var digits: [Digit] = []
  /// Entries before and after the positions that are none, such as a class token.
  var before: Dimension = 0
  var after: Dimension = 0

  var isSpatial: Bool { !digits.isEmpty }
  var isRagged: Bool { before != 0 || after != 0 }

  /// The axis that holds all of `side` positions of the map's axis `axis` and nothing else.
  init(axis: Int, side: Dimension) {
    digits = [Digit(axis: axis, size: side)]
  }

  init() {}

  init(joining parts: [Digit]) {
    for part in parts where part.size != 1 {
      if let last = digits.last, last.axis == part.axis, last.axis == nil || last.weight == part.weight * part.size {
        digits[digits.count - 1] = Digit(axis: part.axis, size: last.size * part.size, weight: part.weight)
      } else {
        digits.append(part)
      }
    }
    if digits.allSatisfy({ $0.axis == nil }) { digits = [] }
  }

  /// Whether this is nothing but the whole of the map's axis `axis`.
  func isWhole(_ axis: Int, side: Dimension) -> Bool {
    digits.count == 1 && digits[0].axis == axis && digits[0].size == side && !isRagged
  }
}

/// The layout of the same elements in the same order under another shape; nil where digits are not cut evenly.
func reshaped(_ layout: [AxisLayout], of shape: Shape, to target: Shape) -> [AxisLayout]? {
  // Entries to deal out, the next one last.
  enum Entry {
    case digit(AxisLayout.Digit)
    case ragged(AxisLayout, Dimension)
  }
  var entries: [Entry] = []
  entries.reserveCapacity(layout.count)
  for axis in layout.indices.reversed() {
    if layout[axis].isRagged {
      entries.append(.ragged(layout[axis], shape[axis]))
    } else if layout[axis].isSpatial {
      for digit in layout[axis].digits.reversed() where digit.size != 1 { entries.append(.digit(digit)) }
    } else if shape[axis] != 1 {
      entries.append(.digit(AxisLayout.Digit(axis: nil, size: shape[axis])))
    }
  }
  var result: [AxisLayout] = []
  result.reserveCapacity(target.rank)
  for size in target.dimensions {
    var rest = size
    var digits: [AxisLayout.Digit] = []
    var whole: AxisLayout?
    while rest != 1 {
      switch entries.popLast() {
      case nil: return nil
      case .ragged(let axis, let total):
        guard digits.isEmpty, rest == total else { return nil }
        whole = axis
        rest = 1
      case .digit(var digit):
        if let quotient = quotient(rest, digit.size) {
          digits.append(digit)
          rest = quotient
        } else if let quotient = quotient(digit.size, rest) {
          digits.append(AxisLayout.Digit(axis: digit.axis, size: rest, weight: digit.weight * quotient))
          digit.size = quotient
          entries.append(.digit(digit))
          rest = 1
        } else {
          return nil
        }
      }
    }
    result.append(whole ?? AxisLayout(joining: digits))
  }
  return result
}

/// The quotient where it is exact; numbers take a path without allocation.
private func quotient(_ dividend: Dimension, _ divisor: Dimension) -> Dimension? {
  guard let a = dividend.constant, let b = divisor.constant, a > 0, b > 0 else {
    return dividend.exactlyDivided(by: divisor)
  }
  return a.isMultiple(of: b) ? Dimension(a / b) : nil
}
