import NetworkGraph

extension Call {
  /// The keys of a sliding window beside its kernel.
  static let windowKeys = ["stride", "padding", "dilation"]

  /// The window that `kernel`, `stride`, `padding` and `dilation` describe.
  /// - Parameter strideIsKernel: whether the stride is by default the kernel, as of pools, and not 1.
  mutating func window(strideIsKernel: Bool = false) throws(ArchitectureFileError) -> Window {
    let rank = try spatialRank()
    let kernel = try perAxis("kernel", rank: rank, default: nil)
    let stride =
      strideIsKernel && !has("stride") ? kernel : try perAxis("stride", rank: rank, default: 1)
    let dilation = try perAxis("dilation", rank: rank, default: 1)
    let padding = try padding(rank: rank)
    let axes = (0..<rank).map {
      Window.Axis(
        kernel: kernel[$0], stride: stride[$0], dilation: dilation[$0], before: padding.sides[$0].before,
        after: padding.sides[$0].after)
    }
    return Window(axes, padding: padding.mode)
  }

  /// `padding`: a number, one for each axis, a pair `[before, after]` for each axis, `same` or `same_lower`.
  private mutating func padding(
    rank: Int
  ) throws(ArchitectureFileError) -> (mode: Window.Padding, sides: [(before: Int, after: Int)]) {
    let none = Array(repeating: (before: 0, after: 0), count: rank)
    guard let value = try value("padding") else { return (.explicit, none) }
    switch value.content {
    case .word("same"): return (.sameUpper, none)
    case .word("same_lower"): return (.sameLower, none)
    case .word: throw wrong(value, "padding", "one of same, same_lower, or a number")
    case .size, .number, .flag, .list: return (.explicit, try sides("padding", rank: rank))
    }
  }

  /// Elements before and after along each of `rank` axes: a number, one for each axis, or a pair for each axis.
  mutating func sides(_ key: String, rank: Int) throws(ArchitectureFileError) -> [(before: Int, after: Int)] {
    guard let value = try value(key) else { throw ArchitectureFileError(place, .missingKey(key, owner: owner)) }
    let values: [Value] = if case .list(let values) = value.content { values } else { [value] }
    var sides: [(before: Int, after: Int)] = []
    for value in values {
      guard case .list(let pair) = value.content else {
        let both = try integer(value, key)
        sides.append((both, both))
        continue
      }
      guard pair.count == 2 else { throw wrong(value, key, "a pair of numbers, before and after, on each axis") }
      sides.append((try integer(pair[0], key), try integer(pair[1], key)))
    }
    return try spread(sides, key, rank: rank)
  }
}
