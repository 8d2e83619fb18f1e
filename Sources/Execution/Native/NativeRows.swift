import CKernels
import NetworkGraph

/// Softmax, layer norm and division by the Euclidean norm.
extension NativePlanner {
  func planLayerNorm(_ operation: LayerNorm, _ node: Node) throws(ExecutionError) -> Bool {
    let shape = shape(of: node.inputs[0])
    let axis: Int
    switch operation.axes {
    case .channels: axis = 1
    case .trailing(count: 1): axis = shape.count - 1
    case .trailing: return false
    }
    guard node.inputs.count == 1, !operation.givesStatistics, let input = try blocked(node.inputs[0], axis: axis) else {
      return false
    }
    let output = newBlocked(Value(node: node.id), axis: axis)
    var rows = rows(input.layout, to: output.layout)
    func factors(_ name: String) -> UnsafePointer<Float>? {
      parameter(name, of: node).map { UnsafePointer(memory.perChannel($0.map(Double.init), lanes: lanes)) }
    }
    (rows.weight, rows.bias, rows.epsilon) = (factors("weight"), factors("bias"), Float(operation.epsilon))
    addRows(
      node, "layer norm", kernels.layerNorm, rows, (input.storage, input.layout.offset),
      (output.storage, output.layout.offset))
    return true
  }

  func planSoftmax(_ operation: Softmax, _ node: Node) throws(ExecutionError) -> Bool {
    let shape = shape(of: node.inputs[0])
    let axis = operation.axis < 0 ? operation.axis + shape.count : operation.axis
    guard !operation.logarithm, !shape.contains(0), let place = self[node.inputs[0]] else { return false }
    switch place.layout {
    case .blocked(let layout):
      guard axis == layout.axis else { return false }
      let output = newBlocked(Value(node: node.id), axis: axis)
      addRows(
        node, "softmax", kernels.softmax, rows(layout, to: output.layout), (place.storage, layout.offset),
        (output.storage, output.layout.offset))
    case .strided(let layout):
      // Rows one after the other, each without gaps.
      guard axis == shape.count - 1, layout.strides[axis] == 1 || shape[axis] == 1 else { return false }
      guard let rowStride = layout.rowStride else { return false }
      let output = newStrided(Value(node: node.id))
      var rows = CKRows()
      (rows.batch, rows.count) = (1, shape[axis])
      rows.rows = shape.dropLast().reduce(1, *)
      (rows.inputRow, rows.inputBlock) = (rowStride, lanes)
      (rows.outputRow, rows.outputBlock) = (shape[axis], lanes)
      rows.rowsPerJob = 64
      addRows(node, "softmax", kernels.softmax, rows, (place.storage, layout.offset), (output.storage, 0))
    }
    return true
  }

  func planUnitNormalization(_ operation: UnitNormalization, _ node: Node) throws(ExecutionError) -> Bool {
    let shape = shape(of: node.inputs[0])
    let axis = operation.axis < 0 ? operation.axis + shape.count : operation.axis
    guard let input = try blocked(node.inputs[0], axis: axis) else { return false }
    let output = newBlocked(Value(node: node.id), axis: axis)
    var rows = rows(input.layout, to: output.layout)
    rows.epsilon = Float(operation.epsilon)
    addRows(
      node, "unit norm", kernels.unitNorm, rows, (input.storage, input.layout.offset),
      (output.storage, output.layout.offset))
    return true
  }

  private func rows(_ input: BlockedLayout, to output: BlockedLayout) -> CKRows {
    var rows = CKRows()
    (rows.batch, rows.rows, rows.count) = (input.batch, input.pixels, input.channels)
    (rows.inputBatch, rows.inputRow, rows.inputBlock) = (input.batchStride, lanes, input.blockStride)
    (rows.outputBatch, rows.outputRow, rows.outputBlock) = (output.batchStride, lanes, output.blockStride)
    rows.rowsPerJob = 64
    return rows
  }

  private func addRows(
    _ node: Node, _ name: String, _ job: @escaping CKJob, _ rows: CKRows,
    _ input: (storage: NativeStorage, offset: Int),
    _ output: (storage: NativeStorage, offset: Int)
  ) {
    let isAlike =
      (rows.inputBatch, rows.inputRow, rows.inputBlock) == (rows.outputBatch, rows.outputRow, rows.outputBlock)
    let inPlace = input.offset == output.offset && isAlike ? NativeStep.InPlace(input.storage, output.storage) : nil
    add([node.id], name, "rows of \(rows.count)", [input.storage, output.storage], inPlace: inPlace) { binder in
      var bound = rows
      bound.input = UnsafePointer(binder.pointer(input.storage, input.offset))
      bound.output = binder.pointer(output.storage, output.offset)
      return binder.task(job, bound) { ck_rows_jobs($0) }
    }
  }
}

extension StridedLayout {
  /// The stride that takes all axes but the last as one; nil where there is none.
  fileprivate var rowStride: Int? {
    let axes = shape.indices.dropLast().filter { shape[$0] != 1 }
    for (outer, inner) in zip(axes, axes.dropFirst()) where strides[outer] != strides[inner] * shape[inner] {
      return nil
    }
    return axes.last.map { strides[$0] } ?? 0
  }
}
