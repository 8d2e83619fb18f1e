import NetworkGraph
import SymbolicIntegers

/// Operators that slide windows or hold weights.
extension EagerRules {
  /// Keeps its input, or the padded copy of it, and a weight that is computed.
  func convolution(_ inputs: [EagerOperand], _ operation: Convolution, trains: Bool) -> EagerCall {
    let (input, window) = (inputs[0], operation.slidingWindow)
    var call = EagerCall(output: .fresh(channelsLast(input, input.type.shape)), kept: keptOperands(inputs))
    if let copy = paddedBytes(input.type, window) {
      call.scratch = copy
      call.kept[0] = .extra(copy)
    }
    if let standardization = operation.standardization, inputs.count == 1 {
      // The standardised weight; mean and deviation of each output channel, and its gain times the factor.
      var weight = operation.outputChannels * input.type.shape[1].floorDivided(by: operation.groups)
      weight *= window.kernelElements * elementBytes(input.type.elementType)
      let statistics = operation.outputChannels * (Self.statisticBytes * (standardization.gain ? 3 : 2))
      call.scratch += weight
      call.kept += trains ? [.extra(weight), .extra(statistics)] : [.extra(weight)]
    }
    return call
  }

  /// All operands: each is a factor in the gradient of another.
  func keptOperands(_ inputs: [EagerOperand]) -> [EagerCall.Kept] {
    inputs.prefix(2).indices.map { .input($0) }
  }

  /// Bytes of the copy that padding makes where the kernel cannot pad itself: more on one side than on the other, or
  /// by an amount that depends on the input (SAME with a stride), then even where it turns out to be 0. nil where there
  /// is none.
  func paddedBytes(_ type: TensorType, _ window: Window) -> Dimension? {
    guard type.shape.rank == window.axes.count + 2 else { return nil }
    let isCopied = window.axes.contains { axis in
      window.padding == .explicit
        ? axis.before != axis.after : axis.stride != 1 || axis.kernel % 2 == 0 && axis.dilation % 2 == 1
    }
    guard isCopied else { return nil }
    var shape = type.shape
    for index in window.axes.indices {
      let padding = window.padding(shape[index + 2], axis: index)
      shape[index + 2] += padding.before + padding.after
    }
    return bytes(type.with(shape: shape))
  }

  /// Keeps its input; maxima also a 64-bit index for every output, which inference allocates too.
  func pool(_ pool: Pool, _ inputs: [EagerOperand], _ output: TensorType) -> EagerCall {
    let copy = paddedBytes(inputs[0].type, pool.slidingWindow)
    // Indices that are an output are counted as that.
    let indices = pool.givesIndices ? nil : indexBytes(of: pool.kind, output)
    let first = copy.map { EagerCall.Kept.extra($0) } ?? .input(0)
    return EagerCall(
      output: .fresh(channelsLast(inputs[0], output.shape)), scratch: (copy ?? 0) + (indices ?? 0),
      kept: indices.map { [first, .extra($0)] } ?? [first])
  }

  /// Averages over the whole map are a mean, which keeps nothing.
  func adaptivePool(_ pool: AdaptivePool, _ inputs: [EagerOperand], _ output: TensorType) -> EagerCall {
    if case .average = pool.kind, pool.isGlobal { return EagerCall() }
    guard let indices = indexBytes(of: pool.kind, output) else { return EagerCall(kept: [.input(0)]) }
    return EagerCall(scratch: indices, kept: [.input(0), .extra(indices)])
  }

  /// Bytes of the positions of maxima; nil for a pool of another kind.
  private func indexBytes(of kind: PoolKind, _ output: TensorType) -> Dimension? {
    guard case .maximum = kind else { return nil }
    return output.shape.elementCount * Self.indexBytes
  }

  /// Keeps its input where its weight is trained; a copy of it where positions do not lie behind one another.
  func linear(_ inputs: [EagerOperand], trains: Bool) -> EagerCall {
    let input = inputs[0]
    guard let copy = flattenedBytes(input) else { return EagerCall(kept: trains ? [.input(0)] : []) }
    return EagerCall(scratch: copy, kept: trains ? [.extra(copy)] : [])
  }

  private func flattenedBytes(_ input: EagerOperand) -> Dimension? {
    let shape = input.type.shape
    guard shape.rank > 2, let layout = input.layout else { return nil }
    let rows = Shape([Dimension.product(shape.dimensions.dropLast()), shape[shape.rank - 1]])
    return layout.viewed(shape, as: rows) == nil ? bytes(input.type) : nil
  }

  /// Keeps each operand whose counterpart needs a gradient, as a batch of matrices; what does not lie so is copied first.
  func matrixProduct(_ product: MatrixProduct, _ inputs: [EagerOperand]) -> EagerCall {
    var call = EagerCall()
    var operands = inputs
    var isScaled = false
    if product.factor != 1, let first = operands.first {
      // The factor is applied to the left operand, into a tensor of its own.
      call.scratch = bytes(first.type)
      operands[0].layout = dense(first)
      isScaled = true
    }
    let transposed = [product.transposesLeft, product.transposesRight]
    for (index, operand) in operands.prefix(2).enumerated() {
      let isFactor = operands.indices.contains(1 - index) && operands[1 - index].needsGradient
      if let copy = batchedBytes(operand, isTransposed: transposed[index]) {
        call.scratch += copy
        if isFactor { call.kept.append(.extra(copy)) }
      } else if !isFactor {
        continue
      } else if index == 0, isScaled {
        call.kept.append(.extra(bytes(operand.type)))
      } else {
        call.kept.append(.input(index))
      }
    }
    return call
  }

  private func batchedBytes(_ operand: EagerOperand, isTransposed: Bool) -> Dimension? {
    let shape = operand.type.shape
    guard shape.rank > 3 else { return nil }
    var layout = operand.layout ?? EagerLayout(rowMajor: shape)
    var seen = shape
    if isTransposed {
      let axes = Array(0..<shape.rank - 2) + [shape.rank - 1, shape.rank - 2]
      layout = layout.permuted(axes)
      seen = Shape(axes.map { shape[$0] })
    }
    let batch = Dimension.product(seen.dimensions.dropLast(2))
    let matrices = Shape([batch] + seen.dimensions.suffix(2))
    return layout.viewed(seen, as: matrices) == nil ? bytes(operand.type) : nil
  }

  /// Softmax of scores times values in one kernel, whose scores are never stored: keeps queries, keys, values, its
  /// output, and for each query the logarithm of the sum of exponentials.
  ///
  /// Source: Dao et al. 2022, arXiv:2205.14135; PyTorch's `scaled_dot_product_attention`.
  func fusedAttention(_ queries: EagerOperand, _ output: TensorType) -> EagerCall {
    let sums = queries.type.shape.elementCount.floorDivided(by: queries.type.shape[3]) * Self.statisticBytes
    let layout = EagerLayout(dense: output.shape, order: [0, 2, 1, 3]).unlessRowMajor(output.shape)
    return EagerCall(
      output: .fresh(layout), scratch: sums, kept: [.input(0), .input(1), .input(2), .output, .extra(sums)])
  }
}
