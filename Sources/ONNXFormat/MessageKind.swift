/// The messages of an ONNX file, and which of their fields hold messages again. Field numbers as in `Schema/onnx.proto`.
enum MessageKind: String {
  case model = "ModelProto"
  case operatorSet = "OperatorSetIdProto"
  case entry = "StringStringEntryProto"
  case training = "TrainingInfoProto"
  case function = "FunctionProto"
  case graph = "GraphProto"
  case node = "NodeProto"
  case attribute = "AttributeProto"
  case valueInfo = "ValueInfoProto"
  case annotation = "TensorAnnotation"
  case tensor = "TensorProto"
  case segment = "TensorProto.Segment"
  case sparseTensor = "SparseTensorProto"
  case shape = "TensorShapeProto"
  case dimension = "TensorShapeProto.Dimension"
  case type = "TypeProto"
  case tensorType = "TypeProto.Tensor"
  case sequenceType = "TypeProto.Sequence"
  case mapType = "TypeProto.Map"
  case optionalType = "TypeProto.Optional"
  case sparseTensorType = "TypeProto.SparseTensor"

  /// The kind of message that field `number` holds, or nil where it holds anything else or is unknown.
  func child(_ number: Int) -> MessageKind? {
    switch (self, number) {
    case (.model, 7), (.training, 1...2), (.attribute, 6), (.attribute, 11): .graph
    case (.model, 8), (.function, 9): .operatorSet
    case (.model, 14), (.training, 3...4), (.function, 14), (.graph, 16), (.node, 9): .entry
    case (.valueInfo, 4), (.annotation, 2), (.tensor, 13), (.tensor, 16): .entry
    case (.model, 20): .training
    case (.model, 25): .function
    case (.graph, 1), (.function, 7): .node
    case (.node, 5), (.function, 11): .attribute
    case (.graph, 11...13), (.function, 12): .valueInfo
    case (.graph, 14): .annotation
    case (.graph, 5), (.attribute, 5), (.attribute, 10), (.sparseTensor, 1...2): .tensor
    case (.graph, 15), (.attribute, 22...23): .sparseTensor
    case (.tensor, 3): .segment
    case (.valueInfo, 2), (.attribute, 14...15): .type
    case (.sequenceType, 1), (.optionalType, 1), (.mapType, 2): .type
    case (.type, 1): .tensorType
    case (.type, 4): .sequenceType
    case (.type, 5): .mapType
    case (.type, 8): .sparseTensorType
    case (.type, 9): .optionalType
    case (.tensorType, 2), (.sparseTensorType, 2): .shape
    case (.shape, 1): .dimension
    default: nil
    }
  }
}
