import Analysis
import NetworkGraph
import SymbolicIntegers

/// The measures of a network built on an input of `shape`.
func analysis(_ shape: Shape, _ body: (Feature) -> Feature) throws -> NetworkAnalysis {
  try NetworkAnalysis(Graph(name: "test", input: TensorType(shape), body))
}

extension Feature {
  /// An operator that the reference calls as a function.
  func function(_ operation: Operator, _ name: String, with others: Feature...) -> Feature {
    builder.add(operation, to: [self] + others, name: name, origin: .function)[0]
  }
}
