import Analysis
import Foundation
import NetworkGraph
import SymbolicIntegers
import Testing

/// Each loop gives the gradient that differences give, and does exactly the operations that the rule counts.
@Suite("Backward rules of norms against counting loops")
struct BackwardNormTwinTests: BackwardTwinSuite {
  /// x in slices of `length`: normalised, times w, plus b. Kept: mean and deviation of each slice.
  private static func normalize(_ x: ArraySlice<Double>) -> (values: [Double], mean: Double, deviation: Double) {
    let mean = x.reduce(0, +) / Double(x.count)
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
    let deviation = (variance + 1e-5).squareRoot()
    return (x.map { ($0 - mean) / deviation }, mean, deviation)
  }

  @Test("layer norm: its input, its weight, its bias")
  func layerNorm() throws {
    let (rows, length) = (5, 4)
    let weight = numbers(length, 3)
    let gradients = try gradients([Dimension(rows), Dimension(length)]) { $0.apply(.layerNorm(LayerNorm()), "norm") }
    func slice(_ row: Int) -> Range<Int> { row * length..<(row + 1) * length }
    func normalized(_ x: [Double], _ meter: WorkMeter) -> [Metered] {
      (0..<rows).flatMap { row -> [Metered] in
        let kept = Self.normalize(x[slice(row)])
        return slice(row).map { index in
          let mean = Metered(value: kept.mean, meter: meter)
          return Metered(value: 1 / kept.deviation, meter: meter) * (Metered(value: x[index], meter: meter) - mean)
        }
      }
    }
    let input = BackwardTwin(name: "layer norm", count: rows * length) { x in
      (0..<rows).flatMap { row in zip(Self.normalize(x[slice(row)]).values, weight).map { $0 * $1 } }
    } backward: { x, dy, meter in
      let h = normalized(x, meter)
      return (0..<rows).flatMap { row -> [Metered] in
        let deviation = Self.normalize(x[slice(row)]).deviation
        let g = slice(row).map { Metered(value: weight[$0 % length], meter: meter) * dy[$0] }
        let mean = total(g) / Double(length)
        let product = total(zip(g, h[slice(row)]).map { $0 * $1 }) / Double(length)
        return zip(g, h[slice(row)]).map { g, h in
          Metered(value: 1 / deviation, meter: meter) * (g - mean - h * product)
        }
      }
    }
    check(input, work(gradients) { $0 == .shared || $0 == .input(0) })
    let x = numbers(rows * length, 4)
    let values = (0..<rows).flatMap { Self.normalize(x[slice($0)]).values }
    let parameters = gradients.compactMap { gradient in
      if case .parameter = gradient.target { gradient } else { nil }
    }
    try #require(parameters.count == 2)
    let weights = BackwardTwin(name: "weight of layer norm", count: length) { w in
      values.indices.map { w[$0 % length] * values[$0] }
    } backward: { _, dy, meter in
      (0..<length).map { column in
        total((0..<rows).map { dy[$0 * length + column] * Metered(value: values[$0 * length + column], meter: meter) })
      }
    }
    check(weights, parameters[0].kernel.work)
    let biases = BackwardTwin(name: "bias of layer norm", count: length) { b in
      values.indices.map { values[$0] + b[$0 % length] }
    } backward: { _, dy, _ in
      (0..<length).map { column in total((0..<rows).map { dy[$0 * length + column] }) }
    }
    check(biases, parameters[1].kernel.work)
  }

  @Test("batch norm in training, whose sums are the gradients of its weights")
  func batchNorm() throws {
    let (rows, channels) = (6, 3)
    let weight = numbers(channels, 3)
    func column(_ x: [Double], _ channel: Int) -> ArraySlice<Double> {
      (0..<rows).map { x[$0 * channels + channel] }[...]
    }
    let twin = BackwardTwin(name: "batch norm", count: rows * channels) { x in
      let columns = (0..<channels).map { Self.normalize(column(x, $0)).values }
      return (0..<rows * channels).map { weight[$0 % channels] * columns[$0 % channels][$0 / channels] }
    } backward: { x, dy, meter in
      var result = dy
      for channel in 0..<channels {
        let kept = Self.normalize(column(x, channel))
        let h = (0..<rows).map { row in
          Metered(value: 1 / kept.deviation, meter: meter)
            * (Metered(value: x[row * channels + channel], meter: meter) - Metered(value: kept.mean, meter: meter))
        }
        let own = (0..<rows).map { dy[$0 * channels + channel] }
        let bias = total(own)
        let product = total(zip(own, h).map { $0 * $1 })
        let factor = Metered(value: weight[channel], meter: meter) * Metered(value: 1 / kept.deviation, meter: meter)
        let (mean, slope) = (bias / Double(rows), product / Double(rows))
        for row in 0..<rows { result[row * channels + channel] = factor * (own[row] - mean - h[row] * slope) }
      }
      return result
    }
    let gradients = try gradients([Dimension(rows), Dimension(channels)]) { $0.batchNorm("norm") }
    check(twin, work(gradients) { _ in true })
  }

  @Test("normalisation by length, and by neighbouring channels")
  func responses() throws {
    let lines = BackwardTwin(name: "unit normalisation", count: 12) { x in
      (0..<3).flatMap { row -> [Double] in
        let line = x[row * 4..<row * 4 + 4]
        let norm = line.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return line.map { $0 / norm }
      }
    } backward: { x, dy, meter in
      (0..<3).flatMap { row -> [Metered] in
        let line = row * 4..<row * 4 + 4
        let norm = Metered(value: x[line].reduce(0) { $0 + $1 * $1 }.squareRoot(), meter: meter)
        let y = line.map { Metered(value: x[$0], meter: meter) / norm }
        let sum = total(zip(line, y).map { dy[$0] * $1 })
        return zip(line, y).map { (dy[$0] - $1 * sum) / norm }
      }
    }
    check(lines, try inputWork([3, 4], .unitNormalization(UnitNormalization())))
    let (size, alpha, beta) = (3, 0.4, 0.75)
    func base(_ x: [Double], _ index: Int) -> Double {
      let window = max(0, index - 1)..<min(x.count, index + 2)
      return 1 + alpha / Double(size) * window.reduce(0) { $0 + x[$1] * x[$1] }
    }
    let channels = BackwardTwin(name: "local response norm", count: 8) { x in
      x.indices.map { x[$0] / pow(base(x, $0), beta) }
    } backward: { x, dy, meter in
      // Neighbours beyond the ends are read as zeros, as forward.
      let zero = Metered(value: 0, meter: meter)
      let parts = x.indices.map { index -> (u: Metered, t: Metered) in
        let (s, p) = (base(x, index), pow(base(x, index), beta))
        let u = dy[index] / Metered(value: p, meter: meter)
        return (u, u * Metered(value: x[index], meter: meter) / Metered(value: s, meter: meter))
      }
      return x.indices.map { index in
        let near = (index - 1...index + 1).map { parts.indices.contains($0) ? parts[$0].t : zero }
        let factor = Metered(value: 2 * alpha * beta / Double(size), meter: meter)
        return parts[index].u - factor * (Metered(value: x[index], meter: meter) * total(near))
      }
    }
    let norm = LocalResponseNorm(size: size, alpha: alpha, beta: beta, k: 1)
    check(channels, try inputWork([1, 8], .localResponseNorm(norm)))
  }

  @Test("global response norm")
  func globalResponseNorm() throws {
    let (channels, area) = (3, 4)
    let weight = numbers(channels, 3)
    func kept(_ x: [Double]) -> (norms: [Double], divisor: Double) {
      let norms = (0..<channels).map { c in x[c * area..<(c + 1) * area].reduce(0) { $0 + $1 * $1 }.squareRoot() }
      return (norms, norms.reduce(0, +) / Double(channels) + 1e-6)
    }
    let twin = BackwardTwin(name: "global response norm", count: channels * area) { x in
      let kept = kept(x)
      return x.indices.map { x[$0] + weight[$0 / area] * x[$0] * kept.norms[$0 / area] / kept.divisor }
    } backward: { x, dy, meter in
      let kept = kept(x)
      let x = x.map { Metered(value: $0, meter: meter) }
      let quotients = kept.norms.map { Metered(value: $0 / kept.divisor, meter: meter) }
      let h = x.indices.map { dy[$0] * Metered(value: weight[$0 / area], meter: meter) }
      let dq = (0..<channels).map { c in total((c * area..<(c + 1) * area).map { h[$0] * x[$0] }) }
      let mean = total(zip(dq, quotients).map { $0 * $1 }) / Double(channels)
      let slopes = (0..<channels).map { c in
        (dq[c] - mean) / Metered(value: kept.divisor, meter: meter) / Metered(value: kept.norms[c], meter: meter)
      }
      return x.indices.map { dy[$0] + h[$0] * quotients[$0 / area] + x[$0] * slopes[$0 / area] }
    }
    let gradients = try gradients([1, 3, 2, 2]) {
      $0.apply(.globalResponseNorm(GlobalResponseNorm(isChannelsLast: false)), "norm")
    }
    check(twin, work(gradients) { $0 == .input(0) })
  }
}
