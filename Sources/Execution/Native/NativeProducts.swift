import CKernels
import NetworkGraph

/// Fully connected layers and matrix products, on the same sums as convolutions.
extension NativePlanner {
  func planLinear(_ operation: Linear, _ node: Node) throws(ExecutionError) -> Bool {
    let shape = shape(of: node.inputs[0])
    let axis = shape.count - 1
    guard axis > 0, !shape.contains(0), let stored = node.parameters.first,
      let values = state.values(ofParameter: stored)?.baseAddress, let outputs = operation.outputFeatures.constant,
      let input = try blocked(node.inputs[0], axis: axis)
    else { return false }
    let features = shape[axis]
    let layer = try productLayer(node, bias: outputs, axis: axis)
    let isInputMajor = operation.weightIsInputMajor
    let weights = WeightTensor(
      values: values, outputs: outputs, inputs: features, taps: 1, outputStride: isInputMajor ? 1 : features,
      inputStride: isInputMajor ? outputs : 1)
    let order = SumOrder(
      channels: features, lanes: lanes, blockStride: input.layout.blockStride, tapOffsets: [0])
    var arguments = CKConvolution()
    (arguments.batch, arguments.lines) = (input.layout.batch, 1)
    (arguments.columns, arguments.inputColumn, arguments.inputBatch) =
      (input.layout.pixels, lanes, input.layout.batchStride)
    if input.layout.pixels == 1, layer.folded.epilogue.operations.isEmpty, layer.folded.residual == nil {
      // All samples use each panel of weights while it is near.
      (arguments.batch, arguments.columns) = (1, input.layout.batch)
      arguments.inputColumn = input.layout.batchStride
      arguments.outputColumn = layer.output.layout.batchStride
    }
    addSums(
      "product", "each row of features", arguments, order, weights, from: (input.storage, input.layout.offset), layer)
    return true
  }

  /// `left x right` where both are computed: the right operand is packed as weights are.
  ///
  /// The output lies in row-major order, each row padded to whole vectors.
  func planMatrixProduct(_ operation: MatrixProduct, _ node: Node) throws(ExecutionError) -> Bool {
    let shapes = node.inputs.map { shape(of: $0) }
    guard operation.factor == 1, shapes.allSatisfy({ $0.count >= 2 && !$0.contains(0) }),
      shapes[0].dropLast(2) == shapes[1].dropLast(2), let left = try matrix(node.inputs[0], operation.transposesLeft),
      let right = try matrix(node.inputs[1], operation.transposesRight)
    else { return false }
    var rows = left
    if left.innerStride != 1 || operation.transposesLeft {
      guard !operation.transposesLeft, let copy = try matrix(node.inputs[0], false, isCopied: true) else {
        return false
      }
      rows = copy
    }
    let (kernels, lanes) = (kernels, lanes)
    let (inner, columns) = (left.columns, right.columns)
    let blocks = (columns + lanes - 1) / lanes
    let pitch = blocks * lanes
    let batch = left.batch
    let packed = buffer(batch * pitch * inner)
    add([], "pack a matrix", "as weights are packed", [right.storage, packed]) { binder in
      var matrix = CKMatrix()
      matrix.input = UnsafePointer(binder.pointer(right.storage, right.offset))
      matrix.output = binder.pointer(packed)
      (matrix.batch, matrix.inner, matrix.columns) = (batch, inner, columns)
      (matrix.inputBatch, matrix.innerStride, matrix.columnStride) =
        (right.batchStride, right.outerStride, right.innerStride)
      return binder.task(kernels.packMatrix, matrix) { ck_matrix_jobs($0, lanes) }
    }
    let value = Value(node: node.id)
    let output = buffer(batch * left.rows * pitch)
    var layout = StridedLayout(Array(shape(of: value).dropLast()) + [pitch])
    layout.shape[layout.shape.count - 1] = columns
    self[value] = NativePlace(storage: output, layout: .strided(layout))
    let order = SumOrder(channels: inner, lanes: lanes, blockStride: lanes, tapOffsets: [0])
    var arguments = CKConvolution()
    (arguments.batch, arguments.lines, arguments.columns) = (batch, 1, left.rows)
    (arguments.inputBatch, arguments.inputColumn) = (rows.batchStride, rows.outerStride)
    (arguments.outputBatch, arguments.outputColumn, arguments.outputBlock) = (left.rows * pitch, pitch, lanes)
    arguments.weightBatch = pitch * inner
    let panels = Panels(blocks: blocks, inputBlocks: (inner + lanes - 1) / lanes)
    order.describe(&arguments, panels, memory, lanes: lanes)
    arguments.bias = UnsafePointer(memory.floats(pitch + lanes))
    arguments.divide(rows: kernels.rows, lanes: lanes, inputsPerColumn: inner, threads: threads)
    let layer = arguments
    let source = rows
    add([node.id], "matrix product", "both operands are computed", [source.storage, packed, output]) { binder in
      var bound = layer
      bound.input = UnsafePointer(binder.pointer(source.storage, source.offset))
      bound.weights = UnsafePointer(binder.pointer(packed))
      bound.output = binder.pointer(output)
      bound.epilogue = Epilogue().bound(binder)
      return binder.task(kernels.convolution, bound) { ck_convolution_jobs($0) }
    }
    return true
  }

  /// Matrices one after the other.
  private struct Matrices {
    var storage: NativeStorage
    var offset: Int
    var batch: Int
    var batchStride: Int
    /// Rows by columns as the product takes them, and the strides of these axes.
    var rows: Int
    var columns: Int
    var outerStride: Int
    var innerStride: Int
  }

  /// A value as matrices; copied where its leading axes have no common stride.
  private func matrix(
    _ value: Value, _ isTransposed: Bool, isCopied: Bool = false
  ) throws(ExecutionError) -> Matrices? {
    var place = try strided(value)
    var leading = place.layout.leadingStride
    if leading == nil || isCopied {
      place = try contiguous(value)
      leading = place.layout.leadingStride
    }
    guard let leading else { return nil }
    let layout = place.layout
    let rank = layout.shape.count
    let (outer, inner) = isTransposed ? (rank - 1, rank - 2) : (rank - 2, rank - 1)
    return Matrices(
      storage: place.storage, offset: layout.offset, batch: layout.shape.dropLast(2).reduce(1, *), batchStride: leading,
      rows: layout.shape[outer], columns: layout.shape[inner], outerStride: layout.strides[outer],
      innerStride: layout.strides[inner])
  }
}

extension StridedLayout {
  /// The stride that takes all axes but the last two as one; nil where there is none.
  fileprivate var leadingStride: Int? {
    let axes = shape.indices.dropLast(2).filter { shape[$0] != 1 }
    for (outer, inner) in zip(axes, axes.dropFirst()) where strides[outer] != strides[inner] * shape[inner] {
      return nil
    }
    return axes.last.map { strides[$0] } ?? 0
  }
}
