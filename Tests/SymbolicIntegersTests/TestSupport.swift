import Testing

@testable import SymbolicIntegers

/// Calls `body` with every pair of values in `range`.
func withEvery(_ range: ClosedRange<Int> = -8...8, _ body: (Int, Int) throws -> Void) rethrows {
  for x in range {
    for y in range { try body(x, y) }
  }
}

/// The greatest integer q with q <= a / d, found by stepping, as a reference for every division under test.
func referenceFloor(_ a: Int, _ d: Int) -> Int {
  var quotient = a / d - 1
  while d > 0 ? (quotient + 1) * d <= a : (quotient + 1) * d >= a { quotient += 1 }
  return quotient
}

/// The symbols of these tests.
enum Unknown {
  static let x = Dimension.symbol("x")
  static let y = Dimension.symbol("y")
  static let z = Dimension.symbol("z")
  static let height = Dimension.symbol("H")
}

/// Bindings by name; a name that is no symbol is an error of the test.
func bindings(_ values: KeyValuePairs<String, Int>) throws -> [Symbol: Int] {
  var result: [Symbol: Int] = [:]
  for (name, value) in values { result[try #require(Symbol(name))] = value }
  return result
}

/// Checks how a dimension in x and y reads, and its value for every small x and y.
func expect(
  _ dimension: Dimension, reads text: String, equals value: (Int, Int) -> Int,
  _ location: SourceLocation = #_sourceLocation
) throws {
  #expect(dimension.description == text, sourceLocation: location)
  try withEvery { x, y in
    let actual = try dimension.evaluated(with: bindings(["x": x, "y": y]))
    if actual != value(x, y) {
      Issue.record("\(dimension) is \(actual) at x = \(x), y = \(y), not \(value(x, y))", sourceLocation: location)
    }
  }
}

/// Checks that two dimensions are the same value, hash included.
func expectSame(_ left: Dimension, _ right: Dimension, _ location: SourceLocation = #_sourceLocation) {
  #expect(left == right, sourceLocation: location)
  #expect(left.hashValue == right.hashValue, sourceLocation: location)
}

/// A small seeded generator (SplitMix64), so that a failing case can be run again.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
