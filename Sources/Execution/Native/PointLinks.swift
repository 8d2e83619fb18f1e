import CKernels
import NetworkGraph

extension NativePlanner {
  /// What an elementwise node does to its input at `position`; nil where no kernel does that.
  func link(_ node: Node, operand position: Int, _ geometry: PointGeometry) throws(ExecutionError) -> PointLink? {
    switch node.operation {
    case .identity(.identity), .identity(.dropout), .identity(.stochasticDepth): return PointLink.none
    case .activation(let activation) where position == 0: return try link(activation, node, geometry)
    case .affine(let affine): return .function(CKPointAffine, a: Float(affine.factor), b: Float(affine.offset))
    case .batchNorm(let norm) where node.inputs.count == 1:
      guard case .blocked(_, axis: 1) = geometry else { return nil }
      return batchNorm(norm, node)
    case .scale(let scale):
      guard case .blocked(let shape, let axis) = geometry,
        (scale.axis < 0 ? scale.axis + shape.count : scale.axis) == axis,
        let factors = parameter(scale.bias ? "weight" : "", of: node)
      else { return nil }
      let offsets = scale.bias ? parameter("bias", of: node) : nil
      return .perChannel(
        scale: factors.map(Double.init), shift: offsets?.map(Double.init) ?? Array(repeating: 0, count: factors.count))
    case .elementwise(let elementwise): return try link(elementwise, node, operand: position, geometry)
    default: return nil
    }
  }

  private func batchNorm(_ norm: BatchNorm, _ node: Node) -> PointLink? {
    guard let mean = parameter("running_mean", of: node), let variance = parameter("running_var", of: node) else {
      return nil
    }
    let weight = parameter("weight", of: node)
    let bias = parameter("bias", of: node)
    let scale = variance.indices.map {
      Double(weight?[$0] ?? 1) / (Double(variance[$0]) + norm.epsilon).squareRoot()
    }
    return .perChannel(
      scale: scale, shift: mean.indices.map { Double(bias?[$0] ?? 0) - Double(mean[$0]) * scale[$0] })
  }

  private func link(
    _ activation: Activation, _ node: Node, _ geometry: PointGeometry
  ) throws(ExecutionError) -> PointLink? {
    switch activation.function {
    case .relu: .clamp(0, .infinity)
    case .relu6: .clamp(0, 6)
    case .clip(let lower, let upper): .clamp(Float(lower), Float(upper))
    case .leakyReLU(let slope): .function(CKPointLeaky, a: Float(slope))
    case .preLU(let slope):
      if node.inputs.count == 1, slope.sizes.reduce(1, *) == geometry.shape.dropFirst().first,
        case .blocked(_, axis: 1) = geometry, let values = parameter("weight", of: node)
      {
        .function(CKPointLeakyBy, operand: perChannel(Array(values)))
      } else {
        nil
      }
    case .thresholdedReLU(let threshold): .function(CKPointThreshold, a: Float(threshold))
    case .sigmoid: .function(CKPointSigmoid)
    case .hardSigmoid(let alpha, let beta): .function(CKPointHardSigmoid, a: Float(alpha), b: Float(beta))
    case .tanh: .function(CKPointTanh)
    case .silu: .function(CKPointSilu)
    case .hardSwish: .function(CKPointHardSwish)
    case .gelu: .function(CKPointGelu)
    case .geluTanh: .function(CKPointGeluTanh)
    case .mish: .function(CKPointMish)
    case .softplus: .function(CKPointSoftplus)
    case .softsign: .function(CKPointSoftsign)
    case .elu(let alpha): .function(CKPointElu, a: Float(alpha), b: 1)
    case .selu(let alpha, let scale): .function(CKPointElu, a: Float(alpha), b: Float(scale))
    case .celu(let alpha): .function(CKPointCelu, a: Float(alpha))
    }
  }

  private func link(
    _ elementwise: Elementwise, _ node: Node, operand position: Int, _ geometry: PointGeometry
  ) throws(ExecutionError) -> PointLink? {
    if node.inputs.count == 1 {
      switch elementwise.function {
      case .exponential: return .function(CKPointExponential)
      case .squareRoot: return .function(CKPointSquareRoot)
      case .errorFunction: return .function(CKPointErf)
      default: return nil
      }
    }
    guard node.inputs.count == 2 else { return nil }
    let isFirst = position == 0
    let function: CKPointFunction
    switch elementwise.function {
    case .add: function = CKPointAdd
    case .subtract: function = isFirst ? CKPointSubtract : CKPointSubtractFrom
    case .multiply: function = CKPointMultiply
    case .divide: function = isFirst ? CKPointDivide : CKPointDivideInto
    case .minimum: function = CKPointMinimum
    case .maximum: function = CKPointMaximum
    default: return nil
    }
    let other = node.inputs[1 - position]
    guard self[other] != nil else { return nil }
    if case .add = elementwise.function, case .blocked(let shape, let axis) = geometry, self.shape(of: other) == shape,
      let place = try blocked(other, axis: axis)
    {
      return .sum(place)
    }
    return try operand(other, beside: geometry).map { .function(function, operand: $0) }
  }

  /// How a value that broadcasts to `geometry` lies beside it; nil where no strides say that.
  private func operand(_ value: Value, beside geometry: PointGeometry) throws(ExecutionError) -> PointOperand? {
    let own = shape(of: value)
    guard own.count <= geometry.shape.count else { return nil }
    let shape = Array(repeating: 1, count: geometry.shape.count - own.count) + own
    if shape.allSatisfy({ $0 == 1 }), case .fixed(let pointer)? = self[value]?.storage {
      return PointOperand(storage: .fixed(memory.keep(Array(repeating: pointer[0], count: lanes))))
    }
    switch geometry {
    case .flat:
      guard own == geometry.shape else { return nil }
      let place = try contiguous(value)
      guard case .buffer = place.storage else { return nil }
      return PointOperand(storage: place.storage, offset: place.layout.offset, pixelStride: lanes)
    case .blocked(let full, let axis):
      let isPerChannel =
        shape.indices.allSatisfy { $0 == 0 || $0 == axis || shape[$0] == 1 } && shape[axis] == full[axis]
      guard isPerChannel || own == full else { return nil }
      if isPerChannel, shape[0] == 1, case .fixed(let pointer)? = self[value]?.storage {
        return perChannel(Array(UnsafeBufferPointer(start: pointer, count: full[axis])))
      }
      guard own.count == full.count, let place = try blocked(value, axis: axis) else { return nil }
      var operand = PointOperand(place)
      if own != full {
        operand.blockStride = lanes
        operand.pixelStride = 0
        if shape[0] == 1 { operand.batchStride = 0 }
      }
      return operand
    }
  }

  private func perChannel(_ values: [Float]) -> PointOperand {
    PointOperand(
      storage: .fixed(memory.keep(values + Array(repeating: 0, count: lanes))), blockStride: lanes)
  }

  // MARK: Elementwise operators that follow no product

  func planPointwise(_ node: Node) throws(ExecutionError) -> Bool {
    let value = Value(node: node.id)
    let shape = shape(of: value)
    guard !shape.contains(0) else { return false }
    for input in node.inputs where self.shape(of: input) == shape {
      guard let place = self[input] else { continue }
      let geometry: PointGeometry
      switch place.layout {
      case .blocked(let layout): geometry = .blocked(shape: shape, axis: layout.axis)
      case .strided(let layout):
        if layout.isContiguous, case .buffer = place.storage {
          geometry = .flat(shape: shape)
        } else {
          continue
        }
      }
      var chain = PointChain(output: input, geometry: geometry)
      guard try extend(&chain, with: node) else { continue }
      let rest = try self.chain(after: value, chain.geometry)
      chain.links += rest.links
      chain.nodes += rest.nodes
      (chain.output, chain.geometry) = (rest.output, rest.geometry)
      add(chain, from: place)
      return true
    }
    return false
  }

  private func add(_ chain: PointChain, from place: NativePlace) {
    var epilogue = Epilogue(chain.links, memory: memory, lanes: lanes)
    if epilogue.operations.isEmpty { epilogue.operations = [(CKPointAffine, 1, 0, nil, nil)] }
    let (kernels, lanes) = (kernels, lanes)
    var map = CKPointwise()
    let target: NativeStorage
    let targetOffset: Int
    let sourceOffset: Int
    switch (place.layout, chain.geometry) {
    case (.blocked(let layout), .blocked(_, let axis)):
      let output = newBlocked(chain.output, axis: axis)
      (target, targetOffset, sourceOffset) = (output.storage, output.layout.offset, layout.offset)
      (map.batch, map.blocks, map.pixels) = (layout.batch, layout.blocks, layout.pixels)
      (map.inputBatch, map.outputBatch) = (layout.batchStride, output.layout.batchStride)
    case (.blocked, .flat), (.strided, _):
      let output = newStrided(chain.output)
      (target, targetOffset) = (output.storage, 0)
      if case .strided(let layout) = place.layout { sourceOffset = layout.offset } else { sourceOffset = 0 }
      (map.batch, map.blocks, map.pixels) = (1, 1, (output.layout.count + lanes - 1) / lanes)
    }
    map.pixelsPerJob = 2048
    let arguments = map
    // A chain reads its operands after its first function has written.
    let inPlace =
      sourceOffset == targetOffset && map.inputBatch == map.outputBatch
      ? NativeStep.InPlace(place.storage, target, besides: epilogue.touched) : nil
    let rule = epilogue.operations.count == 1 ? "one function" : "\(epilogue.operations.count) functions in one pass"
    add(chain.nodes, "pointwise", rule, [place.storage, target] + epilogue.touched, inPlace: inPlace) { binder in
      var map = arguments
      map.input = UnsafePointer(binder.pointer(place.storage, sourceOffset))
      map.output = binder.pointer(target, targetOffset)
      map.epilogue = epilogue.bound(binder)
      return binder.task(kernels.pointwise, map) { ck_pointwise_jobs($0) }
    }
  }
}
