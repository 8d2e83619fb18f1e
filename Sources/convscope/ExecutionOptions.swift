import Architectures
import ArgumentParser
import Execution
import Glibc
import NetworkGraph
import ONNXFormat
import SymbolicIntegers
import TensorFormats
import Tensors

/// Options of commands that execute a network: which weights, and what it is given.
struct ExecutionOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "A file of weights (.safetensors, .onnx), or values that follow from names: synthetic, synthetic:GAIN. By default "
        + "an ONNX file's own, else synthetic; the ONNX file named again here may read those that lie in files beside it.",
      valueName: "weights"))
  var weights: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "What the network is given: a tensor (.npy, .pb), a picture (.png, .ppm), which is resized, cropped and normalised "
        + "as for the network's published weights, or as usual for ImageNet where none are known, or a shape, 1x3x224x224, of values that follow from the input's name; NAME=... for one of "
        + "several inputs, repeatedly.", valueName: "input"))
  var input: [String] = []

  @Option(
    name: .long, help: ArgumentHelp("Replace symbols, a file's own ones too: batch=1.", valueName: "symbol=number"))
  var assume: [String] = []

  @OptionGroup var edits: EditOptions

  /// A network with all it needs to run.
  struct Run: Sendable {
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
    var given: [GivenInput] = []
    for text in input {
      let (name, value) = Self.split(text)
      if value == "synthetic" { continue }
      // Shapes hold no dot.
      guard value.contains(".") else {
        try shapes.add(shapes.parsed(value, option: "--input \(text)"), name: name)
        continue
      }
      let file = try GivenInput(name: name, path: value)
      if let shape = file.tensor?.shape { try shapes.add(Shape(shape.map { Dimension($0) }), name: name) }
      given.append(file)
    }
    let (graph, ownWeights) = try ModelSource(argument: model, edits: edits).network(shapes)
    var inputs: [Tensor] = []
    var texts: [String] = []
    try check(given, for: graph, model)
    for port in graph.inputs {
      if let file = given.first(where: { $0.name == port.name || $0.name == nil }) {
        let (tensor, text) = try file.tensor(for: port, of: graph, Catalog.entry(named: model))
        inputs.append(tensor)
        texts.append(text)
      } else {
        inputs.append(try Self.synthetic(port, graph))
        texts.append("synthetic")
      }
    }
    let (source, text) = try weightSource(for: model, ownWeights)
    return Run(graph: graph, weights: source, weightsText: text, inputs: inputs, inputTexts: texts)
  }

  /// Each file is for one input, and no two for the same.
  private func check(_ given: [GivenInput], for graph: Graph, _ model: String) throws {
    let names = graph.inputs.map(\.name)
    for file in given where !(file.name.map(names.contains) ?? (names.count <= 1)) {
      let inputs = names.map { "'\($0)'" }.joined(separator: ", ")
      throw CommandFailure(
        .usage,
        file.name.map { "--input \($0)=\(file.path): \(model) has no such input; it has \(inputs)" }
          ?? "--input \(file.path): \(model) has inputs \(inputs): write which one is meant, NAME=\(file.path)")
    }
    for name in names {
      let files = given.filter { $0.name ?? name == name }
      guard files.count > 1 else { continue }
      throw CommandFailure(.usage, "--input: \(files[0].path) and \(files[1].path) are both for input '\(name)'")
    }
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
    let bytes: Int
    do throws(TensorError) {
      bytes = try Tensor.elementCount(of: shape) * MemoryLayout<Float>.stride
      // The run has a copy of its own.
      if bytes <= Int.physicalMemory / 2 {
        return try SyntheticTensors.input(shape, name: graph.inputs.count == 1 ? "input" : port.name)
      }
    } catch {
      throw CommandFailure(.usage, "input '\(port.name)': \(error)")
    }
    throw CommandFailure(
      .usage,
      "input '\(port.name)' of shape \(type.shape) needs \(bytes) bytes of memory twice, but a run may use "
        + "\(Int.physicalMemory)")
  }

  /// The name and the rest of `NAME=VALUE`.
  private static func split(_ text: String) -> (name: String?, value: String) {
    guard let equals = text.firstIndex(of: "="), !text[..<equals].contains("/") else { return (nil, text) }
    return (String(text[..<equals]), String(text[text.index(after: equals)...]))
  }

  /// Where weights come from, and how a reader is told.
  /// - Parameter own: those in the file of the network.
  private func weightSource(for model: String, _ own: ONNXWeights?) throws -> (any TensorSource, String) {
    guard let weights else { return own.map { ($0, "the file's own") } ?? (SyntheticTensors(), "synthetic") }
    return try Self.weightSource(weights, for: model, own)
  }

  /// The source that `--weights` names for a model, and how a reader is told.
  /// - Parameter own: the tensors in the file of the network.
  /// - Throws: ``CommandFailure``.
  static func weightSource(
    _ weights: String, for model: String, _ own: ONNXWeights?
  ) throws -> (any TensorSource, String) {
    if weights == model, var own {
      own.allowsExternalData = true
      return (own, weights)
    }
    let (source, text) = try weightSource(weights)
    // What the network's definition fixes is in its file alone.
    return (own.map { LayeredTensors([$0.constants, source]) } ?? source, text)
  }

  /// - Throws: ``CommandFailure``.
  private static func weightSource(_ weights: String) throws -> (any TensorSource, String) {
    if weights == "synthetic" { return (SyntheticTensors(), "synthetic") }
    if weights.hasPrefix("synthetic:") {
      guard let gain = Double(weights.dropFirst("synthetic:".count)), gain.isFinite, gain > 0 else {
        throw CommandFailure(.usage, "--weights \(weights): the gain is a positive number, for example synthetic:1.5")
      }
      return (SyntheticTensors(gain: gain), "synthetic with gain \(gain)")
    }
    do {
      let kind = try FileKind(ofFileAt: weights)
      switch kind {
      case .onnx: return (try ONNXWeights(contentsOf: weights, allowsExternalData: true), weights)
      case .safetensors: return (try SafetensorsFile(path: weights), weights)
      default: throw kind.refusal(weights, wanted: "weights in safetensors or ONNX form")
      }
    } catch {
      throw CommandFailure(access(weights, R_OK) == 0 ? .data : .noInput, "--weights: \(error)")
    }
  }
}

/// A tensor or a picture that `--input` names.
struct GivenInput {
  var name: String?
  var path: String
  /// The tensor in the file; nil for a picture.
  var tensor: Tensor?
  private var image: Image?

  /// - Throws: ``CommandFailure``.
  init(name: String?, path: String) throws {
    self.name = name
    self.path = path
    let lowercased = path.lowercased()
    if lowercased.hasSuffix(".npy") || lowercased.hasSuffix(".pb") {
      tensor = try Self.tensor(path, option: "--input \(path)")
    } else {
      image = try Self.reading(path, option: "--input \(path)") { () throws(TensorError) in try Image(contentsOf: path)
      }
    }
  }

  /// The values for one input of a network, and how a reader is told where they come from.
  /// - Parameter entry: the built-in network whose published weights say how to prepare pictures.
  func tensor(for port: Port, of graph: Graph, _ entry: CatalogEntry?) throws -> (Tensor, String) {
    if let tensor { return (tensor, path) }
    let shape = graph.type(of: port.value).shape
    guard let image, shape.rank == 4, shape[0] == 1, shape[1] == 3, shape[2] == shape[3], let side = shape[2].constant
    else {
      throw CommandFailure(
        .usage, "--input \(path): a picture becomes 1x3xSxS, but input '\(port.name)' is \(shape)")
    }
    let (preprocessing, source) = Self.preprocessing(side, entry)
    let tensor = try Self.reading(path, option: "--input \(path)") { () throws(TensorError) in
      try preprocessing.tensor(image)
    }
    return (tensor, "\(path), \(preprocessing), \(source)")
  }

  /// How pictures are prepared for an input of `side` pixels, and why so.
  private static func preprocessing(_ side: Int, _ entry: CatalogEntry?) -> (ImagePreprocessing, source: String) {
    guard let published = entry?.preprocessing(side: side) else {
      return (ImagePreprocessing(side: side), "as usual for ImageNet")
    }
    let preprocessing = ImagePreprocessing(
      side: published.crop, resizedSide: published.resize, keepsAspect: !published.isSquashed,
      interpolation: published.interpolation == .bicubic ? .bicubic : .bilinear, mean: published.mean,
      standardDeviation: published.standardDeviation)
    return (preprocessing, "as for \(published.source)")
  }

  /// The tensor in an array of NumPy or a message of ONNX.
  /// - Throws: ``CommandFailure`` that starts with `option`.
  static func tensor(_ path: String, option: String) throws -> Tensor {
    try reading(path, option: option) { () throws(TensorError) in
      let kind = try FileKind(ofFileAt: path)
      switch kind {
      case .numpy: return try NumpyFile.read(path)
      case .tensorProto: return try TensorProtoFile.read(path).tensor
      default: throw kind.refusal(path, wanted: "a tensor (.npy, .pb) or a picture (.png, .ppm)")
      }
    }
  }

  private static func reading<Result>(
    _ path: String, option: String, _ read: () throws(TensorError) -> Result
  ) throws -> Result {
    do throws(TensorError) {
      return try read()
    } catch {
      throw CommandFailure(access(path, R_OK) == 0 ? .data : .noInput, "\(option): \(error)")
    }
  }
}

/// Options that choose what runs a network.
struct BackendOptions: ParsableArguments {
  enum Backend: String, CaseIterable, ExpressibleByArgument {
    /// Plain loops that are written to be obviously right.
    case reference
    /// Vector kernels.
    case native
  }

  @Option(name: .long, help: "What runs the network: vector kernels, or plain loops that sum in double precision.")
  var backend: Backend = .native

  @Option(name: .long, help: ArgumentHelp("How many threads the vector kernels use.", valueName: "count"))
  var threads = 1

  @Option(
    name: .long,
    help: """
      How convolutions are computed: auto takes Winograd's filtering (stride 1; 3x3, 5x5, 1x3, 1x7 and upright) and \
      Strassen's products (1x1) where they pay, direct neither.
      """)
  var convolution: ConvolutionMethod = .auto

  /// Refuses what no machine has, before a network is built.
  func check() throws {
    guard 1...1024 ~= threads else { throw CommandFailure(.usage, "--threads \(threads): expected 1 to 1024") }
  }

  /// - Throws: ``ExecutionError``.
  func executor(_ graph: Graph, _ state: ModelState) throws(ExecutionError) -> any Executor {
    switch backend {
    case .reference: try ReferenceExecutor(graph, state: state)
    case .native: try nativeExecutor(graph, state)
    }
  }

  /// - Throws: ``ExecutionError``.
  func nativeExecutor(_ graph: Graph, _ state: ModelState) throws(ExecutionError) -> NativeExecutor {
    try NativeExecutor(graph, state: state, threads: threads, convolution: convolution)
  }
}

extension ConvolutionMethod: ExpressibleByArgument {}
