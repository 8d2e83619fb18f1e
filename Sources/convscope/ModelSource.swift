import Analysis
import ArchitectureFormat
import Architectures
import Glibc
import NetworkGraph
import ONNXFormat
import SymbolicIntegers

/// A network named on the command line.
struct ModelSource {
  var argument: String

  /// Builds the network.
  /// - Parameter inputs: shapes that take the place of the default ones.
  /// - Throws: ``CommandFailure``.
  func graph(_ inputs: InputOptions) throws -> Graph {
    let overrides = try inputs.shapes()
    if let entry = Catalog.entry(named: argument) {
      let shape = try overrides.onlyShape(of: entry.name)
      do throws(GraphError) {
        return try entry.graph(input: shape)
      } catch {
        throw CommandFailure(.usage, "\(argument): \(error)")
      }
    }
    if isDescription { return try describedGraph(overrides) }
    guard looksLikeFile else { throw CommandFailure(.usage, unknownModelMessage) }
    do throws(ONNXError) {
      return try ONNXModel.graph(
        contentsOf: argument, inputShapes: overrides.named, defaultShape: overrides.unnamed,
        assumptions: overrides.assumptions)
    } catch {
      let message = "\(error)"
      throw CommandFailure(
        isReadable ? .data : .noInput, message.hasPrefix(argument) ? message : "\(argument): \(message)")
    }
  }

  /// The network that a file in YAML describes.
  private func describedGraph(_ overrides: InputShapes) throws -> Graph {
    do throws(ArchitectureFileError) {
      return try ArchitectureFile.graph(
        contentsOf: argument, inputShape: overrides.unnamed, inputShapes: overrides.named,
        assumptions: overrides.assumptions)
    } catch {
      switch error.fault {
      case .unreadable: throw CommandFailure(.noInput, "\(error)")
      case .inputShape, .setting: throw CommandFailure(.usage, "\(error)")
      default: throw CommandFailure(.data, "\(error)")
      }
    }
  }

  /// The measures of the network.
  /// - Throws: ``CommandFailure``.
  func analysis(_ inputs: InputOptions) throws -> NetworkAnalysis {
    let graph = try graph(inputs)
    do throws(GraphError) {
      return try NetworkAnalysis(graph)
    } catch {
      throw CommandFailure(.data, "\(argument): \(error)")
    }
  }

  private var isDescription: Bool {
    let name = argument.lowercased()
    return name.hasSuffix(".yaml") || name.hasSuffix(".yml")
  }

  private var looksLikeFile: Bool {
    argument.contains("/") || argument.lowercased().hasSuffix(".onnx") || access(argument, F_OK) == 0
  }

  private var isReadable: Bool { access(argument, R_OK) == 0 }

  private var unknownModelMessage: String {
    let names = Catalog.suggestions(for: argument)
    let hint =
      names.isEmpty
      ? "'convscope list' prints the names" : "did you mean " + names.joined(separator: ", ") + "?"
    return "unknown model '\(argument)': \(hint)"
  }
}
