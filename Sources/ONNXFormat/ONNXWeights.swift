import NetworkGraph
import SymbolicIntegers
import Tensors

/// The tensors of an ONNX file.
///
/// Of a network read by ``ONNXModel``: its parameters by ``Graph/name(of:)`` and its constants by ``Graph/path(of:)``,
/// each of the shape that the graph has it in, whatever the file stores: quantised weights as the real numbers they stand
/// for, sparse ones with their zeros, constants that operators on constants compute. Of a file alone: its initializers.
///
/// Values are read from the file when they are asked for, and converted as those of ``Tensor`` are: half and single
/// precision exactly, double precision to the nearest float32; NaN and infinities stay. Values that lie in other files
/// (external data) are only read where ``allowsExternalData`` says so, and only from files within the model's folder that
/// no symbolic link leads to.
public struct ONNXWeights: TensorSource {
  /// Whether values in files beside the model are read.
  public var allowsExternalData: Bool {
    get { reader.allowsExternalData }
    set { reader.allowsExternalData = newValue }
  }

  private var reader: ConstantReader
  private var entries: [Entry] = []
  private var places: [String: Int] = [:]

  private struct Entry {
    var name: String
    var type: TensorType
    var isConstant: Bool
    var values: Values
  }

  private enum Values {
    case stored(Constant)
    case computed([Scalar])
    case failed(TensorError)
  }

  /// The initializers of the file at `path`, by their names and in their own shapes.
  /// - Throws: ``ONNXError``.
  public init(contentsOf path: String, allowsExternalData: Bool = false) throws(ONNXError) {
    let file = try ModelFile(path: path)
    try self.init(reading: file, [])
    self.allowsExternalData = allowsExternalData
    var importer = try Importer(name: "", model: file.model)
    for (name, operand) in try importer.initializers(file.model.graph) {
      guard case .constant(let constant)? = operand else { continue }
      add(name, constant, isConstant: false)
    }
  }

  /// The values of what an importer put into `graph`.
  init(_ graph: Graph, _ importer: Importer, _ file: ModelFile) throws(ONNXError) {
    try self.init(reading: file, importer.dequantizations)
    let constants = importer.constantValues.map(\.constant)
    let evaluation = ConstantEvaluation(
      importer.computations, for: Array(importer.parameterValues.values) + constants, reader)
    for (index, parameter) in graph.parameters.enumerated() {
      guard let constant = importer.parameterValues[index] else { continue }
      add(graph.name(of: parameter), constant, isConstant: false, evaluation)
    }
    for (node, constant) in importer.constantValues {
      add(graph.path(of: graph.nodes[node]), constant, isConstant: true, evaluation)
    }
  }

  private init(reading file: ModelFile, _ dequantizations: [Dequantization]) throws(ONNXError) {
    do throws(TensorError) {
      reader = try ConstantReader(file, dequantizations: dequantizations)
    } catch {
      throw .tensor(error)
    }
  }

  private mutating func add(
    _ name: String, _ constant: Constant, isConstant: Bool, _ evaluation: ConstantEvaluation? = nil
  ) {
    var entry = Entry(name: name, type: constant.type, isConstant: isConstant, values: .stored(constant))
    do throws(TensorError) {
      if let elements = try evaluation?.elements(of: constant) { entry.values = .computed(elements) }
    } catch {
      entry.values = .failed(error)
    }
    if let place = places[name] {
      entries[place].values = .failed(reader.unsupported("two tensors of the network are called '\(name)'"))
    } else {
      places[name] = entries.count
      entries.append(entry)
    }
  }

  public var names: [String]? { entries.map(\.name) }

  /// Only what the network's definition fixes, without what is learnt: what other weights need beside them.
  public var constants: ONNXWeights {
    var result = self
    result.entries = entries.filter(\.isConstant)
    result.places = Dictionary(uniqueKeysWithValues: result.entries.enumerated().map { ($1.name, $0) })
    return result
  }

  /// The shape of a tensor; nil where there is none of that name, or where it depends on symbols.
  public func shape(ofTensor name: String) -> [Int]? {
    guard let place = places[name] else { return nil }
    let sizes = entries[place].type.shape.dimensions.compactMap(\.constant)
    return sizes.count == entries[place].type.shape.rank ? sizes : nil
  }

  /// The number that all elements of a tensor are whose values were left out of the file; nil for any other.
  func fill(ofTensor name: String) -> Double? {
    guard let place = places[name], case .stored(let constant) = entries[place].values,
      case .fill = constant.provenance, case .repeated(let element) = constant.content
    else { return nil }
    return element.real
  }

  public func tensor(named name: String, shape: [Int]) throws(TensorError) -> Tensor? {
    guard let place = places[name] else { return nil }
    let entry = entries[place]
    let values: [Float]
    switch entry.values {
    case .stored(let constant): values = try reader.values(of: constant)
    case .computed(let elements): values = try reader.floats(elements)
    case .failed(let error): throw error
    }
    guard let own = self.shape(ofTensor: name) else {
      throw reader.unsupported("the shape of '\(name)', \(entry.type.shape), depends on symbols")
    }
    return try Tensor(own, values, entry.type.elementType)
  }
}
