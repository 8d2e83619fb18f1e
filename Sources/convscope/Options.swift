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
    var shapes = InputShapes(assumptions: try Assumptions(options: assume))
    for text in input {
      // An equals sign separates a name from a shape; shapes hold none.
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let shape = try shapes.parsed(String(parts[parts.count - 1]), option: "--input \(text)")
      try shapes.add(shape, name: parts.count == 2 ? String(parts[0]) : nil)
    }
    return shapes
  }
}

extension Assumptions {
  /// What `--assume` options say.
  /// - Throws: ``CommandFailure``.
  init(options: [String]) throws {
    do throws(DimensionError) {
      self = try options.isEmpty ? Assumptions() : Assumptions(parsing: options.joined(separator: ","))
    } catch {
      throw CommandFailure(.usage, "--assume \(options.joined(separator: ",")): \(error)")
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

  /// A shape as it is written, with assumptions applied.
  /// - Parameter option: how errors name it.
  /// - Throws: ``CommandFailure``.
  func parsed(_ text: String, option: String) throws -> Shape {
    var shape: Shape
    do throws(DimensionError) {
      shape = try Shape(parsing: text)
    } catch {
      throw CommandFailure(.usage, "\(option): \(error)")
    }
    shape = Shape(shape.dimensions.map { assumptions.applied(to: $0) })
    if let dimension = shape.dimensions.first(where: { ($0.constant ?? 1) < 1 }) {
      throw CommandFailure(.usage, "\(option): every axis must be positive, but one is \(dimension)")
    }
    if let failure = shape.failure { throw CommandFailure(.usage, "\(option): \(failure)") }
    return shape
  }

  /// Adds the shape of the input called `name`, or of the only one.
  /// - Throws: ``CommandFailure`` for a second shape of one input.
  mutating func add(_ shape: Shape, name: String?) throws {
    if let name {
      guard named.updateValue(shape, forKey: name) == nil else {
        throw CommandFailure(.usage, "--input: two shapes for input '\(name)'")
      }
    } else {
      guard unnamed == nil else { throw CommandFailure(.usage, "--input: two shapes without a name") }
      unnamed = shape
    }
  }

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
    guard let output else { return try Self.print(report, format, exact: exact) }
    try writeFile(report.text(format, numbers: exact ? .exact : .si), to: output)
  }

  /// Prints a report on standard output, in colour where that is a terminal that wants it.
  static func print(_ report: Report, _ format: ReportFormat, exact: Bool = false) throws {
    let isColored = isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil
    try printToStandardOutput(report.text(format, numbers: exact ? .exact : .si, terminal: isColored))
  }
}

/// The option that chooses what counts as an operation.
struct ConventionOption: ParsableArguments {
  @Option(name: .long, help: "What counts as an operation.")
  var convention: CountingConvention = .macs
}
