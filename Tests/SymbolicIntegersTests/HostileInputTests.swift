import Testing

@testable import SymbolicIntegers

private let (x, y) = (Unknown.x, Unknown.y)

/// What leaves the range of `Int` fails with a sentence, and nothing traps.
@Suite struct OverflowTests {
  @Test func constantsOverflowWithBothOperandsNamed() {
    #expect((Dimension(.max) * 2).failure?.description == "9223372036854775807 * 2 overflows 64-bit integers")
    #expect((Dimension(.max) + 1).failure == .overflow(.max, .addition, 1))
    #expect((Dimension(.min) - 1).failure == .overflow(.min, .subtraction, 1))
    #expect((-Dimension(.min)).failure == .overflow(0, .subtraction, .min))
    #expect(Dimension(.min).floorDivided(by: -1).failure == .overflow(.min, .division, -1))
    #expect(Dimension(.min).ceilDivided(by: -1).failure == .overflow(.min, .division, -1))
    #expect(Dimension(10).power(19).failure != nil)
  }

  @Test func theEdgesOfIntAreNotOverflows() {
    #expect(Dimension(.min).modulo(-1) == 0)
    #expect(Dimension(.min).modulo(.min) == 0)
    #expect(Dimension(.max).modulo(.min) == Dimension(-1))
    #expect(Dimension(.min).floorDivided(by: .min) == 1)
    #expect(Dimension(.max).floorDivided(by: .min) == -1)
    #expect(Dimension(.max).ceilDivided(by: .max) == 1)
    #expect(Dimension(.min).ceilDivided(by: .max) == -1)
    #expect(Dimension(.min).floorDivided(by: .max) == -2)
    #expect(Dimension(2).power(62) == Dimension(1 << 62))
    #expect(Dimension(-2).power(63) == Dimension(.min))
    #expect(Dimension(-1).power(.max) == -1)
    #expect(Dimension.maximum(Dimension(.min), Dimension(.max)) == Dimension(.max))
  }

  @Test func coefficientsOverflow() {
    let large = Int.max * x
    #expect((large + x).failure == .overflow(.max, .addition, 1))
    #expect((large * 2).failure == .overflow(.max, .multiplication, 2))
    #expect((Int.min * x - x).failure == .overflow(.min, .subtraction, 1))
    #expect((Int.min * x).floorDivided(by: -1).failure == .overflow(.min, .multiplication, -1))
    #expect(x.floorDivided(by: .min).failure != nil)
    #expect((Int.min * x).exactlyDivided(by: -1)?.failure == .overflow(.min, .division, -1))
    #expect((Int.min * x).exactlyDivided(by: Dimension(.min)) == x)
    #expect((Int.min * x + y).floorDivided(by: .max).failure == nil)
    #expect(Dimension.maximum(x + Int.max, y + Int.min).failure == .overflow(.max, .subtraction, .min))
  }

  @Test func exponentsOverflow() {
    let huge = x.power(.max)
    #expect(huge.description == "x^9223372036854775807")
    #expect((huge * x).failure == .overflow(.max, .addition, 1))
    #expect((huge * y).failure == .overflow(.max, .addition, 1))
    #expect(huge.power(2).failure != nil)
    #expect(x.power(-1).failure == .negativeExponent(base: "x", exponent: -1))
  }

  @Test func divisionByZeroFails() {
    let error = DimensionError.divisionByZero(dividend: "x + 1")
    #expect((x + 1).floorDivided(by: 0).failure == error)
    #expect((x + 1).ceilDivided(by: 0).failure == error)
    #expect((x + 1).modulo(0).failure == error)
    #expect((x + 1).floorDivided(by: x - x).failure == error)
    #expect(Dimension(7).modulo(0).failure == .divisionByZero(dividend: "7"))
  }

  @Test func aFailureKeepsItsFirstCause() throws {
    let failed = Dimension(.max) * 2
    let other = Dimension(1).floorDivided(by: 0)
    let later: [Dimension] = [
      failed + 1, 1 - failed, failed * 0, -failed, failed * other, failed.floorDivided(by: 0), failed.modulo(3),
      failed.power(-1), .maximum(x, failed), .minimum(failed, other), .sum([x, failed, other]),
      .product([0, failed]), failed.substituting([:]), failed.exactlyDivided(by: x) ?? 0,
    ]
    let symbol = try #require(Symbol("x"))
    for dimension in later + [x.substituting([symbol: failed])] { #expect(dimension.failure == failed.failure) }
    #expect(throws: DimensionError.overflow(.max, .multiplication, 2)) { try failed.evaluated(with: [:]) }
    #expect(failed.description == "undefined (9223372036854775807 * 2 overflows 64-bit integers)")
    #expect(failed.constant == nil)
  }

  @Test func evaluationIsChecked() throws {
    #expect(throws: DimensionError.overflow(.max, .multiplication, .max)) {
      try (x * y).evaluated(with: bindings(["x": .max, "y": .max]))
    }
    #expect(try x.power(3).evaluated(with: bindings(["x": -2_097_152])) == .min)
    #expect(throws: DimensionError.self) { try x.power(3).evaluated(with: bindings(["x": 2_097_152])) }
    #expect(try x.power(.max).evaluated(with: bindings(["x": -1])) == -1)
    #expect(try x.floorDivided(by: .max).evaluated(with: bindings(["x": .min])) == -2)
  }

  @Test func nestedBracketsRemainWhereTheirDivisorsOverflow() throws {
    let nested = x.floorDivided(by: .max).floorDivided(by: 3)
    #expect(nested.description == "floor(floor(x/9223372036854775807)/3)")
    #expect(try nested.evaluated(with: bindings(["x": .min])) == -1)
    #expect(try Dimension(parsing: nested.description) == nested)
  }

  @Test func theSmallestCoefficientReadsBack() throws {
    for dimension in [Dimension(.min), Int.min * x, y * y + Int.min * x + Int.min] {
      #expect(try Dimension(parsing: dimension.description) == dimension)
      #expect(!dimension.formatted(.latex.grouped).isEmpty)
    }
    #expect((y * y + Int.min * x).description == "y^2 - 9223372036854775808*x")
  }
}

/// Expressions built to explode end soon, as failures.
@Suite(.timeLimit(.minutes(10))) struct HostileInputTests {
  @Test func longProductsEnd() {
    #expect(Dimension.product(repeatElement(x, count: 100_000)) == x.power(100_000))
    #expect(Dimension.product(repeatElement(x + 1, count: 1_000_000)).failure != nil)
    #expect(Dimension.product(repeatElement(2, count: 1_000_000)).failure == .overflow(1 << 62, .multiplication, 2))
    #expect((x + y + 1).power(1_000_000_000).failure != nil)
    #expect((x + y.floorDivided(by: 3) - .maximum(x, y)).power(1 << 40).failure != nil)
  }

  @Test func longSumsAndWideProductsEnd() {
    let symbols = (0..<6000).map { Dimension.symbol("s\($0)") }
    let half = DimensionLimits.terms
    #expect(Dimension.sum(symbols).failure == .tooLarge(count: half + 1, limit: half))
    let wide = Dimension.sum(symbols.prefix(1000))
    #expect((wide * wide).failure == .tooLarge(count: 1_000_000, limit: DimensionLimits.products))
    #expect(wide.power(3).failure != nil)
  }

  @Test func sharedNestingDoesNotExplode() {
    var nested = x
    for _ in 0..<200 { nested = (nested * nested + nested).floorDivided(by: 3) }
    #expect(nested.failure != nil)
    var deep = x
    for _ in 0..<200 { deep = (deep * y).floorDivided(by: 3) }
    #expect(deep.failure == .tooDeep(limit: DimensionLimits.depth))
    var maxima = x
    for index in 0..<200 { maxima = maxima + .maximum(maxima, .symbol("s\(index)")) }
    #expect(maxima.failure != nil)
  }

  @Test func inexactPolynomialDivisionEnds() {
    let tall = x.power(1_000_000) - 1
    #expect(tall.exactlyDivided(by: x - 1)?.failure != nil)
    #expect((x.power(100) - 1).exactlyDivided(by: x - 1)?.formatted(.text).hasSuffix("x^2 + x + 1") == true)
  }

  @Test func hostileTextEnds() {
    let texts = [
      String(repeating: "(", count: 1_000_000),
      String(repeating: "floor(", count: 100_000),
      String(repeating: "-", count: 100_000),
      String(repeating: "max(x,", count: 1000),
      String(repeating: "9", count: 100_000),
      "x^99999999999999999999",
      "2^9223372036854775807",
      "(x+y)^9223372036854775807",
      String(repeating: "x", count: 100_000),
      String(repeating: " ", count: DimensionLimits.textLength + 1),
      (0..<5000).map { "s\($0)" }.joined(separator: "+"),
      "1//0", "floor(x/0)", "x//y", "\u{1F600}", "x\u{0}", "",
    ]
    for text in texts {
      #expect(throws: DimensionError.self, "\(text.prefix(40))") { try Dimension(parsing: text) }
    }
  }

  @Test func manyAssumptionsEnd() {
    let chain = (0..<1000).map { "a\($0)=a\($0 + 1)+1" }.joined(separator: ",")
    #expect(throws: DimensionError.tooLarge(count: 1000, limit: DimensionLimits.assumptions)) {
      try Assumptions(parsing: chain)
    }
  }
}
