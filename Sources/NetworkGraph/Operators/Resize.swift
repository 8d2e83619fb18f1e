import SymbolicIntegers

/// Axes resampled to another size. Source: ONNX operator specification, Resize.
public struct Resize: OperatorSemantics {
  /// What an output position is made of.
  public enum Mode: Hashable, Sendable {
    /// The input position nearest to its coordinate.
    case nearest(Rounding)
    /// The two input positions around its coordinate on each axis, by their distances.
    case linear
    /// Four input positions on each axis, by Keys' kernel with a = -0.75.
    case cubic

    public var name: String {
      switch self {
      case .nearest: "nearest"
      case .linear: "linear"
      case .cubic: "cubic"
      }
    }
  }

  /// Which of two neighbours is nearest to a coordinate between them; ONNX's `nearest_mode`.
  public enum Rounding: String, Hashable, Sendable, CaseIterable {
    /// The closer one; at equal distances the lower.
    case preferFloor
    /// The closer one; at equal distances the upper.
    case preferCeiling
    /// Always the lower one. With ``Coordinates/asymmetric`` this is PyTorch's `nearest`.
    case floor
    /// Always the upper one.
    case ceiling
  }

  /// Where an output position `x` lies in the input; names as in ONNX Resize.
  ///
  /// `scale` is the output's size by the input's; where a ``Size/factor(_:)`` is given it is that, and `length`, the
  /// output's size, is the product before it is rounded down.
  public enum Coordinates: Hashable, Sendable {
    /// `(x + 1/2) / scale - 1/2`.
    case halfPixel
    /// As ``halfPixel``, with the part of the input that a rounded size leaves out shared between both ends.
    case halfPixelSymmetric
    /// As ``halfPixel``, but 0 where there is one output position.
    case pytorchHalfPixel
    /// `x * (size - 1) / (length - 1)`, and 0 where there is one output position.
    case alignCorners
    /// `x / scale`.
    case asymmetric
  }

  /// The size of one axis of the output.
  public enum Size: Hashable, Sendable {
    case size(Dimension)
    /// `floor(input size * factor)`.
    case factor(Double)
  }

  public var mode: Mode
  public var coordinates: Coordinates
  /// One entry for every axis, batch and channels included.
  public var sizes: [Size]

  public init(_ mode: Mode, sizes: [Size], coordinates: Coordinates = .halfPixel) {
    self.mode = mode
    self.sizes = sizes
    self.coordinates = coordinates
  }

  public var name: String { "Resize" }

  /// The mode, and what of it is unusual: nearest is mostly asymmetric and rounds down, the others take pixels' centres.
  public var settings: String {
    var words = [mode.name]
    var usual = Coordinates.halfPixel
    if case .nearest(let rounding) = mode {
      usual = .asymmetric
      switch rounding {
      case .floor: break
      case .preferFloor: if coordinates == .asymmetric { words.append("halves down") }
      case .preferCeiling: words.append("halves up")
      case .ceiling: words.append("rounded up")
      }
    }
    if coordinates != usual {
      switch coordinates {
      case .halfPixel: break
      case .halfPixelSymmetric: words.append("symmetric")
      case .pytorchHalfPixel: words.append("PyTorch's half pixels")
      case .alignCorners: words.append("corners aligned")
      case .asymmetric: words.append("asymmetric")
      }
    }
    return words.joined(separator: ", ")
  }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try single(inputs)
    guard sizes.count == input.shape.rank else {
      throw .mismatch(rule: "one size or factor per axis", left: "\(sizes.count)", right: "input \(input.shape)")
    }
    var dimensions: [Dimension] = []
    for (axis, size) in sizes.enumerated() {
      switch size {
      case .size(let dimension): dimensions.append(dimension)
      case .factor(let factor): dimensions.append(try scaled(input.shape[axis], by: factor))
      }
    }
    return [input.with(shape: Shape(dimensions))]
  }

  /// `floor(size * factor)`; for a symbolic size the factor must be a fraction with a denominator up to 4096.
  private func scaled(_ size: Dimension, by factor: Double) throws(ShapeError) -> Dimension {
    guard factor > 0, factor < 1e6 else {
      throw .setting("a resize factor lies between 0 and 1000000", found: "\(factor)")
    }
    if let size = size.constant {
      let result = (Double(size) * factor).rounded(.down)
      guard result >= 1, result < 9e15 else { throw .setting("a resized axis is positive", found: "\(result)") }
      return Dimension(Int(result))
    }
    if let fraction = Self.fraction(factor) {
      return (size * Dimension(fraction.numerator)).floorDivided(by: fraction.denominator)
    }
    throw .mismatch(rule: "a symbolic size needs a simple fraction as factor", left: "\(size)", right: "\(factor)")
  }

  /// A factor as a fraction whose denominator is at most 4096; nil where it is none.
  public static func fraction(_ factor: Double) -> (numerator: Int, denominator: Int)? {
    guard factor > 0, factor < 1e6 else { return nil }
    for denominator in 1...4096 {
      let numerator = factor * Double(denominator)
      if numerator == numerator.rounded() { return (Int(numerator), denominator) }
    }
    return nil
  }

  public func arithmetic(for inputs: [TensorType], producing outputs: [TensorType]) -> Arithmetic {
    // Positions read along an axis that changes.
    let reads =
      switch mode {
      case .nearest: 1
      case .linear: 2
      case .cubic: 4
      }
    var work = Arithmetic(reads == 1 ? .nearestResize : .linearResize)
    let elements = outputs[0].shape.elementCount
    work.inputElements = inputs[0].shape.elementCount
    work.outputElements = elements
    var taps: Dimension = 1
    for axis in 2..<Swift.max(2, inputs[0].shape.rank) where inputs[0].shape[axis] != outputs[0].shape[axis] {
      taps *= Dimension(reads)
    }
    work.multiplications = reads == 1 ? 0 : elements * taps
    work.additions = elements * (taps - 1)
    return work
  }
}
