import SymbolicIntegers
import Testing

@Suite struct RoundedQuotientTests {
  private func symbol(_ name: String) throws -> Symbol { try #require(Symbol(name)) }

  @Test func quotientsAreFoundInsideProductsMaximaAndOneAnother() throws {
    let formula = try Dimension(parsing: "3*floor((H+1)/2)*W + max(floor(W/3), 7) + floor((floor(H/2)+floor(W/2))/3)")
    let found = formula.roundedQuotients.map { "\($0.dimension)" }
    #expect(Set(found).count == found.count)
    for text in ["floor((H+1)/2)", "floor(W/3)", "floor(H/2)", "floor(W/2)"] { #expect(found.contains(text)) }
    let outer = try #require(found.firstIndex { $0.contains("floor(H/2)") && $0.contains("floor(W/2)") })
    #expect(try #require(found.firstIndex(of: "floor(H/2)")) < outer)
    #expect(try Dimension(parsing: "H^2*W + 5").roundedQuotients.isEmpty)
    #expect(Dimension(7).roundedQuotients.isEmpty)
  }

  @Test func namedQuotientsPutBackGiveTheFormula() throws {
    for text in [
      "3*floor((H+1)/2)^2*W + 5", "floor((floor(H/2)+floor(W/2))/3)", "max(floor((H+3)/4)*W, H*floor(W/5)) + 2",
    ] {
      let formula = try Dimension(parsing: text)
      var names: [RoundedQuotient: Symbol] = [:]
      var definitions: [Symbol: Dimension] = [:]
      for (index, quotient) in formula.roundedQuotients.enumerated() {
        let name = try symbol("q\(index)")
        names[quotient] = name
        definitions[name] = quotient.dimension
      }
      let named = formula.naming(names)
      #expect(!"\(named)".contains("floor"))
      #expect(named.substituting(definitions) == formula)
    }
  }

  @Test func theSmoothFormIsTheLimitOfTheStaircase() throws {
    let formula = try Dimension(parsing: "7*floor((H+31)/32)*floor((W+31)/32) + 3*N + floor((H+1)/2)*floor((W+3)/4)")
    let smooth = try #require(SmoothForm(formula))
    // 7 / 1024 + 1 / 8 squares with the image.
    #expect(smooth.terms.first?.coefficient == 7.0 / 1024 + 1.0 / 8)
    let (n, h, w) = (try symbol("N"), try symbol("H"), try symbol("W"))
    for side in [1 << 12, 1 << 16, 1 << 20] {
      let exact = try Double(formula.evaluated(with: [n: 2, h: side, w: side]))
      let value = smooth.value(at: [n: 2, h: Double(side), w: Double(side)])
      #expect(value == formula.smoothValue(at: [n: 2, h: Double(side), w: Double(side)]))
      #expect(abs(exact / value - 1) < 64 / Double(side))
    }
    // Where every division is exact the two are equal.
    #expect(try formula.evaluated(with: [n: 1, h: 64, w: 96]) == Int(smooth.value(at: [n: 1, h: 64, w: 96])))
  }

  @Test func smoothFormsHaveBounds() throws {
    #expect(SmoothForm(try Dimension(parsing: "max(H, W)")) == nil)
    #expect(SmoothForm(Dimension(failure: .divisionByZero(dividend: "H"))) == nil)
    #expect(try Dimension(parsing: "max(H, 2*W) + 1").smoothValue(at: [symbol("H"): 5, symbol("W"): 4]) == 9)
    var large = try Dimension(parsing: "1")
    for index in 0..<11 {
      large *= try Dimension(parsing: "floor((H+\(index))/64)") + Dimension(try symbol("x\(index)"))
    }
    _ = SmoothForm(large)
    #expect(SmoothForm(try Dimension(parsing: "H^1000")) == nil)
  }
}
