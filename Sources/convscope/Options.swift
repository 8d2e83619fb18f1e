import Analysis
import ArgumentParser
import Glibc
import NetworkGraph
import Reports
import SymbolicIntegers

extension ReportFormat: ExpressibleByArgument {}
extension Grouping: ExpressibleByArgument {}

extension CountingConvention: ExpressibleByArgument {
  public init?(argument: String) {
    guard let convention = CountingConvention.named(argument) else { return nil }
    self = convention
  }

  public static var allValueStrings: [String] { all.map(\.name) }

  public var defaultValueDescription: String { name }
}

/// Options that set the sizes of a network's inputs.
struct InputOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Shape of the input: 1x3x224x224, or with symbols 1x3xHxW; a file with several inputs takes NAME=SHAPE, repeatedly.",
      valueName: "shape"))
  var input: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Replace symbols, a file's own ones too: 'H=32*h, W=32*w', batch=1.", valueName: "symbol=formula"))
  var assume: [String] = []

  /// The shapes given, with assumptions applied.
  /// - Throws: ``CommandFailure`` that names the option and what is wrong with it.
  func shapes() throws -> InputShapes {
    let assumptions = try assumptions()
    var shapes = InputShapes(assumptions: assumptions)
    for text in input {
      // An equals sign separates a name from a shape; shapes hold none.
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = parts.count == 2 ? String(parts[0]) : nil
      var shape: Shape
      do throws(DimensionError) {
        shape = try Shape(parsing: String(parts[parts.count - 1]))
      } catch {
        throw CommandFailure(.usage, "--input \(text): \(error)")
      }
      shape = Shape(shape.dimensions.map { assumptions.applied(to: $0) })
      if let dimension = shape.dimensions.first(where: { ($0.constant ?? 1) < 1 }) {
        throw CommandFailure(.usage, "--input \(text): every axis must be positive, but one is \(dimension)")
      }
      if let failure = shape.failure { throw CommandFailure(.usage, "--input \(text): \(failure)") }
      if let name {
        guard shapes.named.updateValue(shape, forKey: name) == nil else {
          throw CommandFailure(.usage, "--input: two shapes for input '\(name)'")
        }
      } else {
        guard shapes.unnamed == nil else { throw CommandFailure(.usage, "--input: two shapes without a name") }
        shapes.unnamed = shape
      }
    }
    return shapes
  }
}

extension InputOptions {
  private func assumptions() throws -> Assumptions {
    do throws(DimensionError) {
      return assume.isEmpty ? try Assumptions() : try Assumptions(parsing: assume.joined(separator: ","))
    } catch {
      throw CommandFailure(.usage, "--assume \(assume.joined(separator: ",")): \(error)")
    }
  }
}

/// Shapes for the inputs of a network.
struct InputShapes {
  /// For the only input, whatever its name.
  var unnamed: Shape?
  var named: [String: Shape] = [:]
  /// Already applied to the shapes given; a file's own symbols are still to be replaced.
  var assumptions: Assumptions

  /// The shape given for a network whose only input is called `input`; nil where none is given.
  /// - Throws: ``CommandFailure`` when a shape is given for another input.
  func onlyShape(of model: String) throws -> Shape? {
    if let name = named.keys.sorted().first(where: { $0 != "input" }) {
      throw CommandFailure(.usage, "--input \(name)=...: \(model) has one input, 'input'")
    }
    return named["input"] ?? unnamed
  }
}

/// Options that say how a report is written and where to.
struct OutputOptions: ParsableArguments {
  @Option(name: .long, help: "How to write the report.")
  var format: ReportFormat = .table

  @Option(name: .shortAndLong, help: ArgumentHelp("Write to a file instead of the terminal.", valueName: "file"))
  var output: String?

  @Flag(name: .long, help: "Every digit of every number in tables, instead of three and an SI prefix.")
  var exact = false

  /// Prints the report, or writes it to the file.
  func write(_ report: Report) throws {
    let toTerminal = output == nil && isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil
    let text = try report.text(format, numbers: exact ? .exact : .si, terminal: toTerminal)
    if let output { try writeFile(text, to: output) } else { try printToStandardOutput(text) }
  }
}

/// The option that chooses what counts as an operation.
struct ConventionOption: ParsableArguments {
  @Option(name: .long, help: "What counts as an operation.")
  var convention: CountingConvention = .macs
}
