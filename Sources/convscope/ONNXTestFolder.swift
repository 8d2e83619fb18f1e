import Execution
import Foundation
import NetworkGraph
import ONNXFormat
import SymbolicIntegers
import Tensors

/// A folder in the layout of ONNX's back-end tests: a model, and sets of inputs with the outputs that belong to them.
struct ONNXTestFolder {
  enum Outcome {
    case pass(worstError: Double)
    case fail(String)
    /// The model needs what the graph does not have.
    case unsupported(String)
  }

  var path: String

  /// The tolerance of ONNX's own runner: an error of 0.001 relative to the element, and 1e-7.
  private static let relative = 1e-3
  private static let absolute = 1e-7

  /// Runs every data set on both back ends.
  func outcome() -> Outcome {
    var worst = 0.0
    if let fault = layoutFault { return .fail(fault) }
    do {
      let sets = try FileManager.default.contentsOfDirectory(atPath: path)
        .filter { $0.hasPrefix("test_data_set_") }.sorted()
      guard !sets.isEmpty else { return .fail("there is no test_data_set_* in \(path)") }
      for set in sets {
        // Some files leave their tensors without names: then the order counts.
        let names = try ONNXModel.ports(contentsOf: "\(path)/model.onnx")
        if let other = names.others.first { return .unsupported("'\(other)' is declared as no tensor") }
        let inputs = named(try tensors("\(path)/\(set)", "input_"), by: names.inputs)
        let expected = named(try tensors("\(path)/\(set)", "output_"), by: names.outputs)
        guard !expected.isEmpty else { return .fail("there is no output_0.pb in \(path)/\(set)") }
        let (graph, weights) = try network(inputs)
        let fed = try graph.inputs.map { port in
          guard let input = inputs.first(where: { $0.name == port.name }) else {
            throw CommandFailure(.data, "no input_*.pb is called '\(port.name)'")
          }
          return input.tensor
        }
        let state = try ModelState(graph, from: weights)
        let executors: [(String, any Executor)] = [
          ("reference", try ReferenceExecutor(graph, state: state)),
          ("native", try NativeExecutor(graph, state: state)),
        ]
        for (name, executor) in executors {
          let outputs = try executor.run(fed)
          for (port, output) in zip(graph.outputs, outputs) {
            guard let wanted = expected.first(where: { $0.name == port.name })?.tensor else {
              return .fail("no output_*.pb is called '\(port.name)'")
            }
            if let failure = difference(output, wanted, &worst) { return .fail("\(name), \(port.name): \(failure)") }
          }
        }
      }
      return .pass(worstError: worst)
    } catch let error as ExecutionError {
      return .unsupported("\(error)")
    } catch let error as ONNXError {
      return error.isMalformed ? .fail("\(error)") : .unsupported("\(error)")
    } catch let error as TensorError {
      return error.isMalformed ? .fail("\(error)") : .unsupported("\(error)")
    } catch let failure as CommandFailure {
      return .fail(failure.message)
    } catch {
      return .fail("\(error)")
    }
  }

  /// Why this is no folder of a test; nil where it looks like one.
  private var layoutFault: String? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      return "there is no folder \(path)"
    }
    guard isFolder.boolValue else { return "\(path) is a file, not a folder with model.onnx and test_data_set_*" }
    guard FileManager.default.fileExists(atPath: "\(path)/model.onnx") else {
      return "there is no model.onnx in \(path)"
    }
    return nil
  }

  /// The network for inputs of these shapes. Inputs without elements are fixed: there is but one tensor of such a shape.
  /// So are all others but the first where it cannot be without: they say which axes to reduce, what shape to take, and the
  /// like.
  private func network(_ inputs: [(name: String, tensor: Tensor)]) throws -> (graph: Graph, weights: ONNXWeights) {
    let shapes = Dictionary(
      inputs.map { ($0.name, Shape($0.tensor.shape.map { Dimension($0) })) }, uniquingKeysWith: { first, _ in first })
    let all = Dictionary(inputs.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
    let empty = all.filter { $0.value.values.isEmpty }
    let known = all.filter { $0.key != inputs.first?.name || $0.value.values.isEmpty }
    let network = try ONNXModel.network(
      contentsOf: "\(path)/model.onnx", inputShapes: shapes, knownInputs: empty)
    let isComplete = network.graph.nodes.allSatisfy { node in
      if case .opaque = node.operation { return false }
      return node.outputs.allSatisfy { $0.isKnown && $0.shape.isConstant }
    }
    guard !isComplete else { return network }
    return try ONNXModel.network(contentsOf: "\(path)/model.onnx", inputShapes: shapes, knownInputs: known)
  }

  private func named(
    _ tensors: [(name: String, tensor: Tensor)], by names: [String]
  ) -> [(name: String, tensor: Tensor)] {
    tensors.enumerated().map { index, item in
      item.name.isEmpty && index < names.count ? (names[index], item.tensor) : item
    }
  }

  /// The tensors `input_0.pb`, `input_1.pb`...
  private func tensors(_ folder: String, _ prefix: String) throws -> [(name: String, tensor: Tensor)] {
    var tensors: [(name: String, tensor: Tensor)] = []
    while FileManager.default.fileExists(atPath: "\(folder)/\(prefix)\(tensors.count).pb") {
      tensors.append(try TensorProtoFile.read("\(folder)/\(prefix)\(tensors.count).pb"))
    }
    return tensors
  }

  /// How an output differs from what it must be; nil where it does not.
  private func difference(_ found: Tensor, _ expected: Tensor, _ worst: inout Double) -> String? {
    guard found.shape == expected.shape else {
      return
        "shape \(Tensor.description(of: expected.shape)) expected, but it is \(Tensor.description(of: found.shape))"
    }
    for (index, (value, wanted)) in zip(found.values, expected.values).enumerated() where value != wanted {
      if value.isNaN && wanted.isNaN { continue }
      let error = abs(Double(value) - Double(wanted))
      guard error <= Self.absolute + Self.relative * abs(Double(wanted)) else {
        return "element \(index) is \(value), not \(wanted)"
      }
      worst = max(worst, error / max(abs(Double(wanted)), 1))
    }
    return nil
  }
}

extension ONNXError {
  /// Whether the file is damaged, rather than beyond what the graph has.
  fileprivate var isMalformed: Bool {
    switch self {
    case .cannotOpen, .notAFile, .empty, .malformed, .undecodable, .noGraph, .negativeSide, .elementCountOverflow,
      .dataLength, .noOperatorSet, .duplicateValue, .missingValue, .cycle:
      true
    case .tensor(let error): error.isMalformed
    case .tooLarge, .unknownInput, .ambiguousInput, .inputRank, .rank, .attribute, .functionDepth, .functionSize,
      .graph:
      false
    }
  }
}

extension TensorError {
  /// Whether a file is damaged or cannot be read, rather than beyond what a tensor holds.
  fileprivate var isMalformed: Bool {
    switch self {
    case .inaccessible, .malformed: true
    case .elementCount, .size, .fixedValues, .unsupported: false
    }
  }
}
