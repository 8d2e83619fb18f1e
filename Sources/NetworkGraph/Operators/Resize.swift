import SymbolicIntegers

/// Spatial axes resampled to another size.
public struct Resize: OperatorSemantics {
  public enum Mode: String, Hashable, Sendable {
    case nearest, linear, cubic
  }

  /// Where an output position lies in the input; names as in ONNX Resize.
  public enum Coordinates: Hashable, Sendable {
    case halfPixel, pytorchHalfPixel, alignCorners, asymmetric
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
  public var settings: String { mode.rawValue }

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
    for denominator in 1...4096 {
      let numerator = factor * Double(denominator)
      if numerator == numerator.rounded() {
        return (size * Dimension(Int(numerator))).floorDivided(by: denominator)
      }
    }
    throw .mismatch(rule: "a symbolic size needs a simple fraction as factor", left: "\(size)", right: "\(factor)")
  }

  public func arithmetic(for inputs: [TensorType], producing outputs: [TensorType]) -> Arithmetic {
    var work = Arithmetic(mode == .nearest ? .nearestResize : .linearResize)
    let elements = outputs[0].shape.elementCount
    work.inputElements = inputs[0].shape.elementCount
    work.outputElements = elements
    // Taps per output element: 2 (linear) or 4 (cubic) along each axis that changes.
    var taps: Dimension = 1
    for axis in 2..<Swift.max(2, inputs[0].shape.rank) where inputs[0].shape[axis] != outputs[0].shape[axis] {
      taps *= Dimension(mode == .nearest ? 1 : mode == .linear ? 2 : 4)
    }
    work.multiplications = mode == .nearest ? 0 : elements * taps
    work.additions = elements * (taps - 1)
    return work
  }
}
