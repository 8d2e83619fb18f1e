import NetworkGraph
import SymbolicIntegers
import Tensors

/// Why a graph cannot be written as an ONNX file; one sentence that says where.
public enum ExportError: Error, Hashable, Sendable {
  /// The version of the operator set is not one that the exporter writes.
  case operatorSet(Int, supported: ClosedRange<Int>)
  /// An operator is newer than the operator set asked for.
  case operatorTooNew(node: String, operatorName: String, since: Int, asked: Int)
  /// An operator, or this use of it, has no counterpart in ONNX.
  case noCounterpart(node: String, operatorName: String, reason: String)
  /// The network has an output that nothing computes at inference.
  case noOutput(graph: String)
  /// Tensors that the network owns and that are not in the source of weights.
  case missingTensors([String])
  /// A tensor in the source of weights has another shape than the network's.
  case tensorShape(name: String, needed: [Int], found: [Int])
  /// A tensor of weights would need sizes that are still symbols.
  case symbolicTensor(name: String, shape: Shape)
  /// A tensor has elements of a type that is not computed with.
  case elementType(name: String)
  /// A tensor of whole numbers would get another value.
  case notAnInteger(name: String, Float, ElementType)
  /// The source of weights cannot be read, or a table cannot be computed.
  case tensor(name: String, TensorError)
  /// The file cannot be written.
  case file(TensorError)
}

extension ExportError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .operatorSet(let version, let supported):
      "operator set \(version) is not one of \(supported.lowerBound) to \(supported.upperBound), which can be written"
    case .operatorTooNew(let node, let name, let since, let asked):
      "\(node) (\(name)): needs operator set \(since) or newer, but \(asked) is asked for"
    case .noCounterpart(let node, let name, let reason): "\(node) (\(name)): has no counterpart in ONNX: \(reason)"
    case .noOutput(let graph): "\(graph) has no output that inference computes"
    case .missingTensors(let names): "the weights lack " + Self.list(names)
    case .tensorShape(let name, let needed, let found):
      "\(name): the network needs \(Tensor.description(of: needed)), but the weights hold "
        + Tensor.description(of: found)
    case .symbolicTensor(let name, let shape): "\(name): its shape \(shape) holds symbols, so it cannot have values"
    case .elementType(let name): "\(name): its element type is not one that can be written"
    case .notAnInteger(let name, let value, let type): "\(name): \(value) is no value of type \(type)"
    case .tensor(let name, let error): "\(name): \(error)"
    case .file(let error): "\(error)"
    }
  }

  /// The first names, and how many there are.
  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(5).joined(separator: ", ")
    return names.count > 5 ? "\(names.count) tensors: \(shown), ..." : shown
  }
}
