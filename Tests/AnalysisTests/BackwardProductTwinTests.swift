import Analysis
import Foundation
import NetworkGraph
import SymbolicIntegers
import Testing

/// Each loop gives the gradient that differences give, and does exactly the operations that the rule counts.
@Suite("Backward rules of sums, pools and convolutions against counting loops")
struct BackwardProductTwinTests: BackwardTwinSuite {
  @Test("elementwise functions of one tensor, and of two with one stretched")
  func elementwise() throws {
    let unary:
      [(Elementwise.Function, @Sendable (Double) -> Double, @Sendable (Metered, Metered, Metered) -> Metered)] = [
        (.exponential, { exp($0) }, { _, y, dy in dy * y }), (.logarithm, { log($0) }, { x, _, dy in dy / x }),
        (.squareRoot, { $0.squareRoot() }, { _, y, dy in dy / (2 * y) }),
        (.reciprocal, { 1 / $0 }, { _, y, dy in -dy * (y * y) }),
        (
          .errorFunction, { erf($0) },
          { x, _, dy in dy * (2 / Double.pi.squareRoot() * (-(x * x)).transcendental(exp)) }
        ),
        (.sine, { sin($0) }, { x, _, dy in dy * x.transcendental(cos) }),
        (.absolute, { abs($0) }, { x, _, dy in x.isAbove(0) ? dy : -dy }), (.negate, { -$0 }, { _, _, dy in -dy }),
      ]
    for (function, value, loop) in unary {
      let twin = BackwardTwin(name: function.rawValue, count: 6) {
        $0.map(value)
      } backward: { x, dy, meter in
        x.indices.map { loop(Metered(value: x[$0], meter: meter), Metered(value: value(x[$0]), meter: meter), dy[$0]) }
      }
      check(twin, try inputWork([2, 3], .elementwise(Elementwise(function))), isPositive: true)
    }
    // The second operand is a row that both lines of the first share.
    let other = numbers(6, 5).map { abs($0) + 0.5 }
    let binary:
      [(Elementwise.Function, @Sendable (Double, Double) -> Double, @Sendable (Metered, Metered, Metered) -> Metered)] =
        [
          (.add, { $0 + $1 }, { _, _, dy in dy }), (.subtract, { $0 - $1 }, { _, _, dy in -dy }),
          (.multiply, { $0 * $1 }, { a, _, dy in dy * a }), (.divide, { $0 / $1 }, { a, b, dy in -(dy * (a / b / b)) }),
          (
            .power, { pow($0, $1) },
            { a, b, dy in
              // y is kept.
              let y = Metered(value: pow(a.value, b.value), meter: dy.meter)
              return dy * y * a.transcendental(log)
            }
          ),
        ]
    for (function, value, loop) in binary {
      let twin = BackwardTwin(name: function.rawValue, count: 3) { x in
        other.indices.map { value(other[$0], x[$0 % 3]) }
      } backward: { x, dy, meter in
        (0..<3).map { column in
          total(
            [column, column + 3].map {
              loop(Metered(value: other[$0], meter: meter), Metered(value: x[column], meter: meter), dy[$0])
            })
        }
      }
      let graph = try Graph(name: "test", input: TensorType([2, 3])) { x in
        let row = x.function(.reduction(Reduction(.mean, axes: [0], keepsAxes: true)), "row").apply(
          .scale(Scale(axis: 1)), "leaf")
        return x.function(.elementwise(Elementwise(function)), "op", with: row)
      }
      let gradients = try TrainingPass(graph).steps[graph.nodes.count - 1].gradients
      check(twin, work(gradients) { $0 == .input(1) }, isPositive: true)
    }
  }

  @Test("pools scatter what they gathered")
  func pools() throws {
    let windows = (0..<3).map { ($0 * 2)..<($0 * 2 + 3) }
    let average = BackwardTwin(name: "average pool", count: 7) { x in
      windows.map { x[$0].reduce(0, +) / 3 }
    } backward: { x, dy, meter in
      var dx = x.map { _ in Metered(value: 0, meter: meter) }
      for (window, dy) in zip(windows, dy) {
        let share = dy / 3
        for index in window { dx[index] = dx[index] + share }
      }
      return dx
    }
    check(
      average,
      try inputWork(
        [1, 1, 7], .pool(Pool(.average(countIncludePad: true), window: Window(rank: 1, kernel: 3, stride: 2)))))
    let maximum = BackwardTwin(name: "max pool", count: 7) { x in
      windows.map { x[$0].max() ?? 0 }
    } backward: { x, dy, meter in
      var dx = x.map { _ in Metered(value: 0, meter: meter) }
      for (window, dy) in zip(windows, dy) {
        // The index is kept.
        let index = window.max { x[$0] < x[$1] } ?? 0
        dx[index] = dx[index] + dy
      }
      return dx
    }
    check(maximum, try inputWork([1, 1, 7], .pool(Pool(.maximum, window: Window(rank: 1, kernel: 3, stride: 2)))))
    let mean = BackwardTwin(name: "global pool", count: 8) { x in
      [x[..<4].reduce(0, +) / 4, x[4...].reduce(0, +) / 4]
    } backward: { x, dy, meter in
      var dx = x.map { _ in Metered(value: 0, meter: meter) }
      for map in 0..<2 {
        let share = dy[map] / 4
        for index in map * 4..<map * 4 + 4 { dx[index] = dx[index] + share }
      }
      return dx
    }
    check(mean, try inputWork([1, 2, 2, 2], .adaptivePool(AdaptivePool(.average(countIncludePad: true)))))
  }

  @Test("reductions")
  func reductions() throws {
    let cases:
      [(
        Reduction.Function, @Sendable (ArraySlice<Double>) -> Double,
        @Sendable ([Metered], Metered, Metered) -> [Metered]
      )] = [
        (.sum, { $0.reduce(0, +) }, { x, _, dy in x.map { _ in dy } }),
        (
          .mean, { $0.reduce(0, +) / 3 },
          { x, _, dy in
            let share = dy / 3
            return x.map { _ in share }
          }
        ),
        (
          .sumOfSquares, { $0.reduce(0) { $0 + $1 * $1 } },
          { x, _, dy in
            let twice = 2 * dy
            return x.map { $0 * twice }
          }
        ),
        (
          .euclideanNorm, { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() },
          { x, y, dy in
            let slope = dy / y
            return x.map { $0 * slope }
          }
        ),
        (
          .product, { $0.reduce(1, *) },
          { x, y, dy in
            let scaled = dy * y
            return x.map { scaled / $0 }
          }
        ),
        (.absoluteSum, { $0.reduce(0) { $0 + abs($1) } }, { x, _, dy in x.map { $0.isAbove(0) ? dy : -dy } }),
        (.maximum, { $0.max() ?? 0 }, { x, y, dy in x.map { $0.equals(y) ? dy : Metered(value: 0, meter: dy.meter) } }),
      ]
    for (function, value, loop) in cases {
      let twin = BackwardTwin(name: function.rawValue, count: 6) {
        [value($0[..<3]), value($0[3...])]
      } backward: { x, dy, meter in
        (0..<2).flatMap { row in
          let line = x[row * 3..<row * 3 + 3]
          return loop(line.map { Metered(value: $0, meter: meter) }, Metered(value: value(line), meter: meter), dy[row])
        }
      }
      check(twin, try inputWork([2, 3], .reduction(Reduction(function, axes: [1], keepsAxes: false))))
    }
  }

  @Test("convolution: the loops of both gradients take the forward loop's steps, grouped, strided and dilated")
  func convolution() throws {
    for (channels, outputs, groups, kernel, stride, dilation) in [
      (2, 3, 1, 3, 1, 1), (4, 6, 2, 2, 2, 1), (3, 3, 3, 3, 2, 2),
    ] {
      let size = 9
      let window = Window(
        rank: 1, kernel: PerAxis(kernel), stride: PerAxis(stride), padding: 1, dilation: PerAxis(dilation))
      let gradients = try gradients([2, Dimension(channels), Dimension(size)]) {
        $0.apply(
          .convolution(Convolution(outputChannels: Dimension(outputs), window: window, groups: Dimension(groups))), "op"
        )
      }
      let length = try #require(window.outputSize(Dimension(size), axis: 0).constant)
      let inner = channels / groups
      let weights = numbers(outputs * inner * kernel, 3)
      let image = numbers(2 * channels * size, 4)
      /// Every step of the loop nest: positions in y, w and x; x is absent where the tap is padding.
      var steps: [(y: Int, w: Int, x: Int?)] = []
      for sample in 0..<2 {
        for output in 0..<outputs {
          for position in 0..<length {
            for channel in 0..<inner {
              for tap in 0..<kernel {
                let place = position * stride - 1 + tap * dilation
                let source = output / (outputs / groups) * inner + channel
                steps.append(
                  (
                    (sample * outputs + output) * length + position, (output * inner + channel) * kernel + tap,
                    (0..<size).contains(place) ? (sample * channels + source) * size + place : nil
                  ))
              }
            }
          }
        }
      }
      func forward(_ x: [Double], _ w: [Double]) -> [Double] {
        var y = Array(repeating: 0.0, count: 2 * outputs * length)
        for step in steps { if let source = step.x { y[step.y] += w[step.w] * x[source] } }
        return y
      }
      let dy = numbers(2 * outputs * length, 2)
      var dx = Array(repeating: 0.0, count: image.count)
      var dw = Array(repeating: 0.0, count: weights.count)
      var (inputSteps, weightSteps) = (0, 0)
      for step in steps {
        inputSteps += 1
        if let source = step.x { dx[source] += weights[step.w] * dy[step.y] }
      }
      for step in steps {
        weightSteps += 1
        if let source = step.x { dw[step.w] += image[source] * dy[step.y] }
      }
      let numeric = BackwardTwin(name: "", count: 0, forward: { forward($0, weights) }, backward: { _, dy, _ in dy })
      for (found, expected) in zip(dx, numeric.numericGradient(at: image, weights: dy)) {
        #expect(abs(found - expected) < 1e-6)
      }
      let other = BackwardTwin(name: "", count: 0, forward: { forward(image, $0) }, backward: { _, dy, _ in dy })
      for (found, expected) in zip(dw, other.numericGradient(at: weights, weights: dy)) {
        #expect(abs(found - expected) < 1e-6)
      }
      #expect(work(gradients) { $0 == .input(0) }.multiplyAdds.constant == inputSteps)
      let parameters = work(gradients) { if case .parameter = $0 { true } else { false } }
      #expect(parameters.multiplyAdds.constant == weightSteps)
      // Each output channel's bias sums its own positions.
      #expect(parameters.biasAdditions.constant == (2 * length - 1) * outputs)
    }
  }
}
