import Analysis
import Architectures
import Glibc
import NetworkGraph
import SymbolicIntegers

/// A network named on the command line.
struct ModelSource {
  var argument: String
  var edits: EditOptions

  /// Builds the network.
  /// - Parameter inputs: shapes that take the place of the default ones.
  /// - Throws: ``CommandFailure``.
  func graph(_ inputs: InputOptions) throws -> Graph {
    let overrides = try inputs.shapes()
    if let entry = Catalog.entry(named: argument) {
      let shape = try overrides.onlyShape(of: entry.name)
      do {
        let graph = try edits.edited(entry).graph(input: shape)
        return edits.features ? try graph.backbone() : graph
      } catch let error as GraphError {
        throw CommandFailure(.usage, "\(argument): \(error)")
      }
    }
    throw ModelSource.unknownModel(argument)
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

  private static func unknownModel(_ name: String) -> CommandFailure {
    let names = Catalog.suggestions(for: name)
    let hint =
      names.isEmpty
      ? "'convscope list' prints the names" : "did you mean " + names.joined(separator: ", ") + "?"
    return CommandFailure(.usage, "unknown model '\(name)': \(hint)")
  }
}
