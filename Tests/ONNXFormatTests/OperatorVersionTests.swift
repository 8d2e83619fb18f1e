import NetworkGraph
import SwiftProtobuf
import Testing

@testable import ONNXFormat

/// What operators mean in the versions of the operator set, by the changelog of the ONNX specification.
struct OperatorVersionTests {
  /// The shapes of the outputs of one operator on an input `x`, after constants that `prepare` stores.
  private func shapes(
    _ operation: String, opset: Int64, _ input: [Int64], _ attributes: [AttributeProto] = [],
    stored: [String] = [], outputs: Int = 1, _ prepare: (inout NetworkModel) -> Void = { _ in }
  ) throws -> [String] {
    let graph = try self.graph(
      operation, opset: opset, input, attributes, stored: stored, outputs: outputs, prepare)
    #expect(graph.unsupported.isEmpty)
    return (0..<outputs).map { graph.shape($0) }
  }

  private func graph(
    _ operation: String, opset: Int64, _ input: [Int64], _ attributes: [AttributeProto] = [],
    stored: [String] = [], outputs: Int = 1, _ prepare: (inout NetworkModel) -> Void = { _ in }
  ) throws -> Graph {
    var model = NetworkModel(opset: opset)
    model.input("x", input.map { .size($0) })
    prepare(&model)
    let names = (0..<outputs).map { "y\($0)" }
    model.node(operation, ["x"] + stored, names, attributes)
    for name in names { model.output(name) }
    return try model.graph()
  }

  private func activation(_ graph: Graph) -> Activation.Function? {
    graph.nodes.compactMap { if case .activation(let activation) = $0.operation { activation.function } else { nil } }
      .first
  }

  @Test func `Clip has attributes before 11 and operands since, and is ReLU6 from 0 to 6`() throws {
    let old = try graph("Clip", opset: 6, [1, 4], [.float("min", 0), .float("max", 6)])
    #expect(activation(old) == .relu6)
    let new = try graph("Clip", opset: 13, [1, 4], stored: ["low", "high"]) { model in
      model.reals("low", [0], isScalar: true)
      model.reals("high", [6], isScalar: true)
    }
    #expect(activation(new) == .relu6)
    let half = try graph("Clip", opset: 13, [1, 4], stored: ["", "high"]) { $0.reals("high", [1], isScalar: true) }
    #expect(activation(half) == .clip(lower: -.infinity, upper: 1))
  }

  @Test func `Softmax joins the axes from its own on before 13`() throws {
    let old = try graph("Softmax", opset: 11, [2, 3, 4])
    #expect(old.operators == ["Flatten", "Softmax", "Reshape"])
    #expect(old.shape() == "2x3x4")
    #expect(try graph("Softmax", opset: 11, [2, 3, 1, 1]).operators == ["Softmax"])
    #expect(try graph("Softmax", opset: 13, [2, 3, 4]).operators == ["Softmax"])
  }

  @Test func `Softmax's axis is 1 by default before 13 and the last since`() throws {
    func axis(_ opset: Int64) throws -> [Int] {
      try graph("Softmax", opset: opset, [2, 3, 1]).nodes.compactMap { node in
        if case .softmax(let softmax) = node.operation { softmax.axis } else { nil }
      }
    }
    #expect(try axis(11) == [1])
    #expect(try axis(13) == [-1])
  }

  @Test func `Split takes sizes from an attribute, an operand, or the number of outputs`() throws {
    #expect(
      try shapes("Split", opset: 11, [2, 6], [.int("axis", 1), .ints("split", [2, 4])], outputs: 2) == ["2x2", "2x4"])
    #expect(
      try shapes("Split", opset: 13, [2, 6], [.int("axis", 1)], stored: ["sizes"], outputs: 2) {
        $0.integers("sizes", [1, 5])
      } == ["2x1", "2x5"])
    #expect(try shapes("Split", opset: 13, [2, 6], [.int("axis", -1)], outputs: 3) == ["2x2", "2x2", "2x2"])
    #expect(
      try shapes("Split", opset: 18, [2, 7], [.int("axis", 1), .int("num_outputs", 3)], outputs: 3)
        == ["2x3", "2x3", "2x1"])
  }

  @Test func `Slice has attributes before 10 and operands since`() throws {
    #expect(
      try shapes(
        "Slice", opset: 9, [4, 6], [.ints("starts", [1]), .ints("ends", [Int64(Int32.max)]), .ints("axes", [1])])
        == ["4x5"])
    #expect(
      try shapes("Slice", opset: 13, [4, 6], stored: ["s", "e", "", "t"]) { model in
        model.integers("s", [-3, 0])
        model.integers("e", [Int64.max, -1])
        model.integers("t", [2, 1])
      } == ["2x5"])
  }

  @Test func `Pad has attributes before 11 and operands since, for some axes since 18`() throws {
    #expect(try shapes("Pad", opset: 2, [4, 6], [.ints("pads", [0, 1, 2, 3])]) == ["6x10"])
    #expect(try shapes("Pad", opset: 13, [4, 6], stored: ["p"]) { $0.integers("p", [0, 1, 2, 3]) } == ["6x10"])
    #expect(
      try shapes("Pad", opset: 18, [4, 6], stored: ["p", "", "a"]) { model in
        model.integers("p", [1, 3])
        model.integers("a", [-1])
      } == ["4x10"])
  }

  @Test func `Squeeze and Unsqueeze have axes as an attribute before 13 and an operand since`() throws {
    #expect(try shapes("Squeeze", opset: 11, [1, 3, 1], [.ints("axes", [0])]) == ["3x1"])
    #expect(try shapes("Squeeze", opset: 13, [1, 3, 1]) == ["3"])
    #expect(try shapes("Unsqueeze", opset: 11, [3], [.ints("axes", [0, 2])]) == ["1x3x1"])
    #expect(try shapes("Unsqueeze", opset: 13, [3], stored: ["a"]) { $0.integers("a", [-1]) } == ["3x1"])
  }

  @Test func `Reshape keeps sizes for 0, infers -1, and takes 0 as empty only where told to`() throws {
    #expect(try shapes("Reshape", opset: 13, [2, 3, 4], stored: ["s"]) { $0.integers("s", [0, -1]) } == ["2x12"])
    #expect(throws: ONNXError.self) {
      try shapes("Reshape", opset: 14, [2, 3, 4], [.int("allowzero", 1)], stored: ["s"]) { $0.integers("s", [0, 24]) }
    }
    #expect(throws: ONNXError.self) {
      try shapes("Reshape", opset: 13, [2, 3, 4], stored: ["s"]) { $0.integers("s", [5, -1]) }
    }
  }

  @Test func `Flatten always gives two axes`() throws {
    #expect(try shapes("Flatten", opset: 13, [2, 3, 4]) == ["2x12"])
    #expect(try shapes("Flatten", opset: 13, [2, 3, 4], [.int("axis", 0)]) == ["1x24"])
    #expect(try shapes("Flatten", opset: 13, [2, 3, 4], [.int("axis", 3)]) == ["24x1"])
    #expect(try shapes("Flatten", opset: 13, [2, 3, 4], [.int("axis", -1)]) == ["6x4"])
    #expect(try shapes("Flatten", opset: 13, [2]) == ["2x1"])
  }

  @Test func `reductions take axes from an attribute, an operand, or all`() throws {
    #expect(try shapes("ReduceMean", opset: 13, [2, 3, 4], [.ints("axes", [-1])]) == ["2x3x1"])
    #expect(try shapes("ReduceMean", opset: 13, [2, 3, 4], [.ints("axes", [1]), .int("keepdims", 0)]) == ["2x4"])
    #expect(try shapes("ReduceMean", opset: 18, [2, 3, 4], stored: ["a"]) { $0.integers("a", [1, 2]) } == ["2x1x1"])
    #expect(try shapes("ReduceSum", opset: 13, [2, 3, 4], stored: ["a"]) { $0.integers("a", [1]) } == ["2x1x4"])
    #expect(try shapes("ReduceMax", opset: 18, [2, 3], [.int("keepdims", 0)]) == ["scalar"])
    #expect(try shapes("ReduceSum", opset: 13, [2, 3], [.int("noop_with_empty_axes", 1)]) == ["2x3"])
    #expect(try shapes("ReduceLogSumExp", opset: 13, [2, 3], [.ints("axes", [1])]) == ["2x1"])
  }

  @Test func `Upsample has scales as an attribute before 9, Resize before 11 after the input`() throws {
    #expect(try shapes("Upsample", opset: 7, [1, 3, 4, 5], [.floats("scales", [1, 1, 2, 3])]) == ["1x3x8x15"])
    let scales: (inout NetworkModel) -> Void = { $0.reals("s", [1, 1, 2, 3]) }
    #expect(try shapes("Upsample", opset: 9, [1, 3, 4, 5], stored: ["s"], scales) == ["1x3x8x15"])
    #expect(try shapes("Resize", opset: 10, [1, 3, 4, 5], stored: ["s"], scales) == ["1x3x8x15"])
    #expect(try shapes("Resize", opset: 11, [1, 3, 4, 5], stored: ["", "s"], scales) == ["1x3x8x15"])
    #expect(
      try shapes("Resize", opset: 18, [1, 3, 4, 5], [.ints("axes", [3])], stored: ["", "", "n"]) {
        $0.integers("n", [9])
      } == ["1x3x4x9"])
  }

  @Test func `Gemm with a stored matrix is a linear layer with bias, other forms are a product and a sum`() throws {
    let plain = try graph("Gemm", opset: 13, [2, 3], [.int("transB", 1)], stored: ["w", "b"]) { model in
      model.weight("w", [5, 3])
      model.weight("b", [5])
    }
    #expect(plain.operators == ["Linear"])
    #expect(plain.trainable == ["w": "5x3", "b": "5"])
    let row = try graph("Gemm", opset: 13, [3, 2], [.int("transA", 1)], stored: ["w", "b"]) { model in
      model.weight("w", [3, 5])
      model.weight("b", [1, 5])
    }
    #expect(row.operators == ["Transpose", "Linear"])
    #expect(row.trainable == ["w": "3x5", "b": "5"])
    let scaled = try graph(
      "Gemm", opset: 13, [2, 3], [.float("alpha", 0.5), .float("beta", 2)], stored: ["w", "b"]
    ) { model in
      model.weight("w", [3, 5])
      model.weight("b", [2, 5])
    }
    #expect(scaled.operators == ["Linear", "Multiply", "Multiply", "Add"])
    #expect(scaled.trainable == ["w": "3x5", "b": "2x5"])
    var computed = NetworkModel()
    computed.input("a", [3, 2])
    computed.input("b", [5, 3])
    computed.node("Gemm", ["a", "b"], ["y"], [.int("transA", 1), .int("transB", 1)])
    computed.output("y")
    #expect(try computed.graph().operators == ["MatrixProduct"])
    #expect(try computed.graph().shape() == "2x5")
  }

  @Test func `automatic padding keeps ceil of side by stride, or pads nothing`() throws {
    func conv(_ padding: String, _ stride: Int64) throws -> [String] {
      try shapes(
        "Conv", opset: 11, [1, 3, 7, 8], [.text("auto_pad", padding), .ints("strides", [stride, stride])], stored: ["w"]
      ) { $0.weight("w", [4, 3, 3, 3]) }
    }
    #expect(try conv("SAME_UPPER", 2) == ["1x4x4x4"])
    #expect(try conv("SAME_LOWER", 1) == ["1x4x7x8"])
    #expect(try conv("VALID", 2) == ["1x4x3x3"])
    #expect(throws: ONNXError.self) { try conv("SAME", 1) }
  }

  @Test func `pools round up in ceil mode, but no window starts in the padding behind`() throws {
    let attributes: [AttributeProto] = [
      .ints("kernel_shape", [2, 2]), .ints("strides", [2, 2]), .int("ceil_mode", 1),
    ]
    #expect(try shapes("MaxPool", opset: 12, [1, 1, 5, 4], attributes) == ["1x1x3x2"])
    #expect(
      try shapes("AveragePool", opset: 19, [1, 1, 5, 4], attributes + [.ints("pads", [0, 0, 1, 1])]) == ["1x1x3x2"])
    #expect(
      try shapes("MaxPool", opset: 12, [1, 1, 9], [.ints("kernel_shape", [3]), .ints("dilations", [2])]) == ["1x1x5"])
  }

  @Test func `transposed convolution reaches a stated output shape`() throws {
    func shape(_ attributes: [AttributeProto]) throws -> [String] {
      try shapes("ConvTranspose", opset: 11, [1, 4, 5, 5], [.ints("strides", [2, 2])] + attributes, stored: ["w"]) {
        $0.weight("w", [4, 3, 3, 3])
      }
    }
    #expect(try shape([]) == ["1x3x11x11"])
    #expect(try shape([.ints("output_shape", [10, 12])]) == ["1x3x10x12"])
    #expect(try shape([.ints("output_padding", [1, 1])]) == ["1x3x12x12"])
    #expect(try shape([.text("auto_pad", "SAME_UPPER")]) == ["1x3x10x10"])
    #expect(try shape([.ints("pads", [1, 1, 1, 1]), .int("group", 2)]) == ["1x6x9x9"])
  }

  @Test func `Gather by known positions holds them, and a scalar position removes the axis`() throws {
    let many = try graph("Gather", opset: 13, [2, 5], [.int("axis", 1)], stored: ["i"]) {
      $0.integers("i", [4, -1, 0])
    }
    #expect(many.operators == ["Gather"])
    #expect(many.shape() == "2x3")
    let one = try graph("Gather", opset: 13, [2, 5], [.int("axis", 1)], stored: ["i"]) {
      $0.integers("i", [4], isScalar: true)
    }
    #expect(one.operators == ["Gather", "Squeeze"])
    #expect(one.shape() == "2")
    #expect(throws: ONNXError.self) {
      try graph("Gather", opset: 13, [2, 5], stored: ["i"]) { $0.integers("i", [2]) }
    }
  }

  @Test func `space and depth trade by the square of the block`() throws {
    #expect(try shapes("SpaceToDepth", opset: 13, [1, 3, 4, 6], [.int("blocksize", 2)]) == ["1x12x2x3"])
    #expect(try shapes("DepthToSpace", opset: 13, [1, 12, 2, 3], [.int("blocksize", 2)]) == ["1x3x4x6"])
    let shuffle = try graph("DepthToSpace", opset: 13, [1, 12, 2, 3], [.int("blocksize", 2), .text("mode", "CRD")])
    #expect(shuffle.nodes.contains { $0.operation == .spaceDepth(SpaceDepth(.pixelShuffle, block: 2)) })
  }

  @Test func `group normalisation has a weight for each group before 21`() throws {
    func graph(_ opset: Int64, _ size: Int64) throws -> Graph {
      try self.graph("GroupNormalization", opset: opset, [1, 6, 4], [.int("num_groups", 2)], stored: ["s", "b"]) {
        $0.weight("s", [size])
        $0.weight("b", [size])
      }
    }
    #expect(try graph(18, 2).trainable == ["s": "2", "b": "2"])
    #expect(try graph(21, 6).trainable == ["s": "6", "b": "6"])
  }

  @Test func `Dropout does nothing, and its mask is a constant`() throws {
    #expect(try shapes("Dropout", opset: 13, [2, 3], outputs: 2) == ["2x3", "2x3"])
    #expect(try graph("Dropout", opset: 7, [2, 3], [.float("ratio", 0.25)]).operators == ["Dropout"])
  }

  @Test func `every operator that a mapping exists for is known by its name`() throws {
    for name in OperatorName.allCases {
      var node = NodeProto()
      node.opType = name.rawValue
      #expect(OperatorName(node) == name)
      node.domain = "com.microsoft"
      #expect(OperatorName(node) == nil)
    }
  }
}
