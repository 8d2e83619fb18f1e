import Testing

@testable import SymbolicIntegers

private let (x, y) = (Unknown.x, Unknown.y)
private let height = Unknown.height

/// How dimensions read in each style.
@Suite struct RenderingTests {
  @Test func termsFallInDegreeWithTheConstantLast() {
    let (h, w) = (Dimension.symbol("h"), Dimension.symbol("w"))
    #expect((3 + 49 * h * w).description == "49*h*w + 3")
    #expect((1 - w - h + w * h - h * h * h + w * w).description == "-h^3 + h*w + w^2 - h - w + 1")
    #expect((height * height).description == "H^2")
    #expect(Dimension(0).description == "0")
    #expect(Dimension(-5).description == "-5")
    #expect((-height).description == "-H")
  }

  @Test func symbolsAreOrderedByNameAndCase() throws {
    let names = ["h", "W", "H", "a2", "a10", "a_"]
    #expect(names.compactMap { Symbol($0) }.sorted().map(\.name) == ["H", "W", "a10", "a2", "a_", "h"])
    #expect((Dimension.symbol("h") * .symbol("W") * .symbol("H")).description == "H*W*h")
  }

  @Test func onlyIdentifiersAreSymbols() {
    for name in ["H", "batch_size", "x1", "aB9_"] { #expect(Symbol(name)?.name == name) }
    for name in ["", "1x", "_x", "a b", "é", "floor", "max", "min", "ceil", String(repeating: "a", count: 129)] {
      #expect(Symbol(name) == nil)
    }
    #expect(Dimension.symbol("1x").failure == .invalidSymbol("1x"))
  }

  @Test func bracketsAreCompactAndSumsAreSpaced() {
    let side = (height + 31).floorDivided(by: 32)
    #expect((2 * side * side + side - 1).description == "2*floor((H+31)/32)^2 + floor((H+31)/32) - 1")
    #expect(height.floorDivided(by: 32).description == "floor(H/32)")
    #expect((3 * height).floorDivided(by: 4).description == "floor(3*H/4)")
    #expect((.maximum(0, height - 6) + 1).floorDivided(by: 2).description == "floor((max(0,H-6)+1)/2)")
  }

  @Test func unicodeUsesMathematicalSigns() {
    let side = (height + 31).floorDivided(by: 32)
    #expect(side.formatted(.unicode) == "⌊(H+31)/32⌋")
    #expect((49 * x * y.power(12) - 3).formatted(.unicode) == "49·x·y¹² − 3")
    #expect(x.floorDivided(by: 2).formatted(.unicode) == "⌊x/2⌋")
  }

  @Test func latexUsesCommands() {
    let side = (height + 31).floorDivided(by: 32)
    #expect(side.formatted(.latex) == "\\left\\lfloor \\frac{H+31}{32} \\right\\rfloor")
    #expect((49 * x * y.power(12) - 3).formatted(.latex) == "49 \\cdot x \\cdot y^{12} - 3")
    #expect(Dimension.maximum(0, x - 6).formatted(.latex) == "\\max\\left(0, x - 6\\right)")
    let names = ["w1": "w_{1}", "c_in": "c_{\\mathrm{in}}", "batch": "\\mathrm{batch}", "k_2_3": "k_{2,3}"]
    for (name, latex) in names { #expect(Dimension.symbol(name).formatted(.latex) == latex) }
  }

  @Test func digitsGroupOnRequest() {
    let count = 25_557_032 + 1000 * x - 999 * y
    #expect(count.formatted(.text.grouped) == "1,000*x - 999*y + 25,557,032")
    #expect(count.description == "1000*x - 999*y + 25557032")
    #expect(Dimension(-1_234_567).formatted(.latex.grouped) == "-1{,}234{,}567")
  }
}

/// What the plain-text form accepts, and where it says that an error is.
@Suite struct ParsingTests {
  @Test(arguments: [
    ("224", "224"), ("-224", "-224"), ("32*h", "32*h"), ("floor((H+31)/32)", "floor((H+31)/32)"),
    (" ( H + 31 ) // 32 ", "floor((H+31)/32)"), ("ceil(H/32)", "floor((H+31)/32)"), ("-7//2", "-4"), ("7//-2", "-4"),
    ("2^10", "1024"), ("-2^2", "-4"), ("(-2)^2", "4"), ("x--x", "2*x"), ("2*-3", "-6"), ("(x+1)^2", "x^2 + 2*x + 1"),
    ("max(x, y, 3)", "max(3, x, y)"), ("min(x,y)", "min(x, y)"), ("max(x)", "x"), ("floor(7/2)", "3"),
    ("x^2*y//x", "x*y"), ("floor(x*y/y)", "x"), ("7//2*2", "6"), ("maximum", "maximum"),
  ])
  func textReads(_ text: String, as expected: String) throws {
    #expect(try Dimension(parsing: text).description == expected)
  }

  @Test(arguments: [
    ("", 1, "a number, a symbol or '('", "the end"),
    ("H+", 3, "a number, a symbol or '('", "the end"),
    ("H 2", 3, "an operator or the end", "'2'"),
    ("2*(H+1", 7, "')'", "the end"),
    ("floor H", 7, "'('", "'H'"),
    ("floor(H", 8, "'/' or ')'", "the end"),
    ("max(H;2)", 6, "',' or ')'", "';'"),
    ("H^h", 3, "an exponent of digits", "'h'"),
    ("H/2", 2, "an operator or the end", "'/'"),
    ("é", 1, "a number, a symbol or '('", "'é'"),
    ("9223372036854775808", 1, "an integer of at most 9223372036854775807", "9223372036854775808"),
  ])
  func errorsSayWhere(_ text: String, column: Int, expected: String, found: String) {
    #expect(throws: DimensionError.syntax(column: column, expected: expected, found: found)) {
      try Dimension(parsing: text)
    }
  }

  @Test func aValueThatFailsIsThrown() {
    #expect(throws: DimensionError.overflow(.max, .addition, 1)) { try Dimension(parsing: "9223372036854775807 + 1") }
    #expect(throws: DimensionError.divisionByZero(dividend: "x")) { try Dimension(parsing: "x//0") }
    #expect(throws: DimensionError.syntax(column: 5, expected: "a symbol", found: "'2'")) {
      try Assumptions(parsing: "a=1,2=b")
    }
  }
}

@Suite struct RepresentationTests {
  @Test func aDimensionFitsInSixteenBytes() {
    #expect(MemoryLayout<Dimension>.size <= 16)
  }

  @Test func literalsAndMixedOperandsNeedNoConversion() {
    var dimension: Dimension = 5
    dimension += 2
    dimension *= x
    dimension -= 1
    #expect(dimension == 7 * x - 1)
    #expect(1 - dimension == -(dimension - 1))
    #expect(Dimension.sum([]) == 0)
    #expect(Dimension.product([]) == 1)
    #expect(Dimension.sum([x, 2, y, x]) == 2 * x + y + 2)
    #expect(Dimension.product([x, 2, x]) == 2 * x.power(2))
  }
}

@Suite("Reading with values")
struct ReplacingTests {
  @Test("a replaced symbol can divide, and the result is the formula of what takes its place")
  func replacing() throws {
    let values: [String: Dimension] = ["c": 64, "g": 4, "w": .symbol("w")]
    func read(_ text: String) throws -> Dimension {
      try Dimension(parsing: text) { symbol throws(DimensionError) in
        guard let value = values[symbol.name] else { throw .unbound(symbol) }
        return value
      }
    }
    #expect(try read("c//g") == 16)
    #expect(try read("2*w + ceil(c/g)") == .symbol("w") * 2 + 16)
    #expect(throws: DimensionError.self) { try read("c + d") }
  }

  @Test("the size of an expression counts its terms and factors")
  func expressionSize() {
    #expect(Dimension(7).expressionSize == 1)
    #expect((Dimension.symbol("a") + Dimension.symbol("b")).expressionSize == 4)
  }
}
