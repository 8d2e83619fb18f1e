import Analysis
import Foundation
import NetworkGraph
import SymbolicIntegers
import Testing

/// Each loop gives the gradient that differences give, and does exactly the operations that the rule counts.
@Suite("Backward rules of operators that read elements several times against counting loops")
struct BackwardMovementTwinTests: BackwardTwinSuite {
  /// Outputs that are weighted sums of inputs: the input and weight of each tap of each output.
  private typealias Taps = [[(input: Int, weight: Double)]]

  /// A twin whose loop adds what each tap sends back, multiplied by its weight where there are weights.
  private func scattering(_ name: String, count: Int, _ taps: Taps, isWeighted: Bool = false) -> BackwardTwin {
    BackwardTwin(name: name, count: count) { x in
      taps.map { $0.reduce(0) { $0 + x[$1.input] * $1.weight } }
    } backward: { _, dy, meter in
      var dx = (0..<count).map { _ in Metered(value: 0, meter: meter) }
      for (taps, dy) in zip(taps, dy) {
        for tap in taps { dx[tap.input] = dx[tap.input] + (isWeighted ? tap.weight * dy : dy) }
      }
      return dx
    }
  }

  /// A twin whose loop sums, for each input, what its copies send back.
  private func summing(_ name: String, count: Int, _ source: [Int]) -> BackwardTwin {
    BackwardTwin(name: name, count: count) { x in
      source.map { x[$0] }
    } backward: { _, dy, _ in
      (0..<count).map { input in total(source.indices.filter { source[$0] == input }.map { dy[$0] }) }
    }
  }

  @Test("PReLU: its input, and its slopes, one for all or one for each channel", arguments: [1, 3])
  func slopes(count: Int) throws {
    let (channels, length) = (3, 4)
    let gradients = try gradients([1, Dimension(channels), Dimension(length)]) {
      $0.apply(.activation(Activation(.preLU(slope: [Dimension(count)]))), "op")
    }
    let x = numbers(channels * length, 4)
    func slope(_ index: Int) -> Int { count == 1 ? 0 : index / length }
    let slopes = BackwardTwin(name: "slopes of PReLU", count: count) { weights in
      x.enumerated().map { $1 > 0 ? $1 : weights[slope($0)] * $1 }
    } backward: { _, dy, meter in
      let terms = x.indices.map { index -> Metered in
        let x = Metered(value: x[index], meter: meter)
        let below = dy[index] * x
        return x.isAbove(0) ? Metered(value: 0, meter: meter) : below
      }
      return (0..<count).map { wanted in total(terms.indices.filter { slope($0) == wanted }.map { terms[$0] }) }
    }
    check(slopes, work(gradients) { if case .parameter = $0 { true } else { false } })
    let weights = numbers(count, 5)
    let input = BackwardTwin(name: "input of PReLU", count: x.count) { x in
      x.enumerated().map { $1 > 0 ? $1 : weights[slope($0)] * $1 }
    } backward: { x, dy, meter in
      x.indices.map { index in
        let below = weights[slope(index)] * dy[index]
        return Metered(value: x[index], meter: meter).isAbove(0) ? dy[index] : below
      }
    }
    check(input, work(gradients) { $0 == .input(0) })
  }

  @Test("a power mean: y^(1 - p) for each window, x |x|^(p - 2) for each tap", arguments: [2, 3])
  func powerMean(power: Int) throws {
    let p = Double(power)
    let windows = (0..<3).map { ($0 * 2)..<($0 * 2 + 3) }
    func norm(_ x: ArraySlice<Double>) -> Double { pow(x.reduce(0) { $0 + pow(abs($1), p) }, 1 / p) }
    let twin = BackwardTwin(name: "power mean", count: 7) { x in
      windows.map { norm(x[$0]) }
    } backward: { x, dy, meter in
      var dx = x.map { _ in Metered(value: 0, meter: meter) }
      for (window, dy) in zip(windows, dy) {
        let y = Metered(value: norm(x[window]), meter: meter)
        let share = dy * y.transcendental { pow($0, 1 - p) }
        for index in window {
          let x = Metered(value: x[index], meter: meter)
          dx[index] = dx[index] + share * (x * x.transcendental { pow(abs($0), p - 2) })
        }
      }
      return dx
    }
    check(
      twin,
      try inputWork(
        [1, 1, 7], .pool(Pool(.powerMean(p: power), window: Window(rank: 1, kernel: 3, stride: 2)))))
  }

  @Test("resampling sends each tap its share")
  func resize() throws {
    let sizes: [Resize.Size] = [.factor(1), .factor(1), .size(6)]
    let nearest = (0..<6).map { [(input: $0 / 2, weight: 1.0)] }
    check(
      scattering("nearest", count: 3, nearest),
      try inputWork([1, 1, 3], .resize(Resize(.nearest(.floor), sizes: sizes, coordinates: .asymmetric))))
    // Half pixels: output o lies at (o + 1/2) / 2 - 1/2, kept within the input.
    let linear: Taps = (0..<6).map { output in
      let position = min(max((Double(output) + 0.5) / 2 - 0.5, 0), 2)
      let low = min(Int(position), 1)
      return [(low, 1 - (position - Double(low))), (low + 1, position - Double(low))]
    }
    check(
      scattering("linear", count: 3, linear, isWeighted: true),
      try inputWork([1, 1, 3], .resize(Resize(.linear, sizes: sizes))))
  }

  @Test("what is read several times sums what comes back")
  func copies() throws {
    let rows = [2, 0, 2, 1, 2]
    check(
      scattering("gather", count: 6, rows.flatMap { row in (0..<2).map { [(input: row * 2 + $0, weight: 1.0)] } }),
      try inputWork([3, 2], .gather(Gather(axis: 0, indices: rows))))
    check(
      summing("tile", count: 6, (0..<3).flatMap { row in [0, 1, 0, 1].map { row * 2 + $0 } }),
      try inputWork([3, 2], .tile(Tile(repeats: [1, 2]))))
    check(
      summing("expand", count: 2, [0, 1, 0, 1, 0, 1]),
      try inputWork([1, 2], .expand(Expand(to: [3, 2]))))
    for (mode, source) in [
      (Pad.Mode.reflect, [2, 1, 0, 1, 2, 3, 2]), (.edge, [0, 0, 0, 1, 2, 3, 3]), (.wrap, [2, 3, 0, 1, 2, 3, 0]),
    ] {
      check(
        summing("\(mode) padding", count: 4, source),
        try inputWork([1, 1, 4], .pad(Pad(before: [0, 0, 2], after: [0, 0, 1], mode: mode))))
    }
  }
}
