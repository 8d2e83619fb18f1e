/// Operators of the graph that ONNX does not have, as functions that a file defines (domain `convscope`). Attributes of a
/// call that no node of the body reads are there for who reads the file back.
enum LocalFunction: String, CaseIterable {
  /// x * sigmoid(x)
  case silu = "SiLU"
  /// A learnt slope for each channel; `shape` lays the slopes along axis 1.
  case channelPReLU = "ChannelPRelu"
  /// x * weight^T + bias for any number of leading axes.
  case linear = "Linear"
  case linearWithoutBias = "LinearWithoutBias"
  /// `factor` times the product of two tensors, each with its axes in the order given.
  case matrixProduct = "MatrixProduct"
  /// Channels dealt out across groups: `split` is (0, groups, channels / groups, -1).
  case channelShuffle = "ChannelShuffle"
  /// A convolution whose weight is standardised per output channel to mean 0 and variance `factor`^2 / `fan_in`.
  case standardizedConvolution = "StandardizedConv"
  /// The same, with a learnt gain per output channel.
  case scaledStandardizedConvolution = "ScaledStandardizedConv"
  case globalResponseNorm = "GlobalResponseNorm"
  /// Slices divided by their Euclidean norm, which counts as at least `epsilon`.
  case unitNormalization = "UnitNormalization"
  /// Layer normalisation over axis 1, which two transpositions bring to the end and back.
  case channelLayerNorm = "ChannelLayerNormalization"
  /// Learnt factors along an axis; `shape` lays them there.
  case scale = "Scale"
  case scaleAndShift = "ScaleAndShift"
  /// x * factor
  case multiply = "Multiply"
  /// x * factor + offset
  case affine = "Affine"
  /// Along an axis the part from `start` on, then what is before it.
  case roll = "Roll"
  case rollTwice = "RollTwice"

  static let domain = "convscope"

  /// The function a node calls; nil where it calls none of these.
  init?(_ node: NodeProto) {
    guard node.domain == Self.domain else { return nil }
    self.init(rawValue: node.opType)
  }

  /// What the file defines the function as.
  func definition(opset: Int) -> FunctionProto {
    var body = FunctionBody(rawValue, opset: opset)
    switch self {
    case .silu:
      body.inputs("x")
      body.add("s", .sigmoid, ["x"])
      body.add("y", .mul, ["x", "s"])
    case .channelPReLU:
      body.inputs("x", "slope")
      body.add("laid", .reshape, ["slope", body.constant(from: "shape")])
      body.add("y", .pRelu, ["x", "laid"])
    case .linear, .linearWithoutBias:
      body.inputs("x", "weight")
      body.add("columns", .transpose, ["weight"], [AttributeProto("perm", integers: [1, 0])])
      body.add(self == .linear ? "product" : "y", .matMul, ["x", "columns"])
      if self == .linear {
        body.inputs("bias")
        body.add("y", .add, ["product", "bias"])
      }
    case .matrixProduct:
      body.inputs("a", "b")
      body.add("left", .transpose, ["a"], [body.passed("perm", from: "left", .ints)])
      body.add("right", .transpose, ["b"], [body.passed("perm", from: "right", .ints)])
      body.add("product", .matMul, ["left", "right"])
      body.add("y", .mul, ["product", body.constant(from: "factor", .float)])
    case .channelShuffle:
      body.inputs("x")
      body.add("grouped", .reshape, ["x", body.constant(from: "split")])
      body.add("dealt", .transpose, ["grouped"], [AttributeProto("perm", integers: [0, 2, 1, 3])])
      body.add("shape", .shape, ["x"])
      body.add("y", .reshape, ["dealt", "shape"])
    case .standardizedConvolution, .scaledStandardizedConvolution:
      standardizedConvolution(&body)
    case .globalResponseNorm: globalResponseNorm(&body)
    case .unitNormalization:
      body.inputs("x")
      body.add("norm", .reduceL2, ["x", body.constant(from: "axes")])
      body.add("bounded", .max, ["norm", body.constant(from: "epsilon", .float)])
      body.add("y", .div, ["x", "bounded"])
    case .channelLayerNorm:
      body.inputs("x", "weight", "bias")
      body.add("last", .transpose, ["x"], [body.passed("perm", from: "to_last", .ints)])
      body.add(
        "normal", .layerNormalization, ["last", "weight", "bias"],
        [AttributeProto("axis", integer: -1), body.passed("epsilon", from: "epsilon", .float)])
      body.add("y", .transpose, ["normal"], [body.passed("perm", from: "to_first", .ints)])
    case .scale, .scaleAndShift:
      body.inputs("x", "weight")
      body.declare("axis")
      body.add("factors", .reshape, ["weight", body.constant(from: "shape")])
      body.add(self == .scale ? "y" : "product", .mul, ["x", "factors"])
      if self == .scaleAndShift {
        body.inputs("bias")
        body.add("offsets", .reshape, ["bias", body.constant(from: "shape")])
        body.add("y", .add, ["product", "offsets"])
      }
    case .multiply, .affine:
      body.inputs("x")
      body.add(self == .multiply ? "y" : "product", .mul, ["x", body.constant(from: "factor", .float)])
      if self == .affine { body.add("y", .add, ["product", body.constant(from: "offset", .float)]) }
    case .roll:
      body.inputs("x")
      roll("x", to: "y", "", &body)
    case .rollTwice:
      body.inputs("x")
      roll("x", to: "rolled", "", &body)
      roll("rolled", to: "y", "2", &body)
    }
    return body.function
  }

  private func standardizedConvolution(_ body: inout FunctionBody) {
    let isScaled = self == .scaledStandardizedConvolution
    body.inputs("x", "weight")
    if isScaled { body.inputs("gain") }
    body.inputs("bias")
    // One row per output channel.
    let rows = body.constant([0, -1])
    let rowAxis = body.constant([1])
    body.add("rows", .reshape, ["weight", rows])
    body.add("mean", .reduceMean, ["rows", rowAxis])
    body.add("centred", .sub, ["rows", "mean"])
    body.add("squares", .mul, ["centred", "centred"])
    body.add("variance", .reduceMean, ["squares", rowAxis])
    body.add("positive", .add, ["variance", body.constant(from: "epsilon", .float)])
    body.add("total", .mul, ["positive", body.constant(from: "fan_in", .float)])
    body.add("root", .sqrt, ["total"])
    body.add("standard", .div, ["centred", "root"])
    body.add("multiplied", .mul, ["standard", body.constant(from: "factor", .float)])
    if isScaled {
      body.add("gains", .reshape, ["gain", rows])
      body.add("scaled", .mul, ["multiplied", "gains"])
    }
    body.add("shape", .shape, ["weight"])
    body.add("kernel", .reshape, [isScaled ? "scaled" : "multiplied", "shape"])
    body.add(
      "y", .conv, ["x", "kernel", "bias"],
      ["strides", "dilations", "pads", "kernel_shape"].map { body.passed($0, from: $0, .ints) }
        + [body.passed("auto_pad", from: "auto_pad", .string), body.passed("group", from: "group", .int)])
  }

  private func globalResponseNorm(_ body: inout FunctionBody) {
    body.inputs("x", "weight", "bias")
    let shape = body.constant(from: "shape")
    body.add("energy", .reduceL2, ["x", body.constant(from: "spatial_axes")])
    body.add("mean", .reduceMean, ["energy", body.constant(from: "channel_axes")])
    body.add("positive", .add, ["mean", body.constant(from: "epsilon", .float)])
    body.add("share", .div, ["energy", "positive"])
    body.add("product", .mul, ["x", "share"])
    body.add("weights", .reshape, ["weight", shape])
    body.add("biases", .reshape, ["bias", shape])
    body.add("weighted", .mul, ["weights", "product"])
    body.add("shifted", .add, ["weighted", "biases"])
    body.add("y", .add, ["x", "shifted"])
  }

  /// The part of `x` from `start` on, then what is before it.
  private func roll(_ x: String, to y: String, _ suffix: String, _ body: inout FunctionBody) {
    let zero = body.constant([0])
    let end = body.constant([.max])
    let axes = body.constant(from: "axes\(suffix)")
    let start = body.constant(from: "start\(suffix)")
    body.add("head\(suffix)", .slice, [x, start, end, axes])
    body.add("tail\(suffix)", .slice, [x, zero, start, axes])
    body.add(y, .concat, ["head\(suffix)", "tail\(suffix)"], [body.passed("axis", from: "axis\(suffix)", .int)])
  }
}

/// A function under construction. Its last value is `y`.
struct FunctionBody {
  private(set) var function = FunctionProto()
  private var constants = 0

  init(_ name: String, opset: Int) {
    function.name = name
    function.domain = LocalFunction.domain
    function.output = ["y"]
    function.opsetImport = [OperatorSetIdProto(domain: "", version: opset)]
  }

  mutating func inputs(_ names: String...) { function.input += names }

  /// Says that calls have an attribute.
  mutating func declare(_ attribute: String) {
    if !function.attribute.contains(attribute) { function.attribute.append(attribute) }
  }

  mutating func add(
    _ output: String, _ operation: OperatorName, _ inputs: [String], _ attributes: [AttributeProto] = []
  ) {
    var node = NodeProto()
    node.opType = operation.rawValue
    node.name = output
    node.input = inputs
    node.output = [output]
    node.attribute = attributes
    function.node.append(node)
  }

  /// An attribute of a node that the call passes on.
  mutating func passed(
    _ name: String, from argument: String, _ type: AttributeProto.AttributeType
  ) -> AttributeProto {
    declare(argument)
    return AttributeProto(name, from: argument, type)
  }

  /// A value that is an attribute of the call.
  mutating func constant(from argument: String, _ type: AttributeProto.AttributeType = .ints) -> String {
    let name = "\(argument)_value"
    if !function.node.contains(where: { $0.name == name }) {
      add(name, .constant, [], [passed(type == .ints ? "value_ints" : "value_float", from: argument, type)])
    }
    return name
  }

  /// A value that is the same in every call.
  mutating func constant(_ integers: [Int]) -> String {
    let name = "integers_\(integers.map(String.init).joined(separator: "_"))"
    if !function.node.contains(where: { $0.name == name }) {
      add(name, .constant, [], [AttributeProto("value_ints", integers: integers)])
    }
    return name
  }
}
