import Analysis
import Architectures
import Glibc
import NetworkGraph
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
    throw CommandFailure(.usage, unknownModelMessage)
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

  private var unknownModelMessage: String {
    let names = Catalog.suggestions(for: argument)
    let hint =
      names.isEmpty
      ? "'convscope list' prints the names" : "did you mean " + names.joined(separator: ", ") + "?"
    return "unknown model '\(argument)': \(hint)"
  }
}
