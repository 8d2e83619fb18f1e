import Testing

@testable import SymbolicIntegers

/// Random expressions against their node-by-node value.
@Suite struct FuzzTests {
  static let symbols = ExpressionTree.names.map { Dimension.symbol($0) }
  static let keys = ExpressionTree.names.compactMap { Symbol($0) }
  static let seeds: [UInt64] = [1, 2, 3, 4, 5]

  private func bindings(_ values: [Int]) -> [Symbol: Int] {
    Dictionary(uniqueKeysWithValues: zip(Self.keys, values))
  }

  private func randomValues(_ range: ClosedRange<Int>, _ generator: inout SeededGenerator) -> [Int] {
    (0..<3).map { _ in Int.random(in: range, using: &generator) }
  }

  @Test(arguments: seeds)
  func aDimensionHasTheValueOfItsExpressionAndReadsBack(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var failures = 0
    for _ in 0..<10_000 {
      let tree = ExpressionTree(leaves: Int.random(in: 1...5, using: &generator), using: &generator)
      let dimension = tree.dimension(Self.symbols)
      if dimension.failure != nil {
        failures += 1
        continue
      }
      for range in [-8...8, -1000...1000] {
        let values = randomValues(range, &generator)
        if try dimension.evaluated(with: bindings(values)) != tree.value(values) {
          Issue.record("\(tree) as \(dimension) is not \(tree.value(values)) at \(values)")
        }
      }
      let text = dimension.description
      let readBack = try Dimension(parsing: text)
      if readBack != dimension { Issue.record("\(text) reads back as \(readBack)") }
    }
    #expect(failures < 10)
  }

  @Test func substitutionKeepsTheValue() throws {
    var generator = SeededGenerator(seed: 77)
    for _ in 0..<2000 {
      let tree = ExpressionTree(leaves: Int.random(in: 2...5, using: &generator), using: &generator)
      let parts = (0..<3).map { _ in
        ExpressionTree(leaves: Int.random(in: 1...2, using: &generator), using: &generator)
      }
      var replacements: [Symbol: Dimension] = [:]
      for (name, part) in zip(ExpressionTree.names, parts) {
        replacements[try #require(Symbol(name))] = part.dimension(Self.symbols)
      }
      let substituted = tree.dimension(Self.symbols).substituting(replacements)
      if substituted.failure != nil { continue }
      for _ in 0..<3 {
        let values = randomValues(-8...8, &generator)
        let actual = try substituted.evaluated(with: bindings(values))
        try #require(actual == tree.value(parts.map { $0.value(values) }), "\(tree) of \(parts) at \(values)")
      }
    }
  }

  @Test func ringLawsHoldStructurally() throws {
    var generator = SeededGenerator(seed: 99)
    for _ in 0..<2000 {
      func part() -> Dimension {
        ExpressionTree(leaves: Int.random(in: 1...3, using: &generator), using: &generator).dimension(Self.symbols)
      }
      let (a, b, c) = (part(), part(), part())
      expectSame(a + b, b + a)
      expectSame(a * b, b * a)
      expectSame((a + b) + c, a + (b + c))
      expectSame((a * b) * c, a * (b * c))
      expectSame(a * (b + c), a * b + a * c)
      expectSame(a - b, -(b - a))
      expectSame(a - a, 0)
      expectSame(a + 0, a)
      expectSame(a * 1, a)
      expectSame(a * 0, 0)
    }
  }

  /// The nested-bracket law is structural for dividends without floor quotients; the values agree for all.
  @Test func floorLawsHoldStructurally() throws {
    var generator = SeededGenerator(seed: 123)
    for _ in 0..<2000 {
      func part() -> Dimension {
        ExpressionTree(leaves: Int.random(in: 1...3, using: &generator), using: &generator).dimension(Self.symbols)
      }
      let (e, k) = (part(), part())
      let a = Int.random(in: 1...9, using: &generator)
      let d = Int.random(in: 1...9, using: &generator)
      let c = Int.random(in: -30...30, using: &generator)
      if !"\(e)".contains("floor") {
        expectSame((e.floorDivided(by: a) + c).floorDivided(by: d), (e + a * c).floorDivided(by: a * d))
      }
      expectSame((e + k * d).floorDivided(by: d), e.floorDivided(by: d) + k)
      expectSame((e * a).floorDivided(by: d * a), e.floorDivided(by: d))
      expectSame(e.ceilDivided(by: d), (e + (d - 1)).floorDivided(by: d))
      expectSame(e.floorDivided(by: -d), (-e).floorDivided(by: d))
      expectSame(e.modulo(d), e - d * e.floorDivided(by: d))
    }
  }

  @Test func maximumLawsHoldStructurally() throws {
    var generator = SeededGenerator(seed: 321)
    for _ in 0..<2000 {
      func part() -> Dimension {
        ExpressionTree(leaves: Int.random(in: 1...3, using: &generator), using: &generator).dimension(Self.symbols)
      }
      let (a, b, k) = (part(), part(), part())
      let n = Int.random(in: 1...9, using: &generator)
      expectSame(.maximum(a, b), .maximum(b, a))
      expectSame(.minimum(a, b), -.maximum(-a, -b))
      expectSame(.maximum(a + k, b + k), k + .maximum(a, b))
      expectSame(.maximum(n * a, n * b), n * .maximum(a, b))
      expectSame(.maximum(a, a + n), a + n)
      expectSame(.maximum(a, a), a)
      expectSame(.maximum(a, b) + .minimum(a, b), a + b)
    }
  }
}
