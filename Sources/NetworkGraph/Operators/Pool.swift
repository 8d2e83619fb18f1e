import SymbolicIntegers

/// What a pool computes of the elements in its window.
public enum PoolKind: Hashable, Sendable {
  case maximum
  /// Mean of the window: the sum of the input positions in it by the number of positions that count.
  case average(Counted)
  /// `p`-norm of the window.
  case powerMean(p: Int)

  /// The positions of a window that count for its mean.
  public enum Counted: Hashable, Sendable {
    /// Those of the input.
    case input
    /// Those of the input and its padding, but none that ceil mode adds beyond (`count_include_pad` of PyTorch and ONNX).
    case padding
    /// All, also those that ceil mode adds beyond the padding (`count_include_pad` in the tests of ONNX's AveragePool-19).
    case window
  }

  /// Mean of the window as PyTorch takes it; `countIncludePad` counts also positions in the padding.
  public static func average(countIncludePad: Bool) -> PoolKind { .average(countIncludePad ? .padding : .input) }
}

/// Pooling through a sliding window, channel by channel. Input and output N x C x spatial.
public struct Pool: OperatorSemantics {
  public var kind: PoolKind
  public var slidingWindow: Window
  /// Whether a second output says where each maximum was found: its position in the whole input in row-major order, of
  /// equal elements the first one's. For ``PoolKind/maximum`` only. Source: ONNX operator specification, MaxPool.
  public var givesIndices: Bool

  public init(_ kind: PoolKind, window: Window, givesIndices: Bool = false) {
    self.kind = kind
    slidingWindow = window
    self.givesIndices = givesIndices
  }

  public var name: String {
    switch kind {
    case .maximum: "MaxPool"
    case .average: "AveragePool"
    case .powerMean: "LpPool"
    }
  }
  public var window: Window? { slidingWindow }
  public var settings: String { "\(slidingWindow)\(givesIndices ? ", with indices" : "")" }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try single(inputs)
    guard input.shape.rank >= 2 else { throw .rank(expected: "at least 3 axes", found: input.shape) }
    guard !givesIndices || kind == .maximum else {
      throw .setting("only a maximum has a position", found: "\(name) with indices")
    }
    let shape = try slidingWindow.outputShape(of: input.shape, channels: input.shape[1])
    return givesIndices ? [input.with(shape: shape), TensorType(shape, .int64)] : [input.with(shape: shape)]
  }

  public func arithmetic(for inputs: [TensorType], producing outputs: [TensorType]) -> Arithmetic {
    poolArithmetic(
      kind, inputs[0].shape, outputs[0].shape, windowElements: slidingWindow.kernelElements, adaptive: false)
  }
}

/// Pooling to a given number of positions per spatial axis; to one position it is global pooling.
///
/// Output position `o` of `m` reads input positions `floor(o * size / m) ..< ceil((o + 1) * size / m)`.
/// Source: PyTorch AdaptiveAvgPool2d; ONNX GlobalAveragePool is the case of one position.
public struct AdaptivePool: OperatorSemantics {
  public var kind: PoolKind
  /// Positions per spatial axis; nil means one on each.
  public var outputSizes: [Dimension]?

  public init(_ kind: PoolKind, outputSizes: [Dimension]? = nil) {
    self.kind = kind
    self.outputSizes = outputSizes
  }

  public var isGlobal: Bool { outputSizes == nil || outputSizes!.allSatisfy { $0 == 1 } }

  public var name: String {
    let base: String
    switch kind {
    case .maximum: base = "MaxPool"
    case .average: base = "AveragePool"
    case .powerMean: base = "LpPool"
    }
    return (isGlobal ? "Global" : "Adaptive") + base
  }
  public var settings: String {
    isGlobal ? "" : "to " + outputSizes!.map(\.description).joined(separator: "x")
  }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try single(inputs)
    guard input.shape.rank >= 3 else { throw .rank(expected: "at least 3 axes", found: input.shape) }
    let spatialRank = input.shape.spatialRank
    if let outputSizes, outputSizes.count != spatialRank {
      throw .mismatch(
        rule: "one output size per spatial axis", left: "\(outputSizes.count) sizes", right: "input \(input.shape)")
    }
    var shape = input.shape
    for axis in 0..<spatialRank {
      let size = outputSizes?[axis] ?? 1
      if let value = size.constant, value < 1 { throw .setting("output sizes must be positive", found: "\(size)") }
      shape[axis + 2] = size
    }
    return [input.with(shape: shape)]
  }

  public func arithmetic(for inputs: [TensorType], producing outputs: [TensorType]) -> Arithmetic {
    // thop divides whole sides: its kernel is floor(input size / output size) on each axis.
    var kernel: Dimension = 1
    for (input, output) in zip(inputs[0].shape.spatial, outputs[0].shape.spatial) {
      kernel *= input.floorDivided(by: output)
    }
    return poolArithmetic(kind, inputs[0].shape, outputs[0].shape, windowElements: kernel, adaptive: true)
  }
}

private func poolArithmetic(
  _ kind: PoolKind, _ input: Shape, _ output: Shape, windowElements: Dimension, adaptive: Bool
) -> Arithmetic {
  let (read, written) = (input.elementCount, output.elementCount)
  let taps = written * windowElements
  switch kind {
  case .maximum:
    return Arithmetic(
      .maxPool, inputElements: read, outputElements: written, comparisons: taps - written, taps: taps)
  case .average:
    return Arithmetic(
      adaptive ? .adaptiveAveragePool : .averagePool, inputElements: read, outputElements: written,
      additions: taps - written, multiplications: written, taps: taps)
  case .powerMean:
    return Arithmetic(
      adaptive ? .adaptiveAveragePool : .averagePool, inputElements: read, outputElements: written,
      additions: taps - written, transcendentals: taps + written, taps: taps)
  }
}
