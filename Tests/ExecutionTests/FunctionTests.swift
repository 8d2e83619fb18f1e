import Execution
import Foundation
import NetworkGraph
import Tensors
import Testing

/// Functions of each element by the kernels' polynomials, over floats of every exponent, against float64.
@Suite("Functions of each element")
struct FunctionTests {
  /// A function, its definition, and the error allowed for floats of any exponent, in units in the last place: of the
  /// result, and of the argument.
  struct Case: CustomTestStringConvertible {
    let function: Activation.Function
    var ofResult = 4.0
    var ofArgument = 0.0
    /// Units of the result more for each unit of a negative argument: what a product that is rounded before it is
    /// subtracted costs the exponential.
    var growth = 0.0
    let definition: @Sendable (Double) -> Double

    var testDescription: String { "\(function)" }
  }

  static let cases = [
    Case(function: .relu) { max($0, 0) },
    Case(function: .relu6) { min(max($0, 0), 6) },
    Case(function: .clip(lower: -1, upper: 2)) { min(max($0, -1), 2) },
    Case(function: .leakyReLU(slope: 0.5)) { $0 >= 0 ? $0 : $0 / 2 },
    Case(function: .thresholdedReLU(threshold: 1)) { $0 > 1 ? $0 : 0 },
    Case(function: .sigmoid, ofResult: 3.5, growth: 1) { 1 / (1 + exp(-$0)) },
    Case(function: .hardSigmoid(alpha: 0.25, beta: 0.5), ofArgument: 1) { min(max($0 / 4 + 0.5, 0), 1) },
    Case(function: .tanh, ofResult: 3) { tanh($0) },
    Case(function: .silu, ofResult: 3.5, growth: 1) { $0 / (1 + exp(-$0)) },
    Case(function: .hardSwish, ofArgument: 1) { $0 * min(max($0 / 6 + 0.5, 0), 1) },
    Case(function: .gelu, ofResult: 0, ofArgument: 2) { $0 * erfc(-$0 / 2.0.squareRoot()) / 2 },
    Case(function: .geluTanh, ofResult: 0, ofArgument: 2) {
      $0 / (1 + exp(-2 * (2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
    },
    Case(function: .mish, ofResult: 5, growth: 1) {
      let power = exp(min($0, 30))
      return $0 * (power * (power + 2) / (power * (power + 2) + 2))
    },
    Case(function: .softplus, growth: 1) { max($0, 0) + log1p(exp(-abs($0))) },
    Case(function: .softsign) { $0 / (1 + abs($0)) },
    Case(function: .elu(alpha: 1.5)) { $0 >= 0 ? $0 : 1.5 * expm1($0) },
    Case(function: .selu(alpha: 1.5, scale: 1.25)) { 1.25 * ($0 >= 0 ? $0 : 1.5 * expm1($0)) },
    Case(function: .celu(alpha: 2)) { max($0, 0) + min(0, 2 * expm1($0 / 2)) },
  ]

  private func values(_ function: Activation.Function, _ arguments: [Float], _ set: InstructionSet) throws -> [Float] {
    let graph = try network([[1, arguments.count]]) { $0[0].activation(function, "act") }
    let state = try ModelState(graph, from: [String: Tensor]())
    return try NativeExecutor(graph, state: state, instructionSet: set).run([Tensor([1, arguments.count], arguments)])[
      0
    ].values
  }

  /// Bounds: four units in the last place, or one of the argument where the definition cancels.
  @Test("= their definitions where networks use them", arguments: InstructionSet.available, cases)
  func usualArguments(_ set: InstructionSet, _ one: Case) throws {
    let arguments = (-4000...4000).map { Float($0) / 160 } + (-40...40).map { Float($0) * 2.5 } + [1e-20, -1e-20, 1e-4]
    for (x, y) in zip(arguments, try values(one.function, arguments, set)) {
      let expected = one.definition(Double(x))
      let unit = Double(Float(max(abs(expected), Double(Float.leastNormalMagnitude))).ulp)
      #expect(abs(Double(y) - expected) <= max(4 * unit, Double(abs(x).ulp)), "\(x)")
    }
  }

  @Test("= their definitions for floats of every exponent", arguments: InstructionSet.available, cases)
  func everyExponent(_ set: InstructionSet, _ one: Case) throws {
    // Both signs, subnormals, and 209 numbers of each exponent.
    let arguments = stride(from: 0, through: UInt32.max, by: 40_009).map { Float(bitPattern: $0) }.filter(\.isFinite)
    var worst = (error: 0.0, argument: Float(0))
    for (x, y) in zip(arguments, try values(one.function, arguments, set)) {
      let expected = one.definition(Double(x))
      let unit = Double(Float(max(abs(expected), Double(Float.leastNormalMagnitude))).ulp)
      // Exponentials are cut off at exp -87, which is next to nothing.
      let allowed =
        (one.ofResult + one.growth * max(0, -Double(x))) * unit + one.ofArgument * Double(abs(x).ulp) + 2e-38
        * max(1, Double(abs(x)))
      let error = abs(Double(y) - expected) / allowed
      if !(error <= worst.error) { worst = (error, x) }
    }
    #expect(worst.error <= 1, "\(worst.error) of what is allowed at \(worst.argument)")
  }

  @Test("= their definitions of infinity and of what is no number", arguments: InstructionSet.available, cases)
  func specialArguments(_ set: InstructionSet, _ one: Case) throws {
    let arguments: [Float] = [.nan, -.nan, .infinity]
    for (x, y) in zip(arguments, try values(one.function, arguments, set)) {
      let expected = Float(one.definition(Double(x)))
      let isEqual = expected.isNaN ? y.isNaN : y == expected || abs(y - expected) <= expected.ulp
      #expect(isEqual, "\(x): \(y), not \(expected)")
    }
  }
}
