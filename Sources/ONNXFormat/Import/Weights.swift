import NetworkGraph
import SymbolicIntegers

/// A constant that an operator would own, with the role it plays there.
struct WeightSlot {
  var name: String
  var constant: Constant
  var kind: ParameterSpec.Kind = .trainable
}

extension Importer {
  /// A root for a constant that has none.
  mutating func addRoot(_ name: String) -> Int {
    roots.append(Root(name: name))
    return roots.count - 1
  }

  /// The parameters that `slots` become, in order; nil where one of them cannot be owned by the operator: it is
  /// computed from a learnt tensor, or the operator needs another view of a tensor than the graph already holds.
  mutating func parameters(_ slots: [WeightSlot]) -> [Int]? {
    for (index, slot) in slots.enumerated() {
      if case .derived = slot.constant.provenance { return nil }
      if slot.constant.isTransposed { return nil }
      let shape = slot.constant.type.shape
      if let held = roots[slot.constant.root].parameter, held.shape != shape { return nil }
      let clashes = slots[..<index].contains {
        $0.constant.root == slot.constant.root && $0.constant.type.shape != shape
      }
      if clashes { return nil }
    }
    return slots.map { slot in
      let root = slot.constant.root
      if let held = roots[root].parameter {
        if slot.kind == .trainable { builder.makeTrainable(held.index) }
        return held.index
      }
      let type = slot.constant.type
      let index = builder.parameter(
        ParameterSpec(slot.name, type.shape, slot.kind, type.elementType), givenName: uniqueName(roots[root].name))
      roots[root].parameter = (index, type.shape)
      parameterValues[index] = slot.constant
      return index
    }
  }

  /// The name of a new parameter: a number tells it from others of its name, which functions called twice make.
  private mutating func uniqueName(_ name: String) -> String {
    var candidate = name
    while let count = parameterNames[candidate] {
      parameterNames[candidate] = count + 1
      candidate = "\(name):\(count)"
    }
    parameterNames[candidate] = 1
    return candidate
  }

  /// An operand as a value of the graph.
  mutating func feature(_ call: NodeCall, _ position: Int) throws(MappingFailure) -> Feature {
    try feature(call.required(position), for: call.place)
  }

  /// An operand as a value of the graph; a node at `place` needs it.
  mutating func feature(_ operand: Operand, for place: NodePlace) throws(MappingFailure) -> Feature {
    switch operand {
    case .feature(let feature): return feature
    case .constant(let constant): return try feature(constant, for: place)
    }
  }

  /// A constant as a value of the graph.
  mutating func feature(_ constant: Constant, for place: NodePlace) throws(MappingFailure) -> Feature {
    if case .derived(let index, let output) = constant.provenance {
      return try features(ofDerivation: index)[output]
    }
    var stored = constant.type
    if constant.isTransposed { stored.shape = Shape(stored.shape.dimensions.reversed()) }
    var feature = try source(constant, stored, place)
    if feature.shape != stored.shape {
      let target = stored.shape.dimensions.map { View.Size.size($0) }
      feature = try emit(.view(.reshape(target)), [feature], place.appending("reshape"))[0]
    }
    if constant.isTransposed {
      feature = try emit(.transpose(Transpose([1, 0])), [feature], place.appending("transpose"))[0]
    }
    return feature
  }

  /// The node that provides a constant; its shape may be another view of it than `type`.
  private mutating func source(
    _ constant: Constant, _ type: TensorType, _ place: NodePlace
  ) throws(MappingFailure) -> Feature {
    let root = constant.root
    if let source = roots[root].source { return source }
    let name = roots[root].name
    let source: Feature
    if let held = roots[root].parameter {
      if constant.isLearnt { builder.makeTrainable(held.index) }
      let heldType = TensorType(held.shape, type.elementType)
      source = try emit(
        .source(Source(.parameter(.trainable), heldType)), [], NodePlace(path: [], name: name), sharing: [held.index])[
          0]
    } else if constant.isLearnt {
      let parameters = parameters([WeightSlot(name: "", constant: Constant(storedAs: type, constant))])
      source = try emit(
        .source(Source(.parameter(.trainable), type)), [], NodePlace(path: [], name: name), sharing: parameters)[0]
    } else {
      let last = name.split(separator: "/").last.map(String.init) ?? "constant"
      source = try self.source(Constant(storedAs: type, constant), at: NodePlace(path: place.path, name: last))
    }
    roots[root].source = source
    return source
  }

  /// A node that provides a fixed constant.
  mutating func source(_ constant: Constant, at place: NodePlace) throws(MappingFailure) -> Feature {
    let source = try emit(.source(Source(.constant, constant.type)), [], place)[0]
    constantValues.append((source.value.node, constant))
    return source
  }

  /// The outputs of a derivation, which becomes a node with the first use.
  private mutating func features(ofDerivation index: Int) throws(MappingFailure) -> [Feature] {
    if let features = derivations[index].features { return features }
    let derivation = derivations[index]
    var inputs: [Feature] = []
    for operand in derivation.operands { inputs.append(try feature(operand, for: derivation.place)) }
    let features = try emit(derivation.operation, inputs, derivation.place)
    derivations[index].features = features
    return features
  }
}

extension Constant {
  /// The same constant in the form in which the file stores it.
  init(storedAs type: TensorType, _ constant: Constant) {
    self = constant
    self.type = type
    isTransposed = false
  }
}
