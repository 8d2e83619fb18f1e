import NetworkGraph
import SymbolicIntegers

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One node of a graph as the mappings read it to write it.
struct ExportCall {
  let node: Node
  /// The node's unique name.
  let path: String
  /// Names of the values it reads, then of the tensors it owns, without bookkeeping: ONNX orders operands alike.
  let operands: [String]
  /// Types of the values it reads.
  let inputs: [TensorType]

  /// The shape of the first input.
  var shape: Shape { inputs[0].shape }
  /// The shape of the first output.
  var result: Shape { node.outputs[0].shape }

  /// The error that there is no way to write the node.
  func noCounterpart(_ reason: String) -> ExportError {
    .noCounterpart(node: path, operatorName: node.operation.semantics.name, reason: reason)
  }

  /// The number of a setting that ONNX cannot have as a symbol.
  func plain(_ size: Dimension, _ what: String) throws(ExportError) -> Int {
    guard let value = size.constant else { throw noCounterpart("\(what) must be a number, but is \(size)") }
    return value
  }

  /// The non-negative position of an axis of the first input, which exists.
  func position(_ axis: Int) -> Int { shape.normalized(axis: axis) ?? axis }
}

/// How a node is written: one operator of ONNX, or a call of a function that the file defines.
struct Spelling {
  var operation: String
  var function: LocalFunction?
  var operands: [String]
  var attributes: [AttributeProto]
  var notes: [StringStringEntryProto] = []

  init(_ name: OperatorName, _ operands: [String], _ attributes: [AttributeProto] = []) {
    operation = name.rawValue
    self.operands = operands
    self.attributes = attributes
  }

  init(_ function: LocalFunction, _ operands: [String], _ attributes: [AttributeProto] = []) {
    operation = function.rawValue
    self.function = function
    self.operands = operands
    self.attributes = attributes
  }

  /// The spelling with a note beside it.
  func noting(_ note: Note, _ text: String) -> Spelling {
    var result = self
    result.notes.append(note.entry(text))
    return result
  }

  /// The spelling of a normalisation whose learnt weight and bias are stand-ins.
  func withoutAffine(_ isWithout: Bool) -> Spelling { isWithout ? noting(.affine, "none") : self }
}

extension AttributeProto {
  private init(name: String, type: AttributeType) {
    self.init()
    self.name = name
    self.type = type
  }

  init(_ name: String, integer: Int) {
    self.init(name: name, type: .int)
    i = Int64(integer)
  }

  init(_ name: String, flag: Bool) { self.init(name, integer: flag ? 1 : 0) }

  init(_ name: String, integers: [Int]) {
    self.init(name: name, type: .ints)
    ints = integers.map { Int64($0) }
  }

  init(_ name: String, real: Double) {
    self.init(name: name, type: .float)
    f = Float(real)
  }

  init(_ name: String, text: String) {
    self.init(name: name, type: .string)
    s = Data(text.utf8)
  }

  /// An attribute of a node in a function that takes its value from the attribute `argument` of the call.
  init(_ name: String, from argument: String, _ type: AttributeType) {
    self.init(name: name, type: type)
    refAttrName = argument
  }

  /// An attribute that holds one element; nil where that is no number of the type that single precision holds.
  init?(_ name: String, one value: Double, _ type: ElementType) {
    self.init(name: name, type: .tensor)
    var bytes = ByteArray()
    let tensor = StoredTensor("", [1], type, .reals([value]), notes: [])
    guard (try? tensor.write(to: &bytes, from: nil)) != nil else { return nil }
    t.dims = [1]
    t.dataType = Int32(type.onnx.rawValue)
    t.rawData = Data(bytes.bytes)
  }
}
