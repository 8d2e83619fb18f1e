import NetworkGraph
import SymbolicIntegers
import Tensors

/// Reads a network from an ONNX file, without its weights: operator sets 7 and newer, of models as exporters write them.
///
/// What becomes what:
/// - Operators on constants are evaluated while reading (shape arithmetic) and leave no node; sizes that depend on a
///   symbolic input stay formulas. A constant that an operator on data reads becomes a source.
/// - A constant in a weight's place (Conv, Gemm, MatMul by a matrix, normalisations, PRelu) is a parameter; the mean and
///   variance of BatchNormalization are buffers.
/// - Any other constant that an operator on data reads is a parameter if it is *learnt*: an initializer of real numbers
///   with more than one element, or a ConstantOfShape whose shape is an initializer. Identity, Cast, DequantizeLinear
///   and changes of shape keep that; anything else computed from a learnt initializer is part of the graph. Scalars,
///   whole numbers, Constant nodes and what is computed from these alone are fixed constants.
/// - A tensor that several operators read is one parameter, a trainable one if any of them would train it.
/// - Operators without a counterpart, and those whose settings are only known while the network runs, become opaque.
public enum ONNXModel {
  /// The network in the file at `path`, named after the file.
  ///
  /// Symbolic sides keep their names; sides that the file leaves open are called N, C, H, W.
  /// - Parameters:
  ///   - inputShapes: shapes that take the place of those in the file, by the inputs' names.
  ///   - defaultShape: the shape of the model's only input, whatever it is called.
  ///   - assumptions: what takes the place of symbols in the inputs' shapes.
  /// - Throws: ``ONNXError``. Operators that are not known are no error: see ``Opaque``.
  public static func graph(
    contentsOf path: String, inputShapes: [String: Shape] = [:], defaultShape: Shape? = nil,
    assumptions: Assumptions? = nil
  ) throws(ONNXError) -> Graph {
    try graph(
      ModelFile(path: path), inputShapes: inputShapes, defaultShape: defaultShape, assumptions: assumptions)
  }

  /// The network in the file at `path`, and the values of its parameters and constants.
  ///
  /// The values stay in the file until they are asked for; only small constants, and what operators on constants
  /// compute, are in memory.
  /// - Parameter knownInputs: inputs that become fixed constants: values that shape what follows, such as the target of a
  ///   Reshape.
  /// - Throws: ``ONNXError``, as ``graph(contentsOf:inputShapes:defaultShape:assumptions:)``.
  public static func network(
    contentsOf path: String, inputShapes: [String: Shape] = [:], defaultShape: Shape? = nil,
    assumptions: Assumptions? = nil, knownInputs: [String: Tensor] = [:]
  ) throws(ONNXError) -> (graph: Graph, weights: ONNXWeights) {
    let file = try ModelFile(path: path)
    let (graph, importer) = try imported(
      file, inputShapes: inputShapes, defaultShape: defaultShape, assumptions: assumptions, knownInputs: knownInputs)
    return (graph, try ONNXWeights(graph, importer, file))
  }

  /// The names of the inputs and outputs of the model in the file at `path`, and which of them are declared as something
  /// else than tensors: sequences, maps, optional values. Tensors that the file stores are no inputs.
  /// - Throws: ``ONNXError`` where the file cannot be read.
  public static func ports(
    contentsOf path: String
  ) throws(ONNXError) -> (inputs: [String], outputs: [String], others: [String]) {
    let graph = try ModelFile(path: path).model.graph
    let stored = Set(graph.initializer.map(\.name))
    let inputs = graph.input.filter { !stored.contains($0.name) }
    let others = (inputs + graph.output).filter { port in
      switch port.type.value {
      case .tensorType, nil: false
      default: true
      }
    }
    return (inputs.map(\.name), graph.output.map(\.name), others.map(\.name))
  }

  /// The network in a decoded file.
  static func graph(
    _ file: ModelFile, inputShapes: [String: Shape] = [:], defaultShape: Shape? = nil, assumptions: Assumptions? = nil
  ) throws(ONNXError) -> Graph {
    try imported(file, inputShapes: inputShapes, defaultShape: defaultShape, assumptions: assumptions).graph
  }

  private static func imported(
    _ file: ModelFile, inputShapes: [String: Shape], defaultShape: Shape?, assumptions: Assumptions?,
    knownInputs: [String: Tensor] = [:]
  ) throws(ONNXError) -> (graph: Graph, importer: Importer) {
    guard let opset = file.model.opsetImport.first(where: { OperatorName.isDefault($0.domain) })?.version else {
      throw .noOperatorSet(path: file.path)
    }
    let graph = file.model.graph
    var importer = try Importer(name: stem(file.path), model: file.model)
    var given = try importer.initializers(graph)
    given += try importer.inputs(
      graph, shapes: inputShapes, defaultShape: defaultShape, assumptions: assumptions, known: knownInputs)
    try importer.declareSources(graph, in: &given)
    let body = Body(
      nodes: graph.node, places: NodePlaces(graph.node), given: given, results: graph.output.map(\.name),
      title: "the graph")
    let results = try importer.run(body, opset: Int(opset))
    return (try importer.finish(body.results, results), importer)
  }

  /// The file's name without folders and extension.
  private static func stem(_ path: String) -> String {
    let name = path.split(separator: "/").last ?? path[...]
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return String(name) }
    return String(name[..<dot])
  }
}
