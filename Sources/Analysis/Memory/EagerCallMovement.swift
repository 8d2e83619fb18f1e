import NetworkGraph
import SymbolicIntegers

/// Operators that move elements.
extension EagerRules {
  /// Views share the storage of their input. A reshape that its layout does not allow copies.
  func view(_ operation: Operator, _ inputs: [EagerOperand], _ output: TensorType) -> EagerCall {
    let input = inputs[0]
    let shape = input.type.shape
    var layout = input.layout ?? EagerLayout(rowMajor: shape)
    switch operation {
    case .view:
      guard input.layout != nil else { return EagerCall(output: .shared(input: 0, nil)) }
      guard let viewed = layout.viewed(shape, as: output.shape) else { return EagerCall() }
      layout = viewed
    case .transpose(let transpose): layout = layout.permuted(transpose.permutation)
    case .slice(let slice):
      for bound in slice.bounds {
        if let axis = shape.normalized(axis: bound.axis) { layout.strides[axis] *= bound.step }
      }
    case .expand: layout = layout.expanded(shape, to: output.shape)
    default: break
    }
    return EagerCall(output: .shared(input: 0, layout))
  }

  /// Keeps the indices.
  func gather(_ gather: Gather) -> EagerCall {
    if let indices = gather.indices { return EagerCall(kept: [.extra(Dimension(indices.count) * Self.indexBytes)]) }
    return EagerCall(kept: [.input(1)])
  }
}

extension EagerLayout {
  /// The layout after axes of size 1 are repeated by reading them again, and new axes are put in front.
  func expanded(_ old: Shape, to new: Shape) -> EagerLayout {
    let added = new.rank - old.rank
    guard added >= 0 else { return self }
    var result = EagerLayout(rowMajor: new)
    for axis in 0..<new.rank {
      let source = axis - added
      result.strides[axis] = source >= 0 && old[source] == new[axis] ? strides[source] : 0
    }
    result.order = Array(0..<added) + order.map { $0 + added }
    return result
  }
}
