import SymbolicIntegers

/// The vocabulary of networks that treat a feature map as a sequence.
extension Feature {
  /// A tensor that the network's definition fixes.
  public func constant(
    _ name: String, _ values: FixedValues, _ shape: Shape = [], _ type: ElementType = .float32,
    origin: Origin = .module
  ) -> Feature {
    let source = Source(.constant, TensorType(shape, type), values: values)
    return builder.add(.source(source), to: [], name: name, origin: origin)[0]
  }

  /// A tensor of the model's state that the network's definition fixes.
  public func buffer(_ name: String, _ values: FixedValues, _ shape: Shape, _ type: ElementType = .float32) -> Feature {
    let source = Source(.parameter(.buffer), TensorType(shape, type), values: values)
    return builder.add(.source(source), to: [], name: name)[0]
  }

  /// Makes the tensors of the node that computed this the first of the current scope: the reference implementation
  /// registers a module's own tensors before those of its parts.
  public func registeredFirst() -> Feature {
    builder.registerFirst(self)
    return self
  }

  public func layerNorm(
    _ name: String, axes: LayerNorm.Axes = .trailing(count: 1), epsilon: Double, origin: Origin = .module
  ) -> Feature {
    apply(.layerNorm(LayerNorm(axes: axes, epsilon: epsilon)), name, origin)
  }

  public func softmax(_ name: String = "softmax", axis: Int = -1, origin: Origin = .function) -> Feature {
    apply(.softmax(Softmax(axis: axis)), name, origin)
  }

  // MARK: Order and shape

  /// The axes in another order: axis `i` of the result is axis `permutation[i]` of this.
  public func transposed(_ permutation: [Int], _ name: String = "permute", origin: Origin = .function) -> Feature {
    apply(.transpose(Transpose(permutation)), name, origin)
  }

  /// N x C x H x W to N x H x W x C.
  public func channelsLast(_ name: String = "permute", origin: Origin = .function) -> Feature {
    transposed([0, 2, 3, 1], name, origin: origin)
  }

  /// N x H x W x C to N x C x H x W.
  public func channelsFirst(_ name: String = "permute", origin: Origin = .function) -> Feature {
    transposed([0, 3, 1, 2], name, origin: origin)
  }

  public func reshaped(_ sizes: [Dimension], _ name: String = "reshape", origin: Origin = .function) -> Feature {
    apply(.view(.reshape(sizes.map { .size($0) })), name, origin)
  }

  public func squeezed(axis: Int, _ name: String = "squeeze") -> Feature {
    apply(.view(.squeeze(axes: [axis])), name, .function)
  }

  /// Equal parts along `axis`, which they must divide.
  public func split(_ parts: Int, axis: Int, _ name: String = "split") -> [Feature] {
    let size = shape.normalized(axis: axis).map { shape[$0].floorDivided(by: parts) } ?? 1
    let sizes = Array(repeating: size, count: parts)
    return builder.add(.split(Split(axis: axis, sizes: sizes)), to: [self], name: name, origin: .function)
  }

  /// Positions `start`, `start + step`, ... before `end` of `axis`.
  public func slice(axis: Int, from start: Int = 0, to end: Int? = nil, step: Int = 1) -> Feature {
    apply(.slice(Slice([Slice.Bounds(axis: axis, start: start, end: end, step: step)])), "slice", .function)
  }

  /// Zeros added behind the last position of axes; none where there is nothing to add.
  public func paddedBehind(_ counts: [Int]) -> Feature {
    guard counts.contains(where: { $0 != 0 }) else { return self }
    return apply(.pad(Pad(before: counts.map { _ in 0 }, after: counts)), "pad", .function)
  }

  /// Elements shifted cyclically along axes; this where all shifts are 0.
  public func rolled(_ shifts: [Int], axes: [Int]) -> Feature {
    guard shifts.contains(where: { $0 != 0 }) else { return self }
    return apply(.roll(Roll(shifts: shifts, axes: axes)), "roll", .function)
  }

  // MARK: Several tensors

  /// The matrix product over the last two axes.
  public func product(
    _ other: Feature, transposesRight: Bool = false, factor: Double = 1, _ name: String = "matmul"
  ) -> Feature {
    let product = MatrixProduct(transposesRight: transposesRight, factor: factor)
    return builder.add(.matrixProduct(product), to: [self, other], name: name, origin: .function)[0]
  }

  /// The slices of `axis` at positions that another tensor holds.
  public func gather(_ name: String, axis: Int, _ indices: Feature) -> Feature {
    builder.add(.gather(Gather(axis: axis)), to: [self, indices], name: name, origin: .function)[0]
  }
}
