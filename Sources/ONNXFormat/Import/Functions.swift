import NetworkGraph

/// The operators that a file defines itself.
struct FunctionLibrary {
  private struct Key: Hashable {
    var domain: String
    var name: String
    var overload: String
  }

  private var functions: [Key: FunctionProto] = [:]

  init(_ model: ModelProto) throws(ONNXError) {
    for function in model.functions {
      functions[Key(domain: function.domain, name: function.name, overload: function.overload)] = function
    }
  }

  func function(for node: NodeProto) -> FunctionProto? {
    if functions.isEmpty { return nil }
    return functions[Key(domain: node.domain, name: node.opType, overload: node.overload)]
  }
}

extension Importer {
  /// An operator that is none of the default set: a function of the file, run in its place, or an unknown one.
  mutating func performForeign(_ call: NodeCall) throws(MappingFailure) -> [Operand?] {
    if let function = LocalFunction(call.proto) { return try outputs(of: map(function, call), call) }
    guard let function = functions.function(for: call.proto) else {
      throw .unsupported(reason: "the operator is not known", types: try unmappedTypes(call))
    }
    guard callDepth < Self.callDepthLimit else {
      throw .file(.functionDepth(function: function.name, limit: Self.callDepthLimit))
    }
    inlinedNodes += function.node.count
    guard inlinedNodes <= Self.inlinedNodeLimit else {
      throw .file(.functionSize(function: function.name, limit: Self.inlinedNodeLimit))
    }
    callDepth += 1
    defer { callDepth -= 1 }

    var given: [(name: String, operand: Operand?)] = []
    for (index, name) in function.input.enumerated() { given.append((name, call.operand(index))) }
    let nodes = function.node.map { Self.node($0, of: function, calledAs: call.proto) }
    let body = Body(
      nodes: nodes, places: NodePlaces(nodes, inside: call.place.path + [ScopeLevel(call.place.name)]), given: given,
      results: function.output, title: "function '\(function.name)'")
    let opset = function.opsetImport.first { OperatorName.isDefault($0.domain) }.map { Int($0.version) } ?? call.opset
    do {
      return try run(body, opset: opset)
    } catch {
      throw .file(error)
    }
  }

  /// A node of a function with the attributes that the call passes on.
  private static func node(_ node: NodeProto, of function: FunctionProto, calledAs call: NodeProto) -> NodeProto {
    guard node.attribute.contains(where: { !$0.refAttrName.isEmpty }) else { return node }
    var result = node
    result.attribute = node.attribute.compactMap { attribute in
      guard !attribute.refAttrName.isEmpty else { return attribute }
      let passed = call.attribute.first { $0.name == attribute.refAttrName }
      guard var value = passed ?? function.attributeProto.first(where: { $0.name == attribute.refAttrName }) else {
        return nil
      }
      value.name = attribute.name
      return value
    }
    return result
  }
}
