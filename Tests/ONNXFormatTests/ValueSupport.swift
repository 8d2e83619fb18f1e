import Foundation
import NetworkGraph
import SwiftProtobuf
import Tensors
import TestSupport

@testable import ONNXFormat

extension TemporaryFolder {
  /// Writes a model and reads it as a network.
  func network(
    _ model: NetworkModel, knownInputs: [String: Tensor] = [:]
  ) throws -> (graph: Graph, weights: ONNXWeights) {
    let path = try file("model.onnx", model.proto.serializedBytes() as [UInt8])
    return try ONNXModel.network(contentsOf: path, knownInputs: knownInputs)
  }
}

extension Graph {
  /// What an executor asks a source of tensors for: names and shapes of parameters and constants.
  var neededTensors: [(name: String, type: TensorType)] {
    let parameters = parameters.map { (name(of: $0), TensorType($0.spec.shape, $0.spec.elementType)) }
    let constants = nodes.compactMap { node -> (String, TensorType)? in
      guard case .source(let source) = node.operation, case .constant = source.kind else { return nil }
      return (path(of: node), node.outputs[0])
    }
    return parameters + constants
  }
}

extension Shape {
  /// The sizes, where none depends on symbols.
  var sizes: [Int]? {
    let sizes = dimensions.compactMap(\.constant)
    return sizes.count == rank ? sizes : nil
  }
}

/// The sentence that `body` ends in; empty where it succeeds.
func sentence(_ body: () throws -> Void) -> String {
  do {
    try body()
    return ""
  } catch {
    return "\(error)"
  }
}
