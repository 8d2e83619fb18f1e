import SymbolicIntegers

/// The same elements in the same order under another shape.
public enum View: OperatorSemantics {
  /// One axis of a reshape's target.
  public enum Size: Hashable, Sendable {
    case size(Dimension)
    /// The size of the input's axis.
    case sameAs(axis: Int)
    /// Whatever is left; at most once.
    case inferred
  }

  case reshape([Size])
  /// Axes `from ... through` become one.
  case flatten(from: Int, through: Int)
  /// Axes of size 1 removed; no axes given: all of them.
  case squeeze(axes: [Int])
  /// Axes of size 1 inserted at these positions of the result.
  case unsqueeze(axes: [Int])

  public var name: String {
    switch self {
    case .reshape: "Reshape"
    case .flatten: "Flatten"
    case .squeeze: "Squeeze"
    case .unsqueeze: "Unsqueeze"
    }
  }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try single(inputs)
    let shape: Shape
    switch self {
    case .reshape(let target): shape = try reshaped(input.shape, to: target)
    case .flatten(let from, let through): shape = try flattened(input.shape, from: from, through: through)
    case .squeeze(let axes): shape = try squeezed(input.shape, axes: axes)
    case .unsqueeze(let axes): shape = try unsqueezed(input.shape, axes: axes)
    }
    return [input.with(shape: shape)]
  }

  private func reshaped(_ shape: Shape, to target: [Size]) throws(ShapeError) -> Shape {
    var dimensions: [Dimension] = []
    var inferredAxis: Int?
    var known: Dimension = 1
    for (axis, size) in target.enumerated() {
      switch size {
      case .size(let dimension): dimensions.append(dimension)
      case .sameAs(let source):
        guard source >= 0, source < shape.rank else { throw .axis(source, shape: shape) }
        dimensions.append(shape[source])
      case .inferred:
        guard inferredAxis == nil else { throw .setting("a reshape infers at most one axis", found: "two") }
        inferredAxis = axis
        dimensions.append(1)
        continue
      }
      known *= dimensions[axis]
    }
    let total = shape.elementCount
    if let axis = inferredAxis {
      guard let rest = total.exactlyDivided(by: known) else {
        throw .mismatch(
          rule: "the inferred axis must divide evenly", left: "\(total) elements of \(shape)", right: "\(known)")
      }
      dimensions[axis] = rest
    } else if total != known {
      throw .mismatch(
        rule: "a reshape keeps the number of elements", left: "\(shape)", right: "\(Shape(dimensions))")
    }
    return Shape(dimensions)
  }

  private func flattened(_ shape: Shape, from: Int, through: Int) throws(ShapeError) -> Shape {
    let first = try shape.position(of: from)
    let last = try shape.position(of: through)
    guard first <= last else {
      throw .setting("flatten goes from a lower to a higher axis", found: "\(from), \(through)")
    }
    var product: Dimension = 1
    for axis in first...last { product *= shape[axis] }
    var dimensions = shape.dimensions
    dimensions.replaceSubrange(first...last, with: CollectionOfOne(product))
    return Shape(dimensions)
  }

  private func squeezed(_ shape: Shape, axes: [Int]) throws(ShapeError) -> Shape {
    var removed = Array(repeating: false, count: shape.rank)
    for axis in axes { removed[try shape.position(of: axis)] = true }
    var kept: [Dimension] = []
    for (axis, dimension) in shape.dimensions.enumerated() {
      if axes.isEmpty && dimension == 1 { continue }
      guard removed[axis] else {
        kept.append(dimension)
        continue
      }
      guard dimension == 1 else {
        throw .mismatch(rule: "only an axis of size 1 can be squeezed", left: "axis \(axis)", right: "\(shape)")
      }
    }
    return Shape(kept)
  }

  private func unsqueezed(_ shape: Shape, axes: [Int]) throws(ShapeError) -> Shape {
    let rank = shape.rank + axes.count
    var isNew = Array(repeating: false, count: rank)
    for axis in axes {
      let position = axis < 0 ? axis + rank : axis
      guard position >= 0, position < rank, !isNew[position] else { throw .axis(axis, shape: shape) }
      isNew[position] = true
    }
    var rest = shape.dimensions.makeIterator()
    return Shape(isNew.map { $0 ? 1 : rest.next() ?? 1 })
  }
}
