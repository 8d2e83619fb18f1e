import ArgumentParser
import Execution
import Glibc
import NetworkGraph
import SymbolicIntegers
import TensorFormats
import Tensors

/// Options of commands that execute a network: which weights, and what it is given.
struct ExecutionOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "A file of weights (.safetensors), or values that follow from names: synthetic, synthetic:GAIN. By default an "
        + "ONNX file's own, else synthetic.", valueName: "weights"))
  var weights: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "What the network is given: a file (.npy), or a shape, 1x3x224x224, of values that follow from the input's name; "
        + "NAME=... for one of several inputs, repeatedly.", valueName: "input"))
  var input: [String] = []

  @Option(
    name: .long, help: ArgumentHelp("Replace symbols, a file's own ones too: batch=1.", valueName: "symbol=number"))
  var assume: [String] = []

  @OptionGroup var edits: EditOptions

  /// A network with all it needs to run.
  struct Run {
    var graph: Graph
    var weights: any TensorSource
    var weightsText: String
    var inputs: [Tensor]
    var inputTexts: [String]
    /// The first output as it must be, where one is given.
    var expected: Tensor?
  }

  /// Builds the network and reads its weights and inputs.
  /// - Throws: ``CommandFailure``.
  func run(of model: String) throws -> Run {
    var shapes = InputShapes(assumptions: try Assumptions(options: assume))
    var given: [(name: String?, tensor: Tensor, text: String)] = []
    for text in input {
      let (name, value) = Self.split(text)
      if value == "synthetic" { continue }
      // Shapes hold no dot.
      guard value.contains(".") else {
        try shapes.add(shapes.parsed(value, option: "--input \(text)"), name: name)
        continue
      }
      let tensor = try Self.read(value, option: "--input \(text)")
      try shapes.add(Shape(tensor.shape.map { Dimension($0) }), name: name)
      given.append((name, tensor, value))
    }
    let graph = try ModelSource(argument: model, edits: edits).graph(shapes)
    var inputs: [Tensor] = []
    var texts: [String] = []
    for port in graph.inputs {
      if let file = given.first(where: { $0.name == port.name || $0.name == nil }) {
        inputs.append(file.tensor)
        texts.append(file.text)
      } else {
        inputs.append(try Self.synthetic(port, graph))
        texts.append("synthetic")
      }
    }
    let (source, text) = try weightSource(for: model)
    return Run(graph: graph, weights: source, weightsText: text, inputs: inputs, inputTexts: texts)
  }

  /// The values of an input that no file gives.
  static func synthetic(_ port: Port, _ graph: Graph) throws -> Tensor {
    let type = graph.type(of: port.value)
    var shape: [Int] = []
    for dimension in type.shape.dimensions {
      guard let size = dimension.constant else {
        throw CommandFailure(
          .usage, "input '\(port.name)' is \(type.shape), but a run needs numbers: give --input or --assume")
      }
      shape.append(size)
    }
    do throws(TensorError) {
      return try SyntheticTensors.input(shape, name: graph.inputs.count == 1 ? "input" : port.name)
    } catch {
      throw CommandFailure(.usage, "input '\(port.name)': \(error)")
    }
  }

  /// The name and the rest of `NAME=VALUE`.
  private static func split(_ text: String) -> (name: String?, value: String) {
    guard let equals = text.firstIndex(of: "="), !text[..<equals].contains("/") else { return (nil, text) }
    return (String(text[..<equals]), String(text[text.index(after: equals)...]))
  }

  /// A tensor in a file.
  /// - Throws: ``CommandFailure`` that starts with `option`.
  static func read(_ path: String, option: String) throws -> Tensor {
    do throws(TensorError) {
      return try NumpyFile.read(path)
    } catch {
      throw CommandFailure(access(path, R_OK) == 0 ? .data : .noInput, "\(option): \(error)")
    }
  }

  /// Where weights come from, and how a reader is told.
  private func weightSource(for model: String) throws -> (any TensorSource, String) {
    guard let weights else { return (SyntheticTensors(), "synthetic") }
    return try Self.weightSource(weights)
  }

  /// The source that `--weights` names, and how a reader is told.
  /// - Throws: ``CommandFailure``.
  static func weightSource(_ weights: String) throws -> (any TensorSource, String) {
    if weights == "synthetic" { return (SyntheticTensors(), "synthetic") }
    if weights.hasPrefix("synthetic:") {
      guard let gain = Double(weights.dropFirst("synthetic:".count)), gain.isFinite, gain > 0 else {
        throw CommandFailure(.usage, "--weights \(weights): the gain is a positive number, for example synthetic:1.5")
      }
      return (SyntheticTensors(gain: gain), "synthetic with gain \(gain)")
    }
    do throws(TensorError) {
      return (try SafetensorsFile(path: weights), weights)
    } catch {
      throw CommandFailure(access(weights, R_OK) == 0 ? .data : .noInput, "--weights: \(error)")
    }
  }
}
