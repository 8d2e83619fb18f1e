import Analysis
import Foundation
import NetworkGraph
import SymbolicIntegers
import Testing

/// Counts the operations that loops over ``Metered`` numbers do.
final class WorkMeter {
  var additions = 0
  var multiplications = 0
  var comparisons = 0
  var transcendentals = 0
}

/// A number that reports every operation on it. Changes of sign and choices are free, as in the rules.
struct Metered {
  var value: Double
  let meter: WorkMeter

  static func + (left: Metered, right: Metered) -> Metered {
    left.meter.additions += 1
    return Metered(value: left.value + right.value, meter: left.meter)
  }
  static func - (left: Metered, right: Metered) -> Metered {
    left.meter.additions += 1
    return Metered(value: left.value - right.value, meter: left.meter)
  }
  static func * (left: Metered, right: Metered) -> Metered {
    left.meter.multiplications += 1
    return Metered(value: left.value * right.value, meter: left.meter)
  }
  static func / (left: Metered, right: Metered) -> Metered {
    left.meter.multiplications += 1
    return Metered(value: left.value / right.value, meter: left.meter)
  }
  static func * (left: Double, right: Metered) -> Metered { Metered(value: left, meter: right.meter) * right }
  static func / (left: Metered, right: Double) -> Metered { left / Metered(value: right, meter: left.meter) }
  static func + (left: Double, right: Metered) -> Metered { Metered(value: left, meter: right.meter) + right }
  static func - (left: Double, right: Metered) -> Metered { Metered(value: left, meter: right.meter) - right }
  static prefix func - (number: Metered) -> Metered { Metered(value: -number.value, meter: number.meter) }

  func isAbove(_ bound: Double) -> Bool {
    meter.comparisons += 1
    return value > bound
  }
  func equals(_ other: Metered) -> Bool {
    meter.comparisons += 1
    return value == other.value
  }
  /// A function that no convention counts as arithmetic.
  func transcendental(_ function: (Double) -> Double) -> Metered {
    meter.transcendentals += 1
    return Metered(value: function(value), meter: meter)
  }
}

/// The sum of at least one number: an addition less than there are.
func total(_ numbers: some Sequence<Metered>) -> Metered {
  var iterator = numbers.makeIterator()
  guard var sum = iterator.next() else { return Metered(value: 0, meter: WorkMeter()) }
  while let next = iterator.next() { sum = sum + next }
  return sum
}

/// An operator in small: a forward function over plain numbers, and the backward loop whose operations are counted.
struct BackwardTwin {
  var name: String
  /// Sizes of what the gradient is taken of.
  var count: Int
  /// The outputs for the tensor that the gradient is taken of.
  var forward: ([Double]) -> [Double]
  /// What the forward pass keeps is computed on plain numbers and enters unmetered; then the loop.
  var backward: (_ x: [Double], _ dy: [Metered], _ meter: WorkMeter) -> [Metered]

  /// The gradient by central differences of the sum of `weights * forward`.
  func numericGradient(at x: [Double], weights: [Double]) -> [Double] {
    func loss(_ x: [Double]) -> Double { zip(forward(x), weights).reduce(0) { $0 + $1.0 * $1.1 } }
    return x.indices.map { index in
      let step = 1e-5
      var (above, below) = (x, x)
      above[index] += step
      below[index] -= step
      return (loss(above) - loss(below)) / (2 * step)
    }
  }
}

/// What suites of twins share.
protocol BackwardTwinSuite {}

extension BackwardTwinSuite {
  /// Numbers without symmetries, away from the corners of piecewise functions.
  func numbers(_ count: Int, _ seed: Int) -> [Double] {
    (0..<count).map { index in
      let angle = Double(index * 37 + seed * 101 + 11)
      let value = sin(angle) * 1.7
      return abs(value) < 0.05 ? value + 0.2 : value
    }
  }

  /// Runs a twin and compares it with differences and with `work`.
  func check(_ twin: BackwardTwin, _ work: Arithmetic, isPositive: Bool = false) {
    var x = numbers(twin.count, 1)
    if isPositive { x = x.map { abs($0) + 0.3 } }
    let weights = numbers(twin.forward(x).count, 2)
    let meter = WorkMeter()
    let gradient = twin.backward(x, weights.map { Metered(value: $0, meter: meter) }, meter)
    for (found, expected) in zip(gradient, twin.numericGradient(at: x, weights: weights)) {
      #expect(abs(found.value - expected) < 1e-5 * max(1, abs(expected)), "\(twin.name)")
    }
    #expect(gradient.count == twin.count)
    // A rule calls the terms of inner products multiply-adds; a loop meets a product and a sum for each but the first.
    #expect(work.multiplications.constant == meter.multiplications, "multiplications of \(twin.name)")
    #expect(work.additions.constant == meter.additions, "additions of \(twin.name)")
    #expect(work.comparisons.constant == meter.comparisons, "comparisons of \(twin.name)")
    #expect(work.transcendentals.constant == meter.transcendentals, "transcendentals of \(twin.name)")
  }

  /// The gradients of the second node of a network on an input of `shape` that needs one.
  func gradients(_ shape: Shape, _ body: (Feature) -> Feature) throws -> [Gradient] {
    let graph = try Graph(name: "test", input: TensorType(shape)) { x in
      // A factor of the input's shape makes the gradient flow to it.
      body(x.apply(.scale(Scale(axis: shape.rank - 1)), "leaf"))
    }
    let node = try #require(graph.nodes.last)
    return try TrainingPass(graph).steps[node.id].gradients
  }

  /// The work of the gradients with some targets, together.
  func work(_ gradients: [Gradient], _ wanted: (Gradient.Target) -> Bool) -> Arithmetic {
    var sum = Arithmetic(.elementwise)
    for gradient in gradients where wanted(gradient.target) {
      sum.multiplyAdds += gradient.kernel.work.multiplyAdds
      sum.biasAdditions += gradient.kernel.work.biasAdditions
      sum.additions += gradient.kernel.work.additions
      sum.multiplications += gradient.kernel.work.multiplications
      sum.comparisons += gradient.kernel.work.comparisons
      sum.transcendentals += gradient.kernel.work.transcendentals
    }
    return sum
  }

  func inputWork(_ shape: Shape, _ operation: Operator) throws -> Arithmetic {
    let gradients = try gradients(shape) { $0.apply(operation, "op") }
    return work(gradients) { target in
      if case .parameter = target { false } else { true }
    }
  }
}
