import NetworkGraph

func batchNorm(_ operation: BatchNorm, _ step: Step) throws(ExecutionError) -> ReferenceKernel {
  let rank = step.input.shape.count
  guard let mean = step.operand("running_mean", orInput: 3), let variance = step.operand("running_var", orInput: 4)
  else { throw .unsupported(node: step.path, reason: "it has no statistics") }
  let affine = [step.operand("weight", orInput: 1), step.operand("bias", orInput: 2)].compactMap { $0 }
  let operands = ([mean, variance] + affine).map { $0.along(axis: 1, of: rank) }
  return combining(step, operands) { value, others in
    let normalized = (value - others[0]) / (others[1] + operation.epsilon).squareRoot()
    return others.count > 2 ? normalized * others[2] + others[3] : normalized
  }
}

func layerNorm(_ operation: LayerNorm, _ step: Step) -> ReferenceKernel {
  let rank = step.input.shape.count
  var weight = step.operand("weight", orInput: 1)
  var bias = step.operand("bias", orInput: operation.weight ? 2 : 1)
  let axes = Array(operation.normalizedAxes(ofRank: rank))
  if operation.axes == .channels {
    weight = weight?.along(axis: 1, of: rank)
    bias = bias?.along(axis: 1, of: rank)
  }
  let values = standardizing(step, together: axes, epsilon: operation.epsilon, weight, bias)
  guard operation.givesStatistics else { return values }
  let statistics = statistics(step, along: axes, epsilon: operation.epsilon)
  return ReferenceKernel { tally in
    values.run(&tally)
    statistics.run(&tally)
  } mark: { marks in
    values.mark(marks)
    statistics.mark(marks)
  }
}

/// The second and third output of a layer norm: each slice's mean, and the reciprocal of its deviation.
private func statistics(_ step: Step, along axes: [Int], epsilon: Double) -> ReferenceKernel {
  let input = step.input
  let outputs = step.outputs.dropFirst().map {
    TensorView(base: $0.base, layout: $0.layout.expanded(to: input.shape))
  }
  let (mean, factor) = (outputs[0], outputs[1])
  let slices = Slices([input.layout, mean.layout, factor.layout], along: axes)
  return ReferenceKernel { _ in
    slices.forEach { inside, at in
      let (average, variance) = moments(of: input.base + at[0], inside)
      mean.base[at[1]] = Float(average)
      factor.base[at[2]] = Float(1 / (variance + epsilon).squareRoot())
    }
  } mark: { marks in
    for output in outputs {
      marks.spread(within: Slices([input.layout, output.layout], along: axes), from: output, to: input)
    }
  }
}

func groupNorm(_ operation: GroupNorm, _ step: Step) -> ReferenceKernel {
  let channels = step.input.shape[1]
  let groups = operation.groups?.constant ?? channels
  // N x groups x (C / groups) x spatial: all axes from the third on are normalised together.
  func cut(_ view: TensorView) -> TensorView {
    TensorView(base: view.base, layout: view.layout.splittingAxis(1, into: [groups, channels / max(groups, 1)]))
  }
  let rank = step.input.shape.count + 1
  func factors(_ view: TensorView?) -> TensorView? {
    guard let view else { return nil }
    // One for each group, or one for each channel.
    if view.count == groups, view.count != channels { return view.along(axis: 1, of: rank) }
    let shape = [1, groups, channels / max(groups, 1)] + Array(repeating: 1, count: rank - 3)
    return TensorView(base: view.base, layout: view.layout.reshaped(shape) ?? view.layout)
  }
  return standardizing(
    cut(step.input), cut(step.output), together: Array(2..<rank), epsilon: operation.epsilon,
    factors(step.operand("weight", orInput: 1)), factors(step.operand("bias", orInput: 2)))
}

private func standardizing(
  _ step: Step, together axes: [Int], epsilon: Double, _ weight: TensorView?, _ bias: TensorView?
) -> ReferenceKernel {
  standardizing(step.input, step.output, together: axes, epsilon: epsilon, weight, bias)
}

/// `(x - mean) / sqrt(variance + epsilon) * weight + bias` with the statistics of each slice along `axes`.
private func standardizing(
  _ input: TensorView, _ output: TensorView, together axes: [Int], epsilon: Double, _ weight: TensorView?,
  _ bias: TensorView?
) -> ReferenceKernel {
  let factors = weight.map { TensorView(base: $0.base, layout: $0.layout.expanded(to: input.shape)) }
  let offsets = bias.map { TensorView(base: $0.base, layout: $0.layout.expanded(to: input.shape)) }
  let views = [input, output] + [factors, offsets].compactMap { $0 }
  let slices = Slices(views.map(\.layout), along: axes)
  let offsetView = factors == nil ? 2 : 3
  return ReferenceKernel { _ in
    slices.forEach { inside, at in
      let (mean, variance) = moments(of: input.base + at[0], inside)
      let factor = 1 / (variance + epsilon).squareRoot()
      inside.rows { row in
        for index in 0..<inside.rowCount {
          func element(_ view: Int) -> Int { at[view] + row[view] + index * inside.rowStrides[view] }
          var value = (Double(input.base[element(0)]) - mean) * factor
          if let factors { value *= Double(factors.base[element(2)]) }
          if let offsets { value += Double(offsets.base[element(offsetView)]) }
          output.base[element(1)] = Float(value)
        }
      }
    }
  } mark: { marks in
    marks.spread(within: slices, from: output, to: input)
  }
}

/// The mean of a slice's elements, and the mean square of their distances to it.
private func moments(of base: UnsafeMutablePointer<Float>, _ slice: Walk) -> (mean: Double, variance: Double) {
  var sum = 0.0
  var count = 0.0
  slice.rows { row in
    for index in 0..<slice.rowCount { sum += Double(base[row[0] + index * slice.rowStrides[0]]) }
    count += Double(slice.rowCount)
  }
  let mean = sum / count
  var squares = 0.0
  slice.rows { row in
    for index in 0..<slice.rowCount {
      let distance = Double(base[row[0] + index * slice.rowStrides[0]]) - mean
      squares += distance * distance
    }
  }
  return (mean, squares / count)
}

/// Tensors of one shape cut into slices along some axes: a walk over the slices, and one within them.
struct Slices {
  private let outside: Walk
  private let inside: Walk

  init(_ layouts: [StridedLayout], along axes: [Int]) {
    func part(_ isIn: (Int) -> Bool, _ layout: StridedLayout, offset: Int) -> StridedLayout {
      let kept = layout.shape.indices.filter(isIn)
      return StridedLayout(
        shape: kept.map { layout.shape[$0] }, strides: kept.map { layout.strides[$0] }, offset: offset)
    }
    outside = Walk(layouts.map { part({ !axes.contains($0) }, $0, offset: $0.offset) })
    inside = Walk(layouts.map { part({ axes.contains($0) }, $0, offset: 0) })
  }

  /// Calls `body` for each slice with the walk inside it and where the slice starts in every tensor.
  func forEach(_ body: (Walk, UnsafeMutableBufferPointer<Int>) -> Void) {
    outside.rows { at in
      for index in 0..<outside.rowCount {
        body(inside, at)
        guard index + 1 < outside.rowCount else { break }
        for tensor in at.indices { at[tensor] += outside.rowStrides[tensor] }
      }
      for tensor in at.indices { at[tensor] -= outside.rowStrides[tensor] * (outside.rowCount - 1) }
    }
  }
}

func localResponseNorm(_ operation: LocalResponseNorm, _ step: Step) -> ReferenceKernel {
  let (input, output) = (step.input, step.output)
  let channels = input.shape[1]
  let slices = Slices([input.layout, output.layout], along: [1])
  let (before, after) = ((operation.size - 1) / 2, operation.size - 1 - (operation.size - 1) / 2)
  let (from, to) = (input.strides[1], output.strides[1])
  return ReferenceKernel { _ in
    slices.forEach { _, at in
      for channel in 0..<channels {
        var squares = 0.0
        for neighbour in max(0, channel - before)..<min(channels, channel + after + 1) {
          let value = Double(input.base[at[0] + neighbour * from])
          squares += value * value
        }
        let divisor = power(operation.k + operation.alpha / Double(operation.size) * squares, operation.beta)
        output.base[at[1] + channel * to] = Float(Double(input.base[at[0] + channel * from]) / divisor)
      }
    }
  } mark: { marks in
    guard let sources = marks.flags(output), let targets = marks.flags(input) else { return }
    slices.forEach { _, at in
      for channel in 0..<channels where sources[at[1] + channel * to] != 0 {
        for neighbour in max(0, channel - before)..<min(channels, channel + after + 1) {
          targets[at[0] + neighbour * from] = 1
        }
      }
    }
  }
}

func globalResponseNorm(_ operation: GlobalResponseNorm, _ step: Step) throws(ExecutionError) -> ReferenceKernel {
  let (input, output) = (step.input, step.output)
  let rank = input.shape.count
  let channelAxis = operation.isChannelsLast ? rank - 1 : 1
  guard let weight = step.parameters["weight"], let bias = step.parameters["bias"] else {
    throw .unsupported(node: step.path, reason: "it has no weight and bias")
  }
  let channels = input.shape[channelAxis]
  let maps = Slices(
    [input.layout, output.layout], along: (1..<rank).filter { $0 != channelAxis })
  let samples = Slices([input.layout, output.layout], along: Array(1..<rank))
  // The slices are N x C maps, channel after channel of each sample.
  let workspace = step.memory.workspace(of: Double.self, count: input.shape[0] * channels)
  return ReferenceKernel { _ in
    let energies = workspace.elements
    var map = 0
    maps.forEach { inside, at in
      var sum = 0.0
      inside.rows { row in
        for index in 0..<inside.rowCount {
          let value = Double(input.base[at[0] + row[0] + index * inside.rowStrides[0]])
          sum += value * value
        }
      }
      energies[map] = sum.squareRoot()
      map += 1
    }
    map = 0
    maps.forEach { inside, at in
      let (sample, channel) = (map / channels, map % channels)
      let mean = energies[sample * channels..<(sample + 1) * channels].reduce(0, +) / Double(channels)
      let factor = 1 + Double(weight.first[channel]) * energies[map] / (mean + operation.epsilon)
      let offset = Double(bias.first[channel])
      inside.rows { row in
        for index in 0..<inside.rowCount {
          let value = Double(input.base[at[0] + row[0] + index * inside.rowStrides[0]])
          output.base[at[1] + row[1] + index * inside.rowStrides[1]] = Float(value * factor + offset)
        }
      }
      map += 1
    }
  } mark: { marks in
    marks.spread(within: samples, from: output, to: input)
  }
}

func unitNormalization(_ operation: UnitNormalization, _ step: Step) -> ReferenceKernel {
  slicing(step, axis: operation.axis) { values in
    let norm = max(values.reduce(0) { $0 + $1 * $1 }.squareRoot(), operation.epsilon)
    for index in values.indices { values[index] /= norm }
  }
}

func softmax(_ operation: Softmax, _ step: Step) -> ReferenceKernel {
  // What a mask takes out of attention has a weight of nothing, and so no influence.
  slicing(step, axis: operation.axis, ignoresNothing: !operation.logarithm) { values in
    let largest = values.max() ?? 0
    let sum = values.reduce(0) { $0 + exponential($1 - largest) }
    for index in values.indices {
      values[index] =
        operation.logarithm ? values[index] - largest - logarithm(sum) : exponential(values[index] - largest) / sum
    }
  }
}

/// `body` of each slice along `axis`, in place.
/// - Parameter ignoresNothing: whether elements whose result is next to 0 have no influence on the others.
private func slicing(
  _ step: Step, axis: Int, ignoresNothing: Bool = false, _ body: @escaping (UnsafeMutableBufferPointer<Double>) -> Void
) -> ReferenceKernel {
  let (input, output) = (step.input, step.output)
  let axis = axis < 0 ? axis + input.shape.count : axis
  let size = input.shape[axis]
  let slices = Slices([input.layout, output.layout], along: [axis])
  let (from, to) = (input.strides[axis], output.strides[axis])
  let nothing = Nothing()
  let workspace = step.memory.workspace(of: Double.self, count: size)
  return ReferenceKernel { _ in
    guard size > 0 else { return }
    let values = workspace.elements
    var place = 0
    slices.forEach { _, at in
      for index in 0..<size { values[index] = Double(input.base[at[0] + index * from]) }
      body(values)
      for index in 0..<size {
        output.base[at[1] + index * to] = Float(values[index])
        if ignoresNothing { nothing.note(place + index, values[index]) }
      }
      place += size
    }
  } mark: { marks in
    guard let sources = marks.flags(output), let targets = marks.flags(input) else { return }
    var place = 0
    slices.forEach { _, at in
      let isMarked = (0..<size).contains { sources[at[1] + $0 * to] != 0 }
      for index in 0..<size where isMarked && !nothing.contains(place + index) { targets[at[0] + index * from] = 1 }
      place += size
    }
  }
}

func reduction(_ operation: Reduction, _ step: Step) -> ReferenceKernel {
  let (input, output) = (step.input, step.output)
  let rank = input.shape.count
  let axes = operation.axes.map { $0 < 0 ? $0 + rank : $0 }
  // The output with an axis of stride 0 for each reduced one: the walk over slices passes its elements in order.
  var target = output.layout
  if !operation.keepsAxes {
    for axis in axes.sorted() {
      target.shape.insert(1, at: axis)
      target.strides.insert(0, at: axis)
    }
  }
  let slices = Slices([input.layout, target.expanded(to: input.shape)], along: axes)
  return ReferenceKernel { _ in
    slices.forEach { inside, at in
      var result: Double
      switch operation.function {
      case .product: result = 1
      case .maximum: result = -.infinity
      case .minimum: result = .infinity
      default: result = 0
      }
      var count = 0
      inside.rows { row in
        count += inside.rowCount
        for index in 0..<inside.rowCount {
          let value = Double(input.base[at[0] + row[0] + index * inside.rowStrides[0]])
          switch operation.function {
          case .mean, .sum: result += value
          case .maximum: result = result.isNaN || value.isNaN ? .nan : max(result, value)
          case .minimum: result = result.isNaN || value.isNaN ? .nan : min(result, value)
          case .product: result *= value
          case .sumOfSquares, .euclideanNorm: result += value * value
          case .absoluteSum: result += abs(value)
          }
        }
      }
      if operation.function == .mean { result /= Double(count) }
      if operation.function == .euclideanNorm { result = result.squareRoot() }
      output.base[at[1]] = Float(result)
    }
  } mark: { marks in
    marks.spread(
      from: TensorView(base: output.base, layout: target.expanded(to: input.shape)), to: input)
  }
}
