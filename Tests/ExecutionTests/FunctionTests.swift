import Execution
import Foundation
import NetworkGraph
import Tensors
import Testing

/// Functions of each element by the kernels' polynomials, over floats of every exponent, against float64.
@Suite("Functions of each element")
struct FunctionTests {
  /// A function, its definition, and the error allowed in units in the last place: of the result, and of the argument.
  struct Case: CustomTestStringConvertible {
    let function: Activation.Function
    var ofResult = 0.0
    var ofArgument = 0.0
    /// Units of the result more for each unit of a negative argument: what a product that is rounded before it is
    /// subtracted costs the exponential.
    var growth = 0.0
    let definition: @Sendable (Double) -> Double

    var testDescription: String { "\(function)" }
  }

  static let cases = [
    Case(function: .sigmoid, ofResult: 3.5, growth: 1) { 1 / (1 + exp(-$0)) },
    Case(function: .silu, ofResult: 3.5, growth: 1) { $0 / (1 + exp(-$0)) },
    Case(function: .softplus, ofResult: 4, growth: 1) { max($0, 0) + log1p(exp(-abs($0))) },
    Case(function: .mish, ofResult: 5, growth: 1) {
      let power = exp(min($0, 30))
      return $0 * (power * (power + 2) / (power * (power + 2) + 2))
    },
    Case(function: .tanh, ofResult: 3) { tanh($0) },
    Case(function: .gelu, ofArgument: 2) { $0 * erfc(-$0 / 2.0.squareRoot()) / 2 },
    Case(function: .geluTanh, ofArgument: 2) {
      $0 / (1 + exp(-2 * (2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
    },
  ]

  private func values(_ function: Activation.Function, _ arguments: [Float], _ set: InstructionSet) throws -> [Float] {
    let graph = try network([[1, arguments.count]]) { $0[0].activation(function, "act") }
    let state = try ModelState(graph, from: [String: Tensor]())
    return try NativeExecutor(graph, state: state, instructionSet: set).run([Tensor([1, arguments.count], arguments)])[
      0
    ].values
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

  @Test("hand on what is no number, and end where they become level", arguments: InstructionSet.available, cases)
  func specialArguments(_ set: InstructionSet, _ one: Case) throws {
    let results = try values(one.function, [.nan, -.nan, .infinity, 1e30, -1e9], set)
    #expect(results[0].isNaN && results[1].isNaN)
    switch one.function {
    case .sigmoid, .tanh: #expect(abs(results[2] - 1) <= Float.ulpOfOne / 2 && results[3] == results[2])
    default: #expect(results[2] == .infinity && results[3] == 1e30)
    }
    #expect(one.function == .tanh ? results[4] == -results[3] : abs(results[4]) < 1e-3)
  }
}
