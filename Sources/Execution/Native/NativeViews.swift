import NetworkGraph

/// Operators that move nothing: their outputs are other values' storage.
extension NativePlanner {
  /// - Returns: false where no layout says it, so that the elements must be copied.
  func planView(_ node: Node) throws(ExecutionError) -> Bool {
    if scattered[node.inputs[0]] != nil, try planScatteredSplit(node) { return true }
    guard let place = self[node.inputs[0]] else { return false }
    switch place.layout {
    case .blocked(let layout):
      if let views = blockedViews(of: layout, by: node) {
        for (output, view) in views.enumerated() {
          self[Value(node: node.id, output: output)] = NativePlace(storage: place.storage, layout: .blocked(view))
        }
        return true
      }
      if try planScatteredSplit(node) { return true }
    case .strided: break
    }
    var input = try strided(node.inputs[0])
    // A view of rows with gaps needs a copy without.
    if case .view = node.operation, input.layout.reshaped(node.outputs[0].shape.sizes) == nil {
      input = try contiguous(node.inputs[0])
    }
    guard let views = stridedViews(of: input.layout, by: node) else { return false }
    for (output, view) in views.enumerated() {
      self[Value(node: node.id, output: output)] = NativePlace(storage: input.storage, layout: .strided(view))
    }
    return true
  }

  private func blockedViews(of layout: BlockedLayout, by node: Node) -> [BlockedLayout]? {
    switch node.operation {
    case .identity: return [layout]
    case .view: return layout.reshaped(node.outputs[0].shape.sizes).map { [$0] }
    case .transpose(let transpose): return layout.transposed(transpose.permutation).map { [$0] }
    case .split(let split):
      guard (split.axis < 0 ? split.axis + layout.shape.count : split.axis) == layout.axis else { return nil }
      var parts: [BlockedLayout] = []
      var start = 0
      for size in Shape(split.sizes).sizes {
        guard let part = layout.channels(from: start, count: size) else { return nil }
        parts.append(part)
        start += size
      }
      return parts
    default: return nil
    }
  }

  private func stridedViews(of layout: StridedLayout, by node: Node) -> [StridedLayout]? {
    switch node.operation {
    case .identity: [layout]
    case .view: layout.reshaped(node.outputs[0].shape.sizes).map { [$0] }
    case .transpose(let transpose): [layout.transposed(transpose.permutation)]
    case .expand: [layout.expanded(to: node.outputs[0].shape.sizes)]
    case .split(let split): layout.split(split)
    case .slice(let slice): [layout.sliced(slice)]
    default: nil
    }
  }
}
