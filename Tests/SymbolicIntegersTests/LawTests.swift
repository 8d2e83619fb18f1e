import Testing

@testable import SymbolicIntegers

private let (x, y, z) = (Unknown.x, Unknown.y, Unknown.z)
private let height = Unknown.height

/// The laws of floor quotients, each with its text and its value for every small binding.
@Suite struct FloorLaws {
  @Test func fiveStrideTwoLayersReadAsOneBracket() throws {
    var side = height
    for (kernel, padding) in [(7, 3), (3, 1), (3, 1), (3, 1), (3, 1)] {
      side = (side + 2 * padding - kernel).floorDivided(by: 2) + 1
    }
    #expect(side.description == "floor((H+31)/32)")
    for value in -100...300 {
      var expected = value
      for (kernel, padding) in [(7, 3), (3, 1), (3, 1), (3, 1), (3, 1)] {
        expected = referenceFloor(expected + 2 * padding - kernel, 2) + 1
      }
      #expect(try side.evaluated(with: bindings(["H": value])) == expected)
    }
  }

  @Test func aMultipleOfTheDivisorLeavesTheBracket() throws {
    try expect((6 * x + 7).floorDivided(by: 3), reads: "2*x + 2") { x, _ in referenceFloor(6 * x + 7, 3) }
    try expect((x + 4 * y - 9).floorDivided(by: 4), reads: "y + floor((x+3)/4) - 3") { x, y in
      referenceFloor(x + 4 * y - 9, 4)
    }
    try expect((7 * x * y).floorDivided(by: 3), reads: "2*x*y + floor(x*y/3)") { x, y in referenceFloor(7 * x * y, 3) }
  }

  @Test func coefficientsInsideLieBetweenZeroAndTheDivisor() throws {
    try expect((-x).floorDivided(by: 3), reads: "-x + floor(2*x/3)") { x, _ in referenceFloor(-x, 3) }
    try expect((x - y).floorDivided(by: 2), reads: "-y + floor((x+y)/2)") { x, y in referenceFloor(x - y, 2) }
  }

  @Test func aFactorCommonToDivisorAndNumeratorCancels() throws {
    try expect((4 * x + 6 * y + 3).floorDivided(by: 8), reads: "floor((2*x+3*y+1)/4)") { x, y in
      referenceFloor(4 * x + 6 * y + 3, 8)
    }
    try expect((2 * x + 3).floorDivided(by: 4), reads: "floor((x+1)/2)") { x, _ in referenceFloor(2 * x + 3, 4) }
  }

  @Test func nestedBracketsFold() throws {
    try expect((x.floorDivided(by: 3) + 5).floorDivided(by: 4), reads: "floor((x+3)/12) + 1") { x, _ in
      referenceFloor(referenceFloor(x, 3) + 5, 4)
    }
    try expect((x.floorDivided(by: 3) + y).floorDivided(by: 4), reads: "floor((x+3*y)/12)") { x, y in
      referenceFloor(referenceFloor(x, 3) + y, 4)
    }
  }

  @Test func severalBracketsInsideStaySideBySide() throws {
    let halves = x.floorDivided(by: 2) + y.floorDivided(by: 2)
    try expect(halves.floorDivided(by: 3), reads: "floor((floor(x/2)+floor(y/2))/3)") { x, y in
      referenceFloor(referenceFloor(x, 2) + referenceFloor(y, 2), 3)
    }
    expectSame((x + 2 * y.floorDivided(by: 2)).floorDivided(by: 6), halves.floorDivided(by: 3))
    expectSame((y + 2 * x.floorDivided(by: 2)).floorDivided(by: 6), halves.floorDivided(by: 3))
  }

  @Test func aNegatedBracketKeepsItsValue() throws {
    let half = x.floorDivided(by: 2)
    try expect((y - half).floorDivided(by: 2), reads: "floor((x+2*y)/4) - floor(x/2)") { x, y in
      referenceFloor(y - referenceFloor(x, 2), 2)
    }
    try expect((-half).floorDivided(by: 4), reads: "-floor(x/2) + floor(3*floor(x/2)/4)") { x, _ in
      referenceFloor(-referenceFloor(x, 2), 4)
    }
  }

  @Test func divisionRoundsTowardMinusInfinityForEverySign() throws {
    for divisor in [-9, -4, -3, -2, -1, 1, 2, 3, 4, 9] {
      for value in -30...30 {
        #expect(Dimension(value).floorDivided(by: divisor) == Dimension(referenceFloor(value, divisor)))
        #expect(Dimension(value).ceilDivided(by: divisor) == Dimension(-referenceFloor(-value, divisor)))
        #expect(Dimension(value).modulo(divisor) == Dimension(value - divisor * referenceFloor(value, divisor)))
      }
      for value in -30...30 {
        let bound = try bindings(["x": value])
        #expect(try x.floorDivided(by: divisor).evaluated(with: bound) == referenceFloor(value, divisor))
        #expect(try x.ceilDivided(by: divisor).evaluated(with: bound) == -referenceFloor(-value, divisor))
        let remainder = try x.modulo(divisor).evaluated(with: bound)
        #expect(remainder == value - divisor * referenceFloor(value, divisor))
        #expect(remainder == 0 || (remainder < 0) == (divisor < 0))
      }
    }
  }

  @Test func aRoundedUpQuotientIsAFloorQuotient() throws {
    try expect(x.ceilDivided(by: 32), reads: "floor((x+31)/32)") { x, _ in -referenceFloor(-x, 32) }
  }
}

@Suite struct ExactDivisionLaws {
  @Test func aProductDividesByItsFactors() {
    let product = (x + y) * (x - 2 * y + 3) * x.floorDivided(by: 2)
    #expect(product.exactlyDivided(by: x + y) == (x - 2 * y + 3) * x.floorDivided(by: 2))
    #expect(product.exactlyDivided(by: x.floorDivided(by: 2)) == (x + y) * (x - 2 * y + 3))
    #expect(product.floorDivided(by: x + y) == (x - 2 * y + 3) * x.floorDivided(by: 2))
    #expect(Dimension(0).exactlyDivided(by: x) == 0)
  }

  @Test func whatIsNoMultipleHasNoExactQuotient() {
    #expect((x + 1).exactlyDivided(by: y) == nil)
    #expect((3 * x).exactlyDivided(by: 2 * x) == nil)
    #expect((x * x + 1).exactlyDivided(by: x + 1) == nil)
    #expect(Dimension(7).exactlyDivided(by: 2) == nil)
    #expect(x.exactlyDivided(by: 0) == nil)
    #expect((x + 1).floorDivided(by: y).failure == .inexactDivision(dividend: "x + 1", divisor: "y"))
  }

  @Test func aConstantDivisorRounds() {
    #expect(x.floorDivided(by: Dimension(2)) == x.floorDivided(by: 2))
    #expect(x.ceilDivided(by: Dimension(2)) == (x + 1).floorDivided(by: 2))
  }
}

@Suite struct MaximumLaws {
  @Test func commonTermsLeaveTheBracket() throws {
    expectSame(.maximum(x + y, x + z), x + .maximum(y, z))
    try expect(.maximum(x + 2 * y, x * y + 2 * y), reads: "2*y + max(x*y, x)") { x, y in
      max(x + 2 * y, x * y + 2 * y)
    }
  }

  @Test func aPositiveFactorLeavesTheBracket() throws {
    try expect(.maximum(4 * x, 6 * y), reads: "2*max(2*x, 3*y)") { x, y in max(4 * x, 6 * y) }
  }

  @Test func maximaFlattenAndSort() throws {
    let all: [Dimension] = [.maximum(x, .maximum(y, z)), .maximum(.maximum(z, x), y), .maximum(y, .maximum(x, z))]
    for one in all { expectSame(one, all[0]) }
    #expect(all[0].description == "max(x, y, z)")
    expectSame(.maximum(2 * .maximum(x, y) + 1, z), .maximum(.maximum(2 * x + 1, 2 * y + 1), z))
  }

  @Test func anArgumentExceededByAConstantDropsOut() throws {
    expectSame(.maximum(x + 3, x), x + 3)
    expectSame(.maximum(.maximum(x, y + 5), y), .maximum(x, y + 5))
    expectSame(.minimum(x + 3, x), x)
  }

  @Test func aMinimumReadsAsOne() throws {
    try expect(-.maximum(-x, -y), reads: "min(x, y)") { x, y in min(x, y) }
    try expect(.minimum(x, 6), reads: "min(6, x)") { x, _ in min(x, 6) }
    try expect(3 * .minimum(x, y) * x + 1, reads: "3*x*min(x, y) + 1") { x, y in 3 * min(x, y) * x + 1 }
    try expect(10 - .maximum(x, y), reads: "-max(x, y) + 10") { x, y in 10 - max(x, y) }
    try expect(10 - .minimum(x, y), reads: "-min(x, y) + 10") { x, y in 10 - min(x, y) }
  }

  @Test func aMaximumWithAConstantReadsAsItWasMeant() throws {
    try expect(.maximum(0, x - 6), reads: "max(0, x - 6)") { x, _ in max(0, x - 6) }
    try expect(.maximum(x, 6), reads: "max(6, x)") { x, _ in max(6, x) }
    try expect(-.maximum(0, x - 6), reads: "-max(0, x - 6)") { x, _ in -max(0, x - 6) }
    try expect(.maximum(1, x.floorDivided(by: 2)), reads: "max(1, floor(x/2))") { x, _ in max(1, referenceFloor(x, 2)) }
  }

  @Test func maximumAndMinimumAddUpToTheirArguments() {
    expectSame(.maximum(x, y) + .minimum(x, y), x + y)
  }
}

@Suite struct SubstitutionLaws {
  @Test func symbolsAreReplacedAtOnce() throws {
    let (first, second) = (try #require(Symbol("x")), try #require(Symbol("y")))
    let swapped = (x - 2 * y).substituting([first: y, second: x])
    expectSame(swapped, y - 2 * x)
  }

  @Test func aSideOfThirtyTwoTimesAnIntegerHasNoBracket() throws {
    let side = (height + 31).floorDivided(by: 32)
    let assumptions = try Assumptions(parsing: "H=32*h")
    #expect(assumptions.applied(to: side) == .symbol("h"))
    #expect(side.substituting(assumptions.definitions) == .symbol("h"))
    #expect(assumptions.applied(to: 49 * side * side).description == "49*h^2")
  }

  @Test func assumptionsBuildOnOneAnother() throws {
    let assumptions = try Assumptions(parsing: "H = 32*h, h = max(7, n), W=H")
    #expect(assumptions.applied(to: .symbol("W")) == 32 * .maximum(7, .symbol("n")))
  }

  @Test func assumptionsInACircleAreRefused() throws {
    let (first, second) = (try #require(Symbol("H")), try #require(Symbol("W")))
    #expect(throws: DimensionError.cyclicAssumptions([first])) { try Assumptions(parsing: "H=2*H") }
    #expect(throws: DimensionError.cyclicAssumptions([first, second])) { try Assumptions(parsing: "H=2*W,W=H+1") }
  }

  @Test func twoValuesForOneSymbolAreRefused() throws {
    let symbol = try #require(Symbol("H"))
    #expect(throws: DimensionError.conflictingAssumptions(symbol, "32*h", "7")) {
      try Assumptions(parsing: "H=32*h, H=7")
    }
    #expect(try Assumptions(parsing: "H=7, H=7").definitions == [symbol: 7])
  }

  @Test func evaluationNamesTheSymbolWithoutAValue() throws {
    #expect(throws: DimensionError.unbound(try #require(Symbol("y")))) {
      try (x + y).evaluated(with: bindings(["x": 1]))
    }
  }

  @Test func symbolsAreThoseThatOccurInAscendingOrder() {
    let dimension = .maximum(z, .symbol("B")) + y.floorDivided(by: 3) * .symbol("a")
    #expect(dimension.symbols.map(\.name) == ["B", "a", "y", "z"])
    #expect((x - x).symbols.isEmpty)
  }
}
