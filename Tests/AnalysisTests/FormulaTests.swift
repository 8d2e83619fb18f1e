import Analysis
import NetworkGraph
import SymbolicIntegers
import Testing

@Suite struct FormulaTests {
  private func symbol(_ name: String) throws -> Symbol { try #require(Symbol(name)) }

  // MARK: Domain

  @Test func theLeastSizeIsTheLeastThatBuilds() throws {
    func network(_ input: Shape) throws(GraphError) -> Graph {
      try Graph(name: "stack", input: TensorType(input)) {
        $0.conv("a", 4, kernel: 7, stride: 2).maxPool("p", kernel: 3, stride: 2).conv("b", 4, kernel: [3, 5])
      }
    }
    let domain = FormulaDomain(of: try network([.symbol("N"), 3, .symbol("H"), .symbol("W")]))
    let (h, w) = (try symbol("H"), try symbol("W"))
    let leastHeight = try #require((1...100).first { (try? network([1, 3, Dimension($0), 100])) != nil })
    let leastWidth = try #require((1...100).first { (try? network([1, 3, 100, Dimension($0)])) != nil })
    #expect(domain.minimums[h] == leastHeight)
    #expect(domain.minimums[w] == leastWidth)
    #expect(domain.minimums[try symbol("N")] == 1)
    #expect(domain.contains([h: leastHeight, w: leastWidth, try symbol("N"): 1]))
    #expect(!domain.contains([h: leastHeight - 1, w: leastWidth, try symbol("N"): 1]))
  }

  @Test func boundsRiseUntilTheNetworkAgrees() throws {
    let graph = try Graph(name: "x", input: TensorType([1, 3, .symbol("H"), .symbol("W")])) { $0.relu("r") }
    let (h, w) = (try symbol("H"), try symbol("W"))
    var domain = FormulaDomain(of: graph)
    #expect(domain.confirm(near: [h: 50, w: 50]) { ($0[h] ?? 0) >= 23 && ($0[w] ?? 0) >= 5 })
    #expect(domain.minimums == [h: 23, w: 5])
    var hopeless = FormulaDomain(of: graph)
    #expect(!hopeless.confirm(near: [:]) { _ in false })
  }

  // MARK: Inputs

  @Test func inputsAreTriedFromTheMostGeneral() {
    let candidates = SymbolicInput.candidates(for: [1, 3, 28, 28])
    #expect(candidates.map(\.multiple) == [1, 2, 4, 7, 14, 28, nil])
    #expect("\(candidates[0].shape)" == "Nx3xHxW")
    #expect("\(candidates[3].shape)" == "Nx3x(7*h)x(7*w)")
    #expect("\(candidates[6].shape)" == "Nx3x28x28")
    #expect("\(SymbolicInput.candidates(for: [1, 3, 9])[0].shape)" == "Nx3xL")
    #expect("\(SymbolicInput.candidates(for: [1, 3, 4, 6, 8])[1].shape)" == "Nx3x(2*d)x(2*h)x(2*w)")
    #expect(SymbolicInput.candidates(for: [1, 10]).count == 1)
    #expect(SymbolicInput.candidates(for: []).count == 1)
    #expect(SymbolicInput.candidates(for: [1, 3, 1_099_511_627_776, 1_099_511_627_776]).count == 1)
    #expect("\(SymbolicInput.candidates(for: [.symbol("B"), 3, .symbol("H"), .symbol("W")])[0].shape)" == "Bx3xHxW")
  }

  // MARK: Fits

  @Test func polynomialsOfTheDegreeAreFoundExactly() throws {
    let symbols = [try symbol("x"), try symbol("y"), try symbol("z")]
    let formulas = [
      "7*x + 3*y - 2*z + 11", "x^2 + 4*x*y - z", "x*y*z + z^3 - 2*x^2*y + 5", "floor((x^2+x)/2) + floor((y^3+5*y)/6)",
      "9",
      "H*x + floor((H+1)/2)*y*x",
    ]
    let dimensions = try formulas.map { try Dimension(parsing: $0) }
    for start in [[1, 1, 1], [2, 0, 5]] {
      let fit = PolynomialFit(in: symbols, from: start, degree: 3)
      let values = fit.points.map { point in
        dimensions.map { $0.substituting(Dictionary(uniqueKeysWithValues: zip(symbols, point.map { Dimension($0) }))) }
      }
      let found = fit.polynomials(through: values)
      for (polynomial, dimension) in zip(found, dimensions) {
        for point in [[0, 0, 0], [3, 8, 2], [10, 20, 30], [7, 1, 100]] {
          let bindings = Dictionary(uniqueKeysWithValues: zip(symbols, point.map { Dimension($0) }))
          let h = [try symbol("H"): 13]
          #expect(
            try polynomial.substituting(bindings).evaluated(with: h)
              == dimension.substituting(bindings).evaluated(with: h))
        }
      }
      #expect(found[0] == dimensions[0] && found[2] == dimensions[2])
    }
  }

  @Test func aFitOfTooLowADegreeIsNotTheFormula() throws {
    let x = try symbol("x")
    let square = Dimension(x) * Dimension(x)
    let fit = PolynomialFit(in: [x], from: [1], degree: 1)
    let found = fit.polynomials(through: fit.points.map { [Dimension($0[0] * $0[0])] })
    #expect(found[0] != square)
    #expect(fit.polynomials(through: []) == [])
  }

  // MARK: Ranges

  @Test func rangesAreRead() throws {
    let range = try FormulaRange(parsing: "H=32..640")
    #expect((range.symbol.name, range.first, range.last, range.step) == ("H", 32, 640, 1))
    #expect(Array(try FormulaRange(parsing: "h = 1..10:4").values) == [1, 5, 9])
  }

  @Test func hostileRangesAreRefusedInASentence() {
    func error(_ text: String) -> FormulaRangeError? {
      do throws(FormulaRangeError) {
        _ = try FormulaRange(parsing: text)
        return nil
      } catch {
        return error
      }
    }
    #expect(error("H=32..640:0") == .step(0))
    #expect(error("H=32..640:-5") == .step(-5))
    #expect(error("H=-4..640") == .notPositive(-4))
    #expect(error("H=640..32") == .empty(640, 32))
    #expect(error("H=1..9223372036854775807") == .tooMany(.max, FormulaRange.maximumCount))
    #expect(error("H=1..9223372036854775808") == .number("9223372036854775808"))
    for text in ["", "=", "H", "H=", "H=1", "H=1..2:3:4", "9=1..2", "H=1..2..3", "H=a..b", "..", "H=..", "floor=1..2"] {
      #expect(error(text) != nil, "\(text)")
    }
    #expect("\(String(describing: error(String(repeating: "x", count: 100_000))))".count < 400)
  }
}
