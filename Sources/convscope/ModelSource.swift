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
  var edits: EditOptions

  /// Builds the network.
  /// - Parameter inputs: shapes that take the place of the default ones.
  /// - Throws: ``CommandFailure``.
  func graph(_ inputs: InputOptions) throws -> Graph { try graph(inputs.shapes()) }

  /// Builds the network.
  /// - Parameter shapes: what takes the place of the default ones.
  /// - Throws: ``CommandFailure``.
  func graph(_ shapes: InputShapes) throws -> Graph {
    try withoutHead(wholeGraph(shapes))
  }

  private func wholeGraph(_ overrides: InputShapes) throws -> Graph {
    if let entry = Catalog.entry(named: argument) {
      let shape = try overrides.onlyShape(of: entry.name)
      let edited = try edits.edited(entry)
      do throws(GraphError) {
        return try edited.graph(input: shape)
      } catch {
        throw CommandFailure(.usage, "\(argument): \(error)")
      }
    }
    if isDescription { return try describedGraph(overrides) }
    guard looksLikeFile else { throw ModelSource.unknownModel(argument) }
    return try readingFile { () throws(ONNXError) in
      try ONNXModel.graph(
        contentsOf: argument, inputShapes: overrides.named, defaultShape: overrides.unnamed,
        assumptions: overrides.assumptions)
    }
  }

  /// Builds the network, with the weights of the file that it comes from if that holds any.
  /// - Throws: ``CommandFailure``.
  func network(_ shapes: InputShapes) throws -> (graph: Graph, weights: ONNXWeights?) {
    guard Catalog.entry(named: argument) == nil, !isDescription, looksLikeFile else {
      return (try graph(shapes), nil)
    }
    let network = try readingFile { () throws(ONNXError) in
      try ONNXModel.network(
        contentsOf: argument, inputShapes: shapes.named, defaultShape: shapes.unnamed, assumptions: shapes.assumptions)
    }
    return (try withoutHead(network.graph), network.weights)
  }

  /// The network, or its feature extractor where that is asked for.
  private func withoutHead(_ graph: Graph) throws -> Graph {
    guard edits.features else { return graph }
    do throws(GraphError) {
      return try graph.backbone()
    } catch {
      throw CommandFailure(.usage, "\(argument): \(error)")
    }
  }

  /// What `read` makes of the ONNX file.
  private func readingFile<Result>(_ read: () throws(ONNXError) -> Result) throws -> Result {
    guard edits.set.isEmpty else {
      throw CommandFailure(.usage, "--set: \(argument) is an ONNX file, which has no settings to change")
    }
    do throws(ONNXError) {
      return try read()
    } catch {
      throw CommandFailure(isReadable ? .data : .noInput, about: argument, error)
    }
  }

  /// The network that a file in YAML describes.
  private func describedGraph(_ overrides: InputShapes) throws -> Graph {
    do throws(ArchitectureFileError) {
      return try ArchitectureFile.graph(
        contentsOf: argument, inputShape: overrides.unnamed, inputShapes: overrides.named,
        assumptions: overrides.assumptions, settings: edits.set)
    } catch {
      switch error.fault {
      case .unreadable: throw CommandFailure(.noInput, "\(error)")
      case .inputShape, .setting: throw CommandFailure(.usage, "\(error)")
      default: throw CommandFailure(.data, "\(error)")
      }
    }
  }

  /// The built-in network of that name.
  /// - Throws: ``CommandFailure`` that suggests others.
  static func entry(named name: String) throws -> CatalogEntry {
    guard let entry = Catalog.entry(named: name) else { throw unknownModel(name) }
    return entry
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

  /// That `graph` has no layer of a name, with others that are spelt like it.
  func unknownLayer(_ name: String, in graph: Graph, option: String) -> CommandFailure {
    let near = graph.nodes(like: name)
    let hint =
      near.isEmpty
      ? "'convscope show \(argument)' prints the names" : "did you mean \(near.joined(separator: ", "))?"
    return CommandFailure(.usage, "\(option): \(argument) has no layer '\(name.prefix(100))': \(hint)")
  }

  private var isDescription: Bool {
    let name = argument.lowercased()
    return name.hasSuffix(".yaml") || name.hasSuffix(".yml")
  }

  private var looksLikeFile: Bool {
    argument.contains("/") || argument.lowercased().hasSuffix(".onnx") || access(argument, F_OK) == 0
  }

  private var isReadable: Bool { access(argument, R_OK) == 0 }

  private static func unknownModel(_ name: String) -> CommandFailure {
    let names = Catalog.suggestions(for: name)
    let hint =
      names.isEmpty
      ? "'convscope list' prints the names" : "did you mean " + names.joined(separator: ", ") + "?"
    return CommandFailure(.usage, "unknown model '\(name)': \(hint)")
  }
}
