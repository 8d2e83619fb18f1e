import SymbolicIntegers

/// Tensors joined along one axis; all other axes agree.
public struct Concatenation: OperatorSemantics {
  public var axis: Int

  public init(axis: Int = 1) {
    self.axis = axis
  }

  public var name: String { "Concatenation" }
  public var settings: String { "axis \(axis)" }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let first = try known(inputs, 0)
    let position = try first.shape.position(of: axis)
    var shape = first.shape
    for index in inputs.indices.dropFirst() {
      let other = try known(inputs, index).shape
      let fits =
        other.rank == shape.rank
        && (0..<shape.rank).allSatisfy { $0 == position || other[$0] == first.shape[$0] }
      guard fits else {
        throw .mismatch(
          rule: "joined tensors must agree on every axis but \(position)", left: "\(first.shape)", right: "\(other)")
      }
      shape[position] += other[position]
    }
    return [first.with(shape: shape)]
  }
}

/// A tensor cut into several along one axis: the inverse of ``Concatenation``.
public struct Split: OperatorSemantics {
  public var axis: Int
  /// Size of each part along the axis; they add up to the input's size.
  public var sizes: [Dimension]

  public init(axis: Int, sizes: [Dimension]) {
    self.axis = axis
    self.sizes = sizes
  }

  public var name: String { "Split" }
  public var settings: String { "axis \(axis)" }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try single(inputs)
    let position = try input.shape.position(of: axis)
    let total = sizes.reduce(0) { $0 + $1 }
    guard total == input.shape[position] else {
      throw .mismatch(
        rule: "the parts must add up to axis \(position)", left: sizes.map(\.description).joined(separator: " + "),
        right: "input \(input.shape)")
    }
    return sizes.map {
      var shape = input.shape
      shape[position] = $0
      return input.with(shape: shape)
    }
  }
}

/// Part of a tensor: along some axes the positions `start`, `start + step`, ... before `end`.
public struct Slice: OperatorSemantics {
  /// The positions kept along one axis; negative bounds count from the end, an absent end is the end.
  public struct Bounds: Hashable, Sendable {
    public var axis: Int
    public var start: Int
    public var end: Int?
    public var step: Int

    public init(axis: Int, start: Int = 0, end: Int? = nil, step: Int = 1) {
      self.axis = axis
      self.start = start
      self.end = end
      self.step = step
    }

    /// Number of positions kept of `size`. A size that holds symbols is taken to reach beyond both bounds, except that a
    /// bound beyond 32 bits is an end of the axis, as exporters write it.
    func count(of size: Dimension) -> Dimension {
      func clamp(_ bound: Int, _ size: Int) -> Int {
        let (sum, overflow) = bound < 0 ? bound.addingReportingOverflow(size) : (bound, false)
        let position = overflow ? 0 : sum
        return step > 0 ? Swift.min(Swift.max(position, 0), size) : Swift.min(Swift.max(position, -1), size - 1)
      }
      if let size = size.constant {
        let first = clamp(start, size)
        let last = end.map { clamp($0, size) } ?? (step > 0 ? size : -1)
        let distance = step > 0 ? Dimension(last) - first : Dimension(first) - last
        return Dimension.maximum(0, distance.ceilDivided(by: Dimension(step.magnitude.asInt).constant ?? Int.max))
      }
      func position(_ bound: Int) -> Dimension {
        if bound >= Int32.max { return step > 0 ? size : size - 1 }
        if bound <= Int32.min { return step > 0 ? 0 : -1 }
        return bound < 0 ? size + bound : Dimension(bound)
      }
      let first = position(start)
      let last = end.map(position) ?? (step > 0 ? size : -1)
      return step > 0 ? (last - first).ceilDivided(by: step) : (first - last).ceilDivided(by: 0 - step)
    }
  }

  public var bounds: [Bounds]

  public init(_ bounds: [Bounds]) {
    self.bounds = bounds
  }

  public var name: String { "Slice" }
  public var settings: String {
    bounds.map { "axis \($0.axis) \($0.start):\($0.end.map(String.init) ?? "")\($0.step == 1 ? "" : ":\($0.step)")" }
      .joined(separator: ", ")
  }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try single(inputs)
    var shape = input.shape
    for bound in bounds {
      guard bound.step != 0, bound.step != .min else {
        throw .setting("the step of a slice must not be zero", found: "\(bound.step)")
      }
      let position = try shape.position(of: bound.axis)
      shape[position] = bound.count(of: shape[position])
    }
    return [input.with(shape: shape)]
  }
}

extension UInt {
  fileprivate var asInt: Int { Int(clamping: self) }
}

/// Elements added before and after along each axis, or cut off where the number is negative.
public struct Pad: OperatorSemantics {
  public enum Mode: Hashable, Sendable {
    case constant(Double)
    case reflect, edge, wrap
  }

  /// Elements before and after, one pair per axis.
  public var before: [Int]
  public var after: [Int]
  public var mode: Mode

  public init(before: [Int], after: [Int], mode: Mode = .constant(0)) {
    self.before = before
    self.after = after
    self.mode = mode
  }

  public var name: String { "Pad" }
  public var settings: String {
    zip(before, after).map { "(\($0),\($1))" }.joined(separator: "x")
  }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try single(inputs)
    guard before.count == input.shape.rank, after.count == input.shape.rank else {
      throw .mismatch(
        rule: "one pair of paddings per axis", left: "\(before.count) pairs", right: "input \(input.shape)")
    }
    var shape = input.shape
    for axis in 0..<shape.rank {
      shape[axis] = shape[axis] + before[axis] + after[axis]
      if let value = shape[axis].constant, value < 0 {
        throw .mismatch(rule: "padding cuts off more than there is", left: settings, right: "input \(input.shape)")
      }
    }
    return [input.with(shape: shape)]
  }
}
