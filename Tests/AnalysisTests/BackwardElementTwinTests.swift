import Analysis
import Foundation
import NetworkGraph
import SymbolicIntegers
import Testing

/// Each loop gives the gradient that differences give, and does exactly the operations that the rule counts.
@Suite("Backward rules of activations against counting loops")
struct BackwardElementTwinTests: BackwardTwinSuite {
  /// Name, function, its value, and dx of one element from x, y and dy.
  typealias ElementCase = (
    function: Activation.Function, value: @Sendable (Double) -> Double,
    loop: @Sendable (_ x: Metered, _ y: Metered, _ dy: Metered) -> Metered
  )

  static let root2 = 2.0.squareRoot()
  static let activations: [ElementCase] = [
    (.relu, { max($0, 0) }, { _, y, dy in y.isAbove(0) ? dy : Metered(value: 0, meter: dy.meter) }),
    (
      .relu6, { min(max($0, 0), 6) },
      { x, _, dy in
        let inside = (x.isAbove(0), !x.isAbove(6))
        return inside.0 && inside.1 ? dy : Metered(value: 0, meter: dy.meter)
      }
    ),
    (
      .leakyReLU(slope: 0.1), { $0 > 0 ? $0 : 0.1 * $0 },
      { x, _, dy in
        let below = 0.1 * dy
        return x.isAbove(0) ? dy : below
      }
    ),
    (.sigmoid, { 1 / (1 + exp(-$0)) }, { _, y, dy in dy * (y * (1 - y)) }),
    (.tanh, { Foundation.tanh($0) }, { _, y, dy in dy * (1 - y * y) }),
    (
      .hardSigmoid(alpha: 0.2, beta: 0.5), { min(max(0.2 * $0 + 0.5, 0), 1) },
      { x, _, dy in
        let inside = (x.isAbove(-2.5), !x.isAbove(2.5))
        let inner = 0.2 * dy
        return inside.0 && inside.1 ? inner : Metered(value: 0, meter: dy.meter)
      }
    ),
    (
      .silu, { $0 / (1 + exp(-$0)) },
      { x, _, dy in
        let s = Metered(value: 1, meter: dy.meter) / (1 + (-x).transcendental(exp))
        return dy * s * (1 + x * (1 - s))
      }
    ),
    (
      .hardSwish, { $0 * min(max($0 / 6 + 0.5, 0), 1) },
      { x, _, dy in
        let isAboveLower = x.isAbove(-3)
        let isAboveUpper = x.isAbove(3)
        let middle = dy * (x / 3 + Metered(value: 0.5, meter: dy.meter))
        return isAboveUpper ? dy : isAboveLower ? middle : Metered(value: 0, meter: dy.meter)
      }
    ),
    (
      .gelu, { $0 * 0.5 * (1 + erf($0 / root2)) },
      { x, _, dy in
        let cumulative = 0.5 * (1 + ((1 / root2) * x).transcendental(erf))
        let density = (1 / (2 * Double.pi).squareRoot()) * (-0.5 * (x * x)).transcendental(exp)
        return dy * (cumulative + x * density)
      }
    ),
    (
      .geluTanh,
      { 0.5 * $0 * (1 + Foundation.tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) },
      { x, _, dy in
        let factor = (2 / Double.pi).squareRoot()
        let square = x * x
        let t = (factor * (x + 0.044715 * (square * x))).transcendental(Foundation.tanh)
        let slope = factor * (1 + (3 * 0.044715) * square)
        return dy * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * slope)
      }
    ),
    (
      .mish, { $0 * Foundation.tanh(log(1 + exp($0))) },
      { x, _, dy in
        let e = x.transcendental(exp)
        let sum = 1 + e
        let t = sum.transcendental(log).transcendental(Foundation.tanh)
        return dy * (t + x * (e / sum) * (1 - t * t))
      }
    ),
    (
      .softplus, { log(1 + exp($0)) },
      { x, _, dy in dy * (Metered(value: 1, meter: dy.meter) / (1 + (-x).transcendental(exp))) }
    ),
    (
      .softsign, { $0 / (1 + abs($0)) },
      { x, _, dy in
        let divisor = Metered(value: 1 + abs(x.value), meter: dy.meter)
        return dy / (divisor * divisor)
      }
    ),
    (
      .elu(alpha: 1.3), { $0 > 0 ? $0 : 1.3 * (exp($0) - 1) },
      { _, y, dy in
        let below = dy * (1.3 + y)
        return y.isAbove(0) ? dy : below
      }
    ),
    (
      .selu(alpha: 1.6, scale: 1.05), { 1.05 * ($0 > 0 ? $0 : 1.6 * (exp($0) - 1)) },
      { _, y, dy in
        let (above, below) = (1.05 * dy, dy * (1.6 * 1.05 + y))
        return y.isAbove(0) ? above : below
      }
    ),
    (
      .celu(alpha: 1.5), { max(0, $0) + min(0, 1.5 * (exp($0 / 1.5) - 1)) },
      { _, y, dy in
        let below = dy * (1 + y / 1.5)
        return y.isAbove(0) ? dy : below
      }
    ),
  ]

  @Test("activations", arguments: activations.indices)
  func activation(_ index: Int) throws {
    let example = Self.activations[index]
    let twin = BackwardTwin(name: "\(example.function)", count: 12) {
      $0.map(example.value)
    } backward: { x, dy, meter in
      x.indices.map { index in
        example.loop(
          Metered(value: x[index], meter: meter), Metered(value: example.value(x[index]), meter: meter), dy[index])
      }
    }
    check(twin, try inputWork([2, 6], .activation(Activation(example.function))))
  }

  @Test("softmax and its logarithm")
  func softmax() throws {
    func forward(_ x: [Double], logarithm: Bool) -> [Double] {
      (0..<3).flatMap { row in
        let line = x[row * 4..<row * 4 + 4]
        let sum = line.reduce(0) { $0 + exp($1) }
        return line.map { logarithm ? $0 - log(sum) : exp($0) / sum }
      }
    }
    for logarithm in [false, true] {
      let twin = BackwardTwin(name: "softmax", count: 12) {
        forward($0, logarithm: logarithm)
      } backward: { x, dy, meter in
        let y = forward(x, logarithm: logarithm).map { Metered(value: $0, meter: meter) }
        return (0..<3).flatMap { row -> [Metered] in
          let line = row * 4..<row * 4 + 4
          if logarithm {
            let sum = total(line.map { dy[$0] })
            return line.map { dy[$0] - y[$0].transcendental(exp) * sum }
          }
          let sum = total(line.map { dy[$0] * y[$0] })
          return line.map { y[$0] * (dy[$0] - sum) }
        }
      }
      check(twin, try inputWork([3, 4], .softmax(Softmax(logarithm: logarithm))))
    }
  }
}
