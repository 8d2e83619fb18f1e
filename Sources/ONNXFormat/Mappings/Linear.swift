import NetworkGraph
import SymbolicIntegers

/// ONNX Gemm and MatMul. A product with a stored matrix is a linear layer, one of two computed tensors a matrix product.
extension Importer {
  mutating func matrixProduct(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    guard case .feature(let input) = try call.required(0), case .constant(let weight) = try call.required(1),
      weight.type.shape.rank == 2,
      let output = try linear(input, weight, isInputMajor: true, bias: nil, call.place)
    else { return .apply(.matrixProduct(MatrixProduct()), [0, 1]) }
    return .outputs([.feature(output)])
  }

  /// A linear layer with a stored matrix, features x outputs where `isInputMajor`; nil where the matrix cannot be a
  /// parameter in this form.
  private mutating func linear(
    _ input: Feature, _ matrix: Constant, isInputMajor: Bool, bias: Constant?, _ place: NodePlace
  ) throws(MappingFailure) -> Feature? {
    var weight = matrix
    var isInputMajor = isInputMajor
    let features = isInputMajor ? weight.type.shape[1] : weight.type.shape[0]
    if weight.isTransposed {
      weight.isTransposed = false
      weight.type.shape = Shape(weight.type.shape.dimensions.reversed())
      isInputMajor.toggle()
    }
    var slots = [WeightSlot(name: "weight", constant: weight)]
    if let bias { slots.append(WeightSlot(name: "bias", constant: bias)) }
    guard let parameters = parameters(slots) else { return nil }
    let layer = Linear(outputFeatures: features, bias: bias != nil, weightIsInputMajor: isInputMajor)
    return try emit(.linear(layer), [input], place, sharing: parameters)[0]
  }

  /// `alpha * A * B + beta * C` of matrices, each of A and B transposed where the attribute says so.
  mutating func gemm(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    for position in 0..<2 {
      let shape = try call.type(position).shape
      guard shape.rank == 2 else { throw .shape(.rank(expected: "2 axes", found: shape)) }
    }
    let alpha = try call.real("alpha") ?? 1
    let beta = try call.real("beta") ?? 1
    let (transposesLeft, transposesRight) = (try call.flag("transA"), try call.flag("transB"))
    var left = try feature(call, 0)
    if case .constant(let weight) = try call.required(1), case .feature = try call.required(0) {
      if transposesLeft {
        left = try emit(.transpose(Transpose([1, 0])), [left], call.place.appending("transpose"))[0]
      }
      let outputs = transposesRight ? weight.type.shape[0] : weight.type.shape[1]
      let bias = alpha == 1 && beta == 1 ? self.bias(call, outputs) : nil
      if let output = try linear(left, weight, isInputMajor: !transposesRight, bias: bias, call.place) {
        let product = alpha == 1 ? output : try scaled(output, by: alpha, call, "alpha")
        return .outputs([.feature(bias == nil ? try added(to: product, beta, call) : product)])
      }
      let right = try feature(call, 1)
      let product = MatrixProduct(transposesRight: transposesRight, factor: alpha)
      return .outputs([
        .feature(try added(to: emit(.matrixProduct(product), [left, right], call.place)[0], beta, call))
      ])
    }
    let right = try feature(call, 1)
    let product = MatrixProduct(transposesLeft: transposesLeft, transposesRight: transposesRight, factor: alpha)
    return .outputs([.feature(try added(to: emit(.matrixProduct(product), [left, right], call.place)[0], beta, call))])
  }

  /// Gemm's C where it is one stored number for each output.
  private func bias(_ call: NodeCall, _ outputs: Dimension) -> Constant? {
    guard case .constant(var constant) = call.operand(2), !constant.isTransposed else { return nil }
    if case .derived = constant.provenance { return nil }
    let shape = constant.type.shape
    guard shape == [outputs] || shape == [1, outputs] else { return nil }
    constant.type.shape = [outputs]
    if let held = roots[constant.root].parameter, held.shape != constant.type.shape { return nil }
    return constant
  }

  private mutating func added(to product: Feature, _ beta: Double, _ call: NodeCall) throws(MappingFailure) -> Feature {
    guard call.operand(2) != nil, beta != 0 else { return product }
    var addend = try feature(call, 2)
    if beta != 1 { addend = try scaled(addend, by: beta, call, "beta") }
    return try emit(.elementwise(Elementwise(.add)), [product, addend], call.place.appending("add"))[0]
  }

  private mutating func scaled(
    _ feature: Feature, by factor: Double, _ call: NodeCall, _ name: String
  ) throws(MappingFailure) -> Feature {
    let type = TensorType([], feature.type.elementType)
    let value = Constant(
      type: type, root: addRoot(name), provenance: .fixed, content: .elements([.real(factor)]))
    let constant = try source(value, at: call.place.appending(name))
    return try emit(
      .elementwise(Elementwise(.multiply)), [feature, constant], call.place.appending("multiply by \(name)"))[0]
  }
}

// MARK: - Export

extension Exporter {
  /// Gemm for a matrix, a function for tensors of other ranks, whose weight MatMul would need transposed.
  mutating func spelling(_ linear: Linear, _ call: ExportCall) -> Spelling {
    if call.shape.rank == 2, linear.bias || !linear.weightIsInputMajor {
      return Spelling(.gemm, call.operands, linear.weightIsInputMajor ? [] : [AttributeProto("transB", flag: true)])
    }
    guard linear.weightIsInputMajor else {
      return Spelling(linear.bias ? .linear : .linearWithoutBias, call.operands)
    }
    guard linear.bias else { return Spelling(.matMul, call.operands) }
    let product = addHelper(
      Spelling(.matMul, Array(call.operands.prefix(2))), for: call, "product", call.node.outputs[0])
    return Spelling(.add, [product, call.operands[2]])
  }

  func spelling(_ product: MatrixProduct, _ call: ExportCall) -> Spelling {
    guard product.transposesLeft || product.transposesRight || product.factor != 1 else {
      return Spelling(.matMul, call.operands)
    }
    func order(_ rank: Int, _ isTransposed: Bool) -> [Int] {
      var order = Array(0..<rank)
      if isTransposed, rank > 1 { order.swapAt(rank - 2, rank - 1) }
      return order
    }
    return Spelling(
      .matrixProduct, call.operands,
      [
        AttributeProto("left", integers: order(call.shape.rank, product.transposesLeft)),
        AttributeProto("right", integers: order(call.inputs[1].shape.rank, product.transposesRight)),
        AttributeProto("factor", real: product.factor),
      ])
  }
}

// MARK: - Functions

extension Importer {
  /// A linear layer over the last axis, its weight outputs x features.
  mutating func linear(_ call: NodeCall, bias: Bool) throws(MappingFailure) -> Mapping {
    let weight = try call.type(1).shape
    guard weight.rank == 2 else { throw .shape(.rank(expected: "a weight of 2 axes", found: weight)) }
    let roles: [(Int, String, ParameterSpec.Kind)] = [(1, "weight", .trainable), (2, "bias", .trainable)]
    guard let slots = call.slots(bias ? roles : [roles[0]]), slots.count == (bias ? 2 : 1),
      let parameters = parameters(slots)
    else { throw .unsupported(reason: "its weights are computed") }
    let layer = Operator.linear(Linear(outputFeatures: weight[0], bias: bias))
    return .outputs([.feature(try emit(layer, [feature(call, 0)], call.place, sharing: parameters)[0])])
  }

  func orderedProduct(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    func isTransposed(_ name: String) throws(MappingFailure) -> Bool {
      try call.integers(name).map { $0 != $0.sorted() } ?? false
    }
    let product = MatrixProduct(
      transposesLeft: try isTransposed("left"), transposesRight: try isTransposed("right"),
      factor: try call.real("factor") ?? 1)
    return .apply(.matrixProduct(product), [0, 1])
  }
}
