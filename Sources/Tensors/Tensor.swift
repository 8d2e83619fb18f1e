import NetworkGraph

/// Values of a known shape, in row-major order: feature maps are N x C x spatial.
///
/// Every element is held as a float32, whatever ``elementType`` it stands for: truth values are 0 and 1, and integers are
/// exact up to 2^24. Readers of files refuse integers beyond.
public struct Tensor: Hashable, Sendable {
  public let shape: [Int]
  /// What the values stand for.
  public let elementType: ElementType
  public private(set) var values: [Float]

  /// The largest magnitude up to which every integer is a float32.
  public static let largestExactInteger = 1 << 24

  /// - Throws: ``TensorError/elementCount(shape:found:)`` when `values` are not as many as `shape` says, or
  ///   ``TensorError/size(shape:)`` when it says more than can be.
  public init(_ shape: [Int], _ values: [Float], _ elementType: ElementType = .float32) throws(TensorError) {
    guard try Tensor.elementCount(of: shape) == values.count else {
      throw .elementCount(shape: shape, found: values.count)
    }
    self.shape = shape
    self.elementType = elementType
    self.values = values
  }

  /// One value without axes.
  public init(scalar: Float, _ elementType: ElementType = .float32) {
    shape = []
    values = [scalar]
    self.elementType = elementType
  }

  /// The product of `shape`; 1 for a scalar.
  /// - Throws: ``TensorError/size(shape:)`` for a negative axis, more axes than ``axisLimit``, or a product beyond
  ///   ``elementLimit``.
  public static func elementCount(of shape: [Int]) throws(TensorError) -> Int {
    guard shape.count <= axisLimit else { throw .size(shape: shape) }
    var count = 1
    var isEmpty = false
    for axis in shape {
      guard axis >= 0 else { throw .size(shape: shape) }
      if axis == 0 { isEmpty = true }
      let (product, overflow) = count.multipliedReportingOverflow(by: Swift.max(axis, 1))
      guard !overflow, product <= elementLimit else { throw .size(shape: shape) }
      count = product
    }
    return isEmpty ? 0 : count
  }

  /// The most elements a tensor may have: 2^36, 256 GiB of float32.
  public static let elementLimit = 1 << 36

  /// The most axes a tensor may have: as many as an array of NumPy.
  public static let axisLimit = 64

  /// The same values under another shape of as many elements.
  /// - Throws: ``TensorError``.
  public func reshaped(_ shape: [Int]) throws(TensorError) -> Tensor { try Tensor(shape, values, elementType) }

  /// The axes joined by "x"; `scalar` without any. Of more than a tensor may have, only the first are told.
  public static func description(of shape: [Int]) -> String {
    guard shape.count <= axisLimit else {
      return "\(description(of: Array(shape.prefix(4))))x... (\(shape.count) axes)"
    }
    return shape.isEmpty ? "scalar" : shape.map(String.init).joined(separator: "x")
  }
}
