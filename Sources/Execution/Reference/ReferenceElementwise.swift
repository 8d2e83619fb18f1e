import NetworkGraph

/// `function` of every element.
func mapping(_ step: Step, _ function: @escaping (Float) -> Float) -> ReferenceKernel {
  let (input, output) = (step.input, step.output)
  let walk = Walk([input.layout, output.layout])
  let (from, to) = (walk.rowStrides[0], walk.rowStrides[1])
  return ReferenceKernel { _ in
    walk.rows { at in
      for index in 0..<walk.rowCount {
        output.base[at[1] + index * to] = function(input.base[at[0] + index * from])
      }
    }
  } mark: { marks in
    marks.spread(from: output, to: input)
  }
}

/// `function` of an element and of those of other tensors that broadcast to it.
func combining(
  _ step: Step, _ others: [TensorView], _ function: @escaping (Double, UnsafeBufferPointer<Double>) -> Double
) -> ReferenceKernel {
  let (input, output) = (step.input, step.output)
  let layouts = [output, input] + others
  let walk = Walk(layouts.map { $0.layout.expanded(to: output.shape) })
  return ReferenceKernel { _ in
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(others.count, 1)) { values in
      walk.rows { at in
        for index in 0..<walk.rowCount {
          for other in others.indices {
            values[other] = Double(others[other].base[at[other + 2] + index * walk.rowStrides[other + 2]])
          }
          let first = Double(input.base[at[1] + index * walk.rowStrides[1]])
          output.base[at[0] + index * walk.rowStrides[0]] = Float(function(first, UnsafeBufferPointer(values)))
        }
      }
    }
  } mark: { marks in
    for operand in [input] + others {
      marks.spread(
        from: output, to: TensorView(base: operand.base, layout: operand.layout.expanded(to: output.shape)))
    }
  }
}

func activation(_ operation: Activation, _ step: Step) throws(ExecutionError) -> ReferenceKernel {
  if let function = operation.function.scalar { return mapping(step) { Float(function(Double($0))) } }
  guard var slope = step.operand("weight", orInput: 1) else {
    throw .unsupported(node: step.path, reason: "it has no slope")
  }
  // One slope per channel is written C; it lies along axis 1.
  if slope.shape.count == 1, step.input.shape.count > 1, slope.shape[0] == step.input.shape[1] {
    slope = slope.along(axis: 1, of: step.input.shape.count)
  }
  return combining(step, [slope]) { value, others in value >= 0 ? value : value * others[0] }
}

func elementwise(_ operation: Elementwise, _ step: Step) throws(ExecutionError) -> ReferenceKernel {
  let isInteger = !step.inputTypes[0].elementType.isFloatingPoint
  if let function = operation.function.unary { return mapping(step) { Float(function(Double($0))) } }
  if operation.function == .where {
    return combining(step, Array(step.inputs.dropFirst())) { condition, others in
      condition != 0 ? others[0] : others[1]
    }
  }
  guard let function = operation.function.binary(isInteger: isInteger) else {
    throw .unsupported(node: step.path, reason: operation.function.rawValue)
  }
  let divisor = operation.function == .mean ? Double(step.inputs.count) : 1
  return combining(step, Array(step.inputs.dropFirst())) { first, others in
    others.reduce(first, function) / divisor
  }
}

func scale(_ operation: Scale, _ step: Step) throws(ExecutionError) -> ReferenceKernel {
  let rank = step.input.shape.count
  let axis = operation.axis < 0 ? operation.axis + rank : operation.axis
  guard let weight = step.parameters[operation.bias ? "weight" : ""] else {
    throw .unsupported(node: step.path, reason: "it has no factors")
  }
  let factors = [weight, step.parameters["bias"]].compactMap { $0?.along(axis: axis, of: rank) }
  return combining(step, factors) { value, others in
    value * others[0] + (others.count > 1 ? others[1] : 0)
  }
}

extension TensorView {
  /// A vector, whatever axes of size 1 it is written with, seen along one axis of a tensor with `rank` axes.
  func along(axis: Int, of rank: Int) -> TensorView {
    var shape = Array(repeating: 1, count: rank)
    shape[axis] = count
    return TensorView(base: base, layout: layout.reshaped(shape) ?? layout)
  }
}
