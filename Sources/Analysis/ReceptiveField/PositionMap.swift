import NetworkGraph
import SymbolicIntegers

/// Which positions of a map an operator reads for each position it writes, along one axis.
///
/// Every operator on maps repeats itself: `period` output positions further on it reads `shift` input positions
/// further on. A window has period 1 and its stride as shift; enlarging by two has period 2 and shift 1; attention in
/// windows of 7 has 7 and 7. Within a period each output position reads an arithmetic progression, or nothing.
struct PositionMap: Equatable {
  /// The positions `first`, `first + step`, ..., `count` of them.
  struct Run: Equatable {
    var first: Int
    var count: Int
    var step: Int

    var last: Int { first + (count - 1) * step }
  }

  var shift: Int
  /// One for each output position of a period; nil reads nothing.
  private var runs: Cycle<Run?>

  var period: Int { runs.count }

  /// Whether every position reads just the position that it has itself.
  var isIdentity: Bool { shift == 1 && period == 1 && runs[0]?.first == 0 && runs[0]?.count == 1 }

  /// Bound on every number of a map; larger ones could overflow when positions are multiplied.
  static let bound = 1 << 24
  /// The longest period that is followed.
  static let longestPeriod = 2048
  /// The most pairs of a tap and a place within the stride that a transposed window is searched for.
  private static let mostPairs = 1 << 16

  /// - Parameter run: what each position of a period, of at least one, reads.
  private init(shift: Int, period: Int, run: (Int) -> Run?) {
    self.shift = shift
    runs = Cycle(count: period, run)
  }

  /// A map of period 1; nil when a number is out of bounds.
  init?(stride: Int, first: Int, count: Int = 1, step: Int = 1) {
    let bound = Self.bound
    guard (0...bound).contains(stride), first.magnitude <= bound, (1...bound).contains(count),
      (1...bound).contains(step), count <= bound / step
    else { return nil }
    shift = stride
    runs = Cycle(Run(first: first, count: count, step: step))
  }

  /// Position `o` reads `o * stride - before + k * dilation` for every tap `k`.
  init?(window axis: Window.Axis, before: Int) {
    guard before.magnitude <= Self.bound else { return nil }
    self.init(stride: axis.stride, first: -before, count: axis.kernel, step: axis.dilation)
  }

  /// Position `o` reads every `p` for which `p * stride - before + k * dilation = o` for some tap `k`.
  init?(transposedWindow axis: Window.Axis, before: Int) {
    guard (1...Self.longestPeriod).contains(axis.stride), (1...Self.longestPeriod).contains(axis.kernel),
      axis.stride * axis.kernel <= Self.mostPairs, (1...Self.bound).contains(axis.dilation),
      before.magnitude <= Self.bound
    else { return nil }
    self.init(shift: 1, period: axis.stride) { residue in
      // Taps that hit a multiple of the stride are equally far apart, and so are the positions they read.
      let hits = (0..<axis.kernel).filter { (residue + before - $0 * axis.dilation) % axis.stride == 0 }
      guard let low = hits.first, let high = hits.last else { return nil }
      let first = (residue + before - high * axis.dilation) / axis.stride
      let last = (residue + before - low * axis.dilation) / axis.stride
      return Run(first: first, count: hits.count, step: hits.count > 1 ? (last - first) / (hits.count - 1) : 1)
    }
  }

  /// Position `o` reads the positions of the block of `size` that holds it; blocks start at multiples of `size` minus
  /// `phase`.
  init?(blocksOf size: Int, phase: Int) {
    guard (1...Self.longestPeriod).contains(size), phase.magnitude <= Self.bound else { return nil }
    self.init(shift: size, period: size) {
      Run(first: floorQuotient($0 + phase, size) * size - phase, count: size, step: 1)
    }
  }

  /// Position `o` reads the positions of the block of `size` that holds it, of a map of `side` positions, whose last block
  /// falls apart at `cut`.
  init?(blocksOf size: Int, side: Int, cut: Int?) {
    guard size > 0, (1...Self.longestPeriod).contains(side), side.isMultiple(of: size) else { return nil }
    self.init(shift: side, period: side) { position in
      var (first, end) = (position / size * size, position / size * size + size)
      if let cut, end == side, cut > first, cut < end {
        if position < cut { end = cut } else { first = cut }
      }
      return Run(first: first, count: end - first, step: 1)
    }
  }

  /// Every position reads the `count` positions whose distance from it is a multiple of `step`.
  init?(gridOf count: Int, step: Int) {
    guard (1...Self.longestPeriod).contains(step), (1...Self.bound).contains(count) else { return nil }
    self.init(shift: 0, period: step) { Run(first: $0, count: count, step: step) }
  }

  /// Adaptive pooling: position `o` of `outputs` reads `floor(o * inputs / outputs) ..< ceil((o + 1) * inputs / outputs)`.
  init?(adaptiveFrom inputs: Int, to outputs: Int) {
    guard (1...Self.bound).contains(inputs), (1...Self.bound).contains(outputs) else { return nil }
    let common = greatestCommonDivisor(inputs, outputs)
    let (shift, period) = (inputs / common, outputs / common)
    guard period <= Self.longestPeriod else { return nil }
    self.init(shift: shift, period: period) { position in
      let first = position * shift / period
      return Run(first: first, count: ((position + 1) * shift + period - 1) / period - first, step: 1)
    }
  }

  /// Resampling `inputs` positions to `outputs`: position `o` reads what interpolation at its coordinate reads.
  ///
  /// With aligned corners the coordinate is `o * (inputs - 1) / (outputs - 1)`, half-pixel `(o + 1/2) * inputs / outputs -
  /// 1/2`, asymmetric `o * inputs / outputs`. Nearest reads one position, linear the two around the coordinate, of which
  /// a whole coordinate needs only one, cubic four. Source: ONNX Resize.
  init?(resizing inputs: Int, to outputs: Int, mode: Resize.Mode, coordinates: Resize.Coordinates) {
    guard (1...Self.bound).contains(inputs), (1...Self.bound).contains(outputs) else { return nil }
    var (numerator, denominator) = (inputs, outputs)
    if coordinates == .alignCorners { (numerator, denominator) = (inputs - 1, max(1, outputs - 1)) }
    if coordinates == .pytorchHalfPixel && outputs == 1 { numerator = 0 }
    let common = max(1, greatestCommonDivisor(numerator, denominator))
    let (shift, period) = (numerator / common, denominator / common)
    guard period <= Self.longestPeriod else { return nil }
    let isCentred = mode != .nearest && (coordinates == .halfPixel || coordinates == .pytorchHalfPixel)
    self.init(shift: shift, period: period) { position in
      // The coordinate as a fraction over twice the period.
      let doubled = isCentred ? (2 * position + 1) * shift - period : 2 * position * shift
      let floor = floorQuotient(doubled, 2 * period)
      let isWhole = floor * 2 * period == doubled
      switch mode {
      case .nearest: return Run(first: floor, count: 1, step: 1)
      case .linear: return Run(first: floor, count: isWhole ? 1 : 2, step: 1)
      case .cubic: return Run(first: isWhole ? floor : floor - 1, count: isWhole ? 1 : 4, step: 1)
      }
    }
  }

  /// The run of output position `position`, shifted to where it lies.
  func run(at position: Int) -> Run? {
    let quotient = period == 1 ? position : floorQuotient(position, period)
    guard var run = runs[position - quotient * period] else { return nil }
    run.first += quotient * shift
    return run
  }
}

/// `a / b` rounded toward minus infinity, for `b > 0`.
func floorQuotient(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((-a - 1) / b) - 1 }

func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  var (a, b) = (a, b)
  while b != 0 { (a, b) = (b, a % b) }
  return a
}
