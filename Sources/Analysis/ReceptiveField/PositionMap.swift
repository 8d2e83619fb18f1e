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

  /// Whether a position beyond an end of the map stands for the one at that end, as in resampling, rather than padding.
  private(set) var staysInside = false

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
  private init(shift: Int, period: Int, staysInside: Bool = false, run: (Int) -> Run?) {
    self.shift = shift
    self.staysInside = staysInside
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
  /// With `step` the input positions from one output position to the next - the reciprocal of `factor`, or `inputs /
  /// outputs` where there is none - the coordinate is `(o + 1/2) * step - 1/2` for half pixels, `o * step` for asymmetric
  /// ones, `o * (inputs - 1) / (inputs / step - 1)` for aligned corners. Nearest reads one position, linear the two around
  /// the coordinate, of which a whole coordinate needs only one, cubic four. Source: ONNX Resize.
  init?(
    resizing inputs: Int, to outputs: Int, by factor: (numerator: Int, denominator: Int)? = nil, mode: Resize.Mode,
    coordinates: Resize.Coordinates
  ) {
    guard (1...Self.bound).contains(inputs), (1...Self.bound).contains(outputs) else { return nil }
    var (shift, period) = factor.map { ($0.denominator, $0.numerator) } ?? (inputs, outputs)
    guard (1...Self.bound).contains(shift), (1...Self.bound).contains(period) else { return nil }
    if coordinates == .alignCorners { (shift, period) = ((inputs - 1) * shift, inputs * period - shift) }
    if outputs == 1, coordinates == .alignCorners || coordinates == .pytorchHalfPixel { (shift, period) = (0, 1) }
    let common = max(1, greatestCommonDivisor(shift, period))
    (shift, period) = (shift / common, period / common)
    guard (1...Self.longestPeriod).contains(period), shift <= Self.bound else { return nil }
    // Coordinates are fractions over twice the period.
    var start = 0
    switch coordinates {
    case .alignCorners, .asymmetric: break
    case .pytorchHalfPixel where outputs == 1: break
    case .halfPixel, .pytorchHalfPixel: start = shift - period
    case .halfPixelSymmetric: start = shift - period + inputs * period - outputs * shift
    }
    self.init(shift: shift, period: period, staysInside: true) { position in
      let doubled = 2 * position * shift + start
      let floor = floorQuotient(doubled, 2 * period)
      let isWhole = floor * 2 * period == doubled
      switch mode {
      case .nearest(let rounding):
        let nearest =
          switch rounding {
          case .floor: floor
          case .ceiling: isWhole ? floor : floor + 1
          case .preferFloor: -floorQuotient(period - doubled, 2 * period)
          case .preferCeiling: floorQuotient(doubled + period, 2 * period)
          }
        return Run(first: nearest, count: 1, step: 1)
      case .linear: return Run(first: floor, count: isWhole ? 1 : 2, step: 1)
      case .cubic: return Run(first: isWhole ? floor : floor - 1, count: isWhole ? 1 : 4, step: 1)
      }
    }
  }

  /// The run of output position `position`, of the positions that a map of `side` has at least one of, or of its padding.
  func run(at position: Int, side: Int) -> Run? {
    guard var run = run(at: position) else { return nil }
    if staysInside, run.step == 1, side > 0 {
      let last = min(max(run.last, 0), side - 1)
      run.first = min(max(run.first, 0), side - 1)
      run.count = last - run.first + 1
    }
    return run
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
