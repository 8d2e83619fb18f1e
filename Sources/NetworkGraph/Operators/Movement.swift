import SymbolicIntegers

/// Axes in another order: output axis `i` is input axis `permutation[i]`.
public struct Transpose: OperatorSemantics {
  public var permutation: [Int]

  public init(_ permutation: [Int]) {
    self.permutation = permutation
  }

  public var name: String { "Transpose" }
  public var settings: String { permutation.map(String.init).joined(separator: ", ") }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try single(inputs)
    guard permutation.sorted() == Array(0..<input.shape.rank) else {
      throw .mismatch(rule: "a permutation names every axis once", left: settings, right: "input \(input.shape)")
    }
    return [input.with(shape: Shape(permutation.map { input.shape[$0] }))]
  }
}

/// Channels dealt out across groups: reshape to groups x (C / groups), transpose, flatten. Shape-preserving.
/// Source: Zhang et al. 2018, arXiv:1707.01083.
public struct ChannelShuffle: OperatorSemantics {
  public var groups: Int

  public init(groups: Int) {
    self.groups = groups
  }

  public var name: String { "ChannelShuffle" }
  public var settings: String { "groups \(groups)" }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try single(inputs)
    guard input.shape.rank >= 2 else { throw .rank(expected: "at least 2 axes (batch, channels)", found: input.shape) }
    try requireDivisible(input.shape[1], "channels", by: Dimension(groups))
    return inputs
  }
}

/// Squares of `block x block` positions moved into channels, or back.
/// Source: ONNX SpaceToDepth and DepthToSpace; PyTorch PixelUnshuffle and PixelShuffle.
public struct SpaceDepth: OperatorSemantics {
  public enum Direction: Hashable, Sendable {
    case spaceToDepth, depthToSpace
    /// Depth to space with channels ordered as PyTorch's PixelShuffle orders them.
    case pixelShuffle
  }

  public var direction: Direction
  public var block: Int

  public init(_ direction: Direction, block: Int) {
    self.direction = direction
    self.block = block
  }

  public var name: String { direction == .spaceToDepth ? "SpaceToDepth" : "DepthToSpace" }
  public var settings: String { "block \(block)" }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try single(inputs)
    guard input.shape.rank == 4 else { throw .rank(expected: "4 axes", found: input.shape) }
    guard block > 0 else { throw .setting("the block size must be positive", found: "\(block)") }
    let area = Dimension(block) * block
    var shape = input.shape
    if direction == .spaceToDepth {
      try requireDivisible(shape[2], "height", by: Dimension(block))
      try requireDivisible(shape[3], "width", by: Dimension(block))
      shape[1] *= area
      shape[2] = shape[2].floorDivided(by: block)
      shape[3] = shape[3].floorDivided(by: block)
    } else {
      try requireDivisible(shape[1], "channels", by: area)
      shape[1] = shape[1].floorDivided(by: area)
      shape[2] *= Dimension(block)
      shape[3] *= Dimension(block)
    }
    return [input.with(shape: shape)]
  }
}

/// Elements of the first input picked by indices: fixed ones, or those in a second input.
public struct Gather: OperatorSemantics {
  public enum Mode: Hashable, Sendable {
    /// Whole slices along `axis`: the axis is replaced by the shape of the indices.
    case slices
    /// Single elements along `axis`: the output has the shape of the indices.
    case elements
    /// Index tuples in the last axis of the indices (ONNX GatherND), after `batchAxes` shared leading axes.
    case tuples(batchAxes: Int)
  }

  public var axis: Int
  public var mode: Mode
  /// Fixed positions along the axis; nil when they are the second input.
  public var indices: [Int]?

  public init(axis: Int, indices: [Int]? = nil, mode: Mode = .slices) {
    self.axis = axis
    self.indices = indices
    self.mode = mode
  }

  public var name: String { "Gather" }
  public var settings: String { "axis \(axis)" }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let data = try known(inputs, 0)
    let source = data.shape
    if let indices {
      guard inputs.count == 1 else { throw .inputCount(expected: "1 input", found: inputs.count) }
      let position = try source.position(of: axis)
      if let size = source[position].constant, let wrong = indices.first(where: { $0 >= size || $0 < -size }) {
        throw .mismatch(rule: "an index lies outside its axis", left: "index \(wrong)", right: "\(source)")
      }
      var shape = source
      shape[position] = Dimension(indices.count)
      return [data.with(shape: shape)]
    }
    guard inputs.count == 2 else { throw .inputCount(expected: "2 inputs", found: inputs.count) }
    let picked = try known(inputs, 1).shape
    switch mode {
    case .slices:
      let position = try source.position(of: axis)
      return [
        data.with(
          shape: Shape(source.dimensions[..<position] + picked.dimensions + source.dimensions[(position + 1)...]))
      ]
    case .elements:
      guard picked.rank == source.rank else {
        throw .mismatch(rule: "data and indices have the same rank", left: "\(source)", right: "\(picked)")
      }
      return [data.with(shape: picked)]
    case .tuples(let batchAxes):
      guard let length = picked.dimensions.last?.constant, batchAxes >= 0, batchAxes < picked.rank, length >= 0,
        length <= source.rank - batchAxes
      else {
        throw .mismatch(rule: "index tuples must fit the data", left: "\(picked)", right: "\(source)")
      }
      return [
        data.with(shape: Shape(picked.dimensions.dropLast() + source.dimensions.dropFirst(batchAxes + length)))
      ]
    }
  }
}

/// A copy of the first input with parts of it, which the second input names, replaced by those of the third or combined
/// with them. Source: ONNX operator specification, ScatterElements and ScatterND.
public struct Scatter: OperatorSemantics {
  public enum Mode: Hashable, Sendable {
    /// Single elements: each at the place of its index, but along `axis` where the index says.
    case elements(axis: Int)
    /// Slices at the index tuples in the last axis of the indices.
    case tuples
  }

  /// What happens where a part is written to.
  public enum Reduction: Hashable, Sendable, CaseIterable {
    /// The new part takes the old one's place; of several at one place the last one stays.
    case replace
    case add, multiply, minimum, maximum
  }

  public var mode: Mode
  public var reduction: Reduction

  public init(_ mode: Mode, reduction: Reduction = .replace) {
    self.mode = mode
    self.reduction = reduction
  }

  public var name: String { "Scatter" }

  public var settings: String {
    let place =
      switch mode {
      case .elements(let axis): "axis \(axis)"
      case .tuples: "tuples"
      }
    return switch reduction {
    case .replace: place
    case .add: place + ", added"
    case .multiply: place + ", multiplied"
    case .minimum: place + ", minimum"
    case .maximum: place + ", maximum"
    }
  }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard inputs.count == 3 else { throw .inputCount(expected: "3 inputs", found: inputs.count) }
    let data = try known(inputs, 0)
    let (target, places, parts) = (data.shape, try known(inputs, 1).shape, try known(inputs, 2).shape)
    switch mode {
    case .elements(let axis):
      let axis = try target.position(of: axis)
      guard places.rank == target.rank, places.mayEqual(parts) else {
        throw .mismatch(
          rule: "indices and updates have one shape, of as many axes as the data", left: "\(places) and \(parts)",
          right: "\(target)")
      }
      for other in 0..<target.rank where other != axis {
        guard let size = target[other].constant, let count = places[other].constant, count > size else { continue }
        throw .mismatch(rule: "the indices fit into the data", left: "\(places)", right: "\(target)")
      }
    case .tuples:
      guard let length = places.dimensions.last?.constant, length >= 0, length <= target.rank else {
        throw .mismatch(rule: "index tuples must fit the data", left: "\(places)", right: "\(target)")
      }
      guard parts.mayEqual(Shape(places.dimensions.dropLast() + target.dimensions.dropFirst(length))) else {
        throw .mismatch(
          rule: "one slice of the data for each index tuple", left: "\(parts)", right: "\(places) in \(target)")
      }
    }
    return [data]
  }

  public func arithmetic(for inputs: [TensorType], producing outputs: [TensorType]) -> Arithmetic {
    guard reduction != .replace else { return .none }
    var work = Arithmetic(.elementwise)
    let updates = inputs[2].shape.elementCount
    work.inputElements = inputs[0].shape.elementCount
    work.outputElements = outputs[0].shape.elementCount
    switch reduction {
    case .replace: break
    case .add: work.additions = updates
    case .multiply: work.multiplications = updates
    case .minimum, .maximum: work.comparisons = updates
    }
    return work
  }
}

extension Shape {
  /// Whether two shapes are not known to differ: sides that hold symbols may be equal however they are written.
  fileprivate func mayEqual(_ other: Shape) -> Bool {
    rank == other.rank
      && zip(dimensions, other.dimensions).allSatisfy { $0 == $1 || !$0.isConstant || !$1.isConstant }
  }
}

/// Repetition along axes of size 1 up to a shape that the input broadcasts to.
public struct Expand: OperatorSemantics {
  public var shape: Shape

  public init(to shape: Shape) {
    self.shape = shape
  }

  public var name: String { "Expand" }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try single(inputs)
    return [input.with(shape: try broadcast([input.shape, shape]))]
  }
}

/// Whole copies of a tensor side by side: axis `i` grows by the factor `repeats[i]`.
public struct Tile: OperatorSemantics {
  public var repeats: [Dimension]

  public init(repeats: [Dimension]) {
    self.repeats = repeats
  }

  public var name: String { "Tile" }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try single(inputs)
    guard repeats.count == input.shape.rank else {
      throw .mismatch(rule: "one repeat per axis", left: "\(repeats.count) repeats", right: "input \(input.shape)")
    }
    return [input.with(shape: Shape(zip(input.shape.dimensions, repeats).map { $0 * $1 }))]
  }
}

/// Elements shifted cyclically along axes. Shape-preserving.
public struct Roll: OperatorSemantics {
  public var shifts: [Int]
  public var axes: [Int]

  public init(shifts: [Int], axes: [Int]) {
    self.shifts = shifts
    self.axes = axes
  }

  public var name: String { "Roll" }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try single(inputs)
    guard shifts.count == axes.count else {
      throw .mismatch(rule: "one shift per axis", left: "\(shifts.count) shifts", right: "\(axes.count) axes")
    }
    for axis in axes { _ = try input.shape.position(of: axis) }
    return inputs
  }
}
