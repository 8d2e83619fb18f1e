import NetworkGraph

/// Why an operator of the file could not become operators of the graph.
enum MappingFailure: Error {
  /// The operator, or this use of it, has no counterpart here. It becomes opaque, with these output types where known.
  case unsupported(reason: String, types: [TensorType] = [])
  /// The operator does not accept its inputs.
  case shape(ShapeError)
  /// An attribute has the wrong type or value.
  case attribute(String, problem: String)
  /// The file contradicts itself.
  case file(ONNXError)
}
