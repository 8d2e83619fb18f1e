import NetworkGraph
import SymbolicIntegers

/// The shapes an operator makes of inputs of these shapes; nil where it refuses them.
func shapes(_ operation: some OperatorSemantics, _ inputs: Shape...) -> [Shape]? {
  try? operation.outputTypes(of: inputs.map { TensorType($0) }).map(\.shape)
}

/// The only shape an operator makes; nil where it refuses its inputs or makes several.
func shape(_ operation: some OperatorSemantics, _ inputs: Shape...) -> Shape? {
  guard let types = try? operation.outputTypes(of: inputs.map { TensorType($0) }), types.count == 1 else { return nil }
  return types[0].shape
}

/// What building a network on an input of `shape` fails with; nil where it succeeds.
func failure(_ shape: Shape, _ body: (Feature) -> Feature) -> String? {
  do throws(GraphError) {
    _ = try Graph(name: "test", input: TensorType(shape), body)
    return nil
  } catch {
    return "\(error)"
  }
}

/// A symbol used across tests.
let (height, width, batch) = (Dimension.symbol("H"), Dimension.symbol("W"), Dimension.symbol("N"))

extension Dimension {
  /// The value with the symbol `H` bound; nil for a failed dimension.
  func at(height value: Int) -> Int? {
    guard let symbol = Symbol("H") else { return nil }
    return try? evaluated(with: [symbol: value])
  }
}
