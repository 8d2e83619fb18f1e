import SymbolicIntegers

/// The sizes of a tensor's axes, outermost first. Feature maps are N x C x spatial axes.
public struct Shape: Hashable, Sendable {
  public var dimensions: [Dimension]

  @inlinable
  public init(_ dimensions: [Dimension]) {
    self.dimensions = dimensions
  }

  /// Number of axes; 0 for a scalar.
  @inlinable
  public var rank: Int { dimensions.count }

  /// Product of all axes; 1 for a scalar.
  public var elementCount: Dimension {
    var product: Dimension = 1
    for dimension in dimensions { product *= dimension }
    return product
  }

  /// Number of spatial axes of a feature map (axes after batch and channels); 0 for lower ranks.
  @inlinable
  public var spatialRank: Int { Swift.max(0, rank - 2) }

  /// The axes after batch and channels.
  public var spatial: ArraySlice<Dimension> { dimensions.dropFirst(2) }

  /// Whether every axis is a plain integer.
  public var isConstant: Bool { dimensions.allSatisfy { $0.isConstant } }

  /// The first failed axis, if any.
  public var failure: DimensionError? {
    for dimension in dimensions {
      if let failure = dimension.failure { return failure }
    }
    return nil
  }

  @inlinable
  public subscript(axis: Int) -> Dimension {
    get { dimensions[axis] }
    set { dimensions[axis] = newValue }
  }

  /// The non-negative position of `axis`, which may count from the end; nil when outside `-rank ..< rank`.
  public func normalized(axis: Int) -> Int? {
    let position = axis < 0 ? axis + rank : axis
    return position >= 0 && position < rank ? position : nil
  }
}

extension Shape: ExpressibleByArrayLiteral {
  @inlinable
  public init(arrayLiteral elements: Dimension...) {
    self.init(elements)
  }
}

extension Shape: CustomStringConvertible {
  /// Axes joined by "x"; compound expressions in parentheses: `1x64x(2*h)x(2*w)`. A scalar prints as `scalar`.
  public var description: String {
    guard rank > 0 else { return "scalar" }
    var result = ""
    for (axis, dimension) in dimensions.enumerated() {
      if axis > 0 { result += "x" }
      if let size = dimension.constant, size >= 0 {
        result += String(size)
        continue
      }
      let text = dimension.description
      let isOneWord = text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
      result += isOneWord || text.hasPrefix("floor(") && text.hasSuffix(")") ? text : "(\(text))"
    }
    return result
  }
}

/// What is known of a tensor before it exists: its shape and element type.
public struct TensorType: Hashable, Sendable {
  public var shape: Shape
  public var elementType: ElementType
  /// False behind an operator this library does not know: then ``shape`` says nothing.
  public var isKnown: Bool

  @inlinable
  public init(_ shape: Shape, _ elementType: ElementType = .float32) {
    self.shape = shape
    self.elementType = elementType
    isKnown = true
  }

  /// The type of a tensor nothing is known of.
  public static let unknown: TensorType = {
    var type = TensorType([], .other)
    type.isKnown = false
    return type
  }()

  /// A tensor of this element type with another shape.
  @inlinable
  public func with(shape: Shape) -> TensorType {
    TensorType(shape, elementType)
  }
}

extension TensorType: CustomStringConvertible {
  public var description: String { isKnown ? shape.description : "unknown" }
}
