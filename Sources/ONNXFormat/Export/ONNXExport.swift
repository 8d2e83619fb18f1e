import NetworkGraph
import Tensors

/// A network as an ONNX model: what is written where, and what of it comes back.
///
/// - Nodes, values and tensors keep the names of the graph; scopes, and all that ONNX has no field for, stand in
///   `metadata_props` (
///   ``ONNXModel/graph(contentsOf:inputShapes:defaultShape:assumptions:)`` reads them back: the result
///   has the same ``NormalForm``).
/// - What only training runs, dropout and other identities are left out.
/// - Operators that ONNX does not have are functions of the domain `convscope`, defined in the file, so that every
///   runtime that knows ONNX functions computes them.
/// - Without weights every tensor of the state is computed by a ConstantOfShape node, all zero: a small file that checkers
///   accept, runtimes run and readers see the parameters in.
public struct ONNXExport {
  /// Versions of the default operator set that can be written.
  public static let operatorSets = 18...24
  /// The version written unless another is asked for: of 2024, and known to all current runtimes.
  public static let defaultOperatorSet = 21

  public let graph: Graph
  private let exporter: Exporter
  private let weights: (any TensorSource)?

  /// Lays out the model.
  /// - Parameters:
  ///   - weights: where the values of the state's tensors come from; nil leaves them out. What an ONNX file computes by
  ///     ConstantOfShape is written so again.
  ///   - opset: the version of the default operator set.
  /// - Throws: ``ExportError`` where an operator cannot be written, or tensors are missing.
  public init(
    _ graph: Graph, weights: (any TensorSource)? = nil, opset: Int = defaultOperatorSet
  ) throws(ExportError) {
    guard Self.operatorSets.contains(opset) else { throw .operatorSet(opset, supported: Self.operatorSets) }
    self.graph = graph
    self.weights = weights
    exporter = try Exporter(graph, opset: opset) { name in
      guard let weights else { return 0 }
      return (weights as? ONNXWeights)?.fill(ofTensor: name)
    }
    if let held = weights?.names.map(Set.init) {
      let missing = exporter.tensors.compactMap { tensor in
        if case .weight(let name) = tensor.content, !held.contains(name) { name } else { nil }
      }
      guard missing.isEmpty else { throw .missingTensors(missing) }
    }
  }

  /// Writes the model to `path`, which is only replaced by a complete file. A model beyond 2 GiB has the values of its
  /// tensors in a second file, called like it with `.data` behind.
  ///
  /// Values are read and written one tensor at a time.
  /// - Throws: ``ExportError``.
  public func write(to path: String) throws(ExportError) {
    try write(to: path, byteLimit: ModelWriting.byteLimit)
  }

  func write(to path: String, byteLimit: Int) throws(ExportError) {
    let whole = try ModelWriting(exporter, valuesFile: nil)
    if whole.byteCount <= byteLimit {
      var file = try NewFile(path: path)
      try whole.write(to: &file, from: weights)
      try file.finish()
      return
    }
    let name = (path.split(separator: "/").last.map(String.init) ?? path) + ".data"
    let parted = try ModelWriting(exporter, valuesFile: name)
    var file = try NewFile(path: path)
    var values = try NewFile(path: path + ".data")
    try parted.writeValues(to: &values, from: weights)
    try parted.write(to: &file, from: weights)
    try values.finish()
    try file.finish()
  }

  /// The model with all values inside.
  /// - Throws: ``ExportError``.
  public func bytes() throws(ExportError) -> [UInt8] {
    var result = ByteArray()
    try ModelWriting(exporter, valuesFile: nil).write(to: &result, from: weights)
    return result.bytes
  }
}
