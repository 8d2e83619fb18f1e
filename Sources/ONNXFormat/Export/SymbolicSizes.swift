import NetworkGraph
import SymbolicIntegers

extension Exporter {
  /// The name of a vector that holds `dimensions`: stored where they are numbers, else put together while the network
  /// runs from the sizes of tensors that have an axis of each symbolic size.
  /// - Throws: ``ExportError`` where no input of the node or of the network has such an axis.
  mutating func sizes(_ dimensions: [Dimension], _ name: String, of call: ExportCall) throws(ExportError) -> String {
    let plain = dimensions.compactMap(\.constant)
    if plain.count == dimensions.count { return setting(plain) }
    let inputs = model.graph.input.map(\.name)
    let types = graph.inputs.map { graph.type(of: $0.value) }
    let sources = Array(zip(call.operands, call.inputs)) + Array(zip(inputs, types))
    var parts: [String] = []
    for (position, dimension) in dimensions.enumerated() {
      if let size = dimension.constant {
        parts.append(setting([size]))
        continue
      }
      var part: String?
      for (value, type) in sources where part == nil {
        guard let axis = type.shape.dimensions.firstIndex(of: dimension) else { continue }
        let range = [AttributeProto("start", integer: axis), AttributeProto("end", integer: axis + 1)]
        part = addHelper(Spelling(.shape, [value], range), for: call, "\(name)\(position)", TensorType([1], .int64))
      }
      guard let part else { throw call.noCounterpart("no tensor has an axis of size \(dimension), which it needs") }
      parts.append(part)
    }
    let type = TensorType([Dimension(parts.count)], .int64)
    return addHelper(Spelling(.concat, parts, [AttributeProto("axis", integer: 0)]), for: call, name, type)
  }

  /// Refuses a node that needs a newer operator set than the one asked for.
  func require(_ version: Int, _ call: ExportCall) throws(ExportError) {
    guard opset < version else { return }
    throw .operatorTooNew(
      node: call.path, operatorName: call.node.operation.semantics.name, since: version, asked: opset)
  }
}
