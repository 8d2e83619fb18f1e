import NetworkGraph
import SymbolicIntegers
import Testing

@testable import ONNXFormat

/// What an operator is told is read, or the operator is opaque, or the file is refused: nothing is assumed in its place.
struct AssumedSettingTests {
  /// One node on an input of 1x4x6x6, with further inputs and stored tensors that `prepare` adds.
  private func model(
    _ operation: String, _ inputs: [String] = ["x"], _ attributes: [AttributeProto] = [], opset: Int64 = 21,
    outputs: [String] = ["y"], _ prepare: (inout NetworkModel) -> Void = { _ in }
  ) -> NetworkModel {
    var model = NetworkModel(opset: opset)
    model.input("x", [1, 4, 6, 6])
    prepare(&model)
    model.node(operation, inputs, outputs, attributes)
    for output in outputs { model.output(output) }
    return model
  }

  private func pad(in graph: Graph) -> Pad? {
    for node in graph.nodes { if case .pad(let pad) = node.operation { return pad } }
    return nil
  }

  @Test func `a pad whose value the network computes is opaque, of a shape that is known`() throws {
    let graph = try model("Pad", ["x", "pads", "value"]) {
      $0.integers("pads", [0, 0, 1, 1, 0, 0, 1, 1])
      $0.input("value", [])
    }.graph()
    #expect(graph.unsupported == ["Pad: the value that it pads with is computed while the network runs"])
    #expect(graph.shape() == "1x4x8x8")
  }

  @Test func `a pad whose paddings the network computes is opaque`() throws {
    let graph = try model("Pad", ["x", "pads"]) { $0.input("pads", [8], type: .int64) }.graph()
    #expect(graph.unsupported == ["Pad: its input 1 is computed while the network runs"])
  }

  @Test func `a pad whose value is computed from constants has that value`() throws {
    let graph = try model("Pad", ["x", "pads", "value"]) {
      $0.integers("pads", [0, 0, 1, 1, 0, 0, 1, 1])
      $0.reals("one", [1.5], isScalar: true)
      $0.node("Neg", ["one"], ["value"])
    }.graph()
    #expect(pad(in: graph)?.mode == .constant(-1.5))
    #expect(graph.unsupported == [])
  }

  @Test func `a mode that has no value ignores one`() throws {
    let graph = try model("Pad", ["x", "pads", "value"], [.text("mode", "edge")]) {
      $0.integers("pads", [0, 0, 1, 1, 0, 0, 1, 1])
      $0.input("value", [])
    }.graph()
    #expect(pad(in: graph)?.mode == .edge)
  }

  @Test(
    arguments: [
      ([.text("mode", "linear"), .int("antialias", 1)], "it smooths what it reduces (antialias)"),
      ([.text("mode", "cubic"), .int("antialias", 1)], "it smooths what it reduces (antialias)"),
      ([.text("mode", "cubic"), .int("exclude_outside", 1)], "its kernel leaves out what lies outside"),
      ([.text("mode", "cubic"), .float("cubic_coeff_a", -0.5)], "its cubic coefficient is -0.5, not -0.75"),
      ([.text("coordinate_transformation_mode", "tf_crop_and_resize")], "its coordinates are tf_crop_and_resize"),
      (
        [.text("coordinate_transformation_mode", "tf_half_pixel_for_nn")],
        "its coordinates are tf_half_pixel_for_nn"
      ),
    ] as [([AttributeProto], String)])
  func `resampling in ways that the graph does not have is opaque, of a shape that is known`(
    attributes: [AttributeProto], reason: String
  ) throws {
    let graph = try model("Resize", ["x", "", "", "sizes"], attributes) { $0.integers("sizes", [1, 4, 3, 9]) }.graph()
    #expect(graph.unsupported == ["Resize: \(reason)"])
    #expect(graph.shape() == "1x4x3x9")
  }

  @Test func `settings of other modes do not matter`() throws {
    let graph = try model(
      "Resize", ["x", "", "", "sizes"],
      [.text("mode", "linear"), .int("exclude_outside", 1), .float("cubic_coeff_a", -0.5)]
    ) { $0.integers("sizes", [1, 4, 3, 9]) }.graph()
    #expect(graph.unsupported == [])
  }

  @Test func `how old files resample is how their operator set defines it`() throws {
    func resize(_ model: NetworkModel) throws -> Resize? {
      for node in try model.graph().nodes { if case .resize(let resize) = node.operation { return resize } }
      return nil
    }
    let scales: (inout NetworkModel) -> Void = { $0.reals("scales", [1, 1, 2, 2]) }
    for (operation, opset) in [("Upsample", 9), ("Resize", 10)] as [(String, Int64)] {
      let old = try resize(model(operation, ["x", "scales"], opset: opset, scales))
      #expect(old?.mode == .nearest(.floor))
      #expect(old?.coordinates == .asymmetric)
    }
    let new = try resize(model("Resize", ["x", "", "scales"], opset: 11, scales))
    #expect(new?.mode == .nearest(.preferFloor))
    #expect(new?.coordinates == .halfPixel)
  }

  @Test func `averages count what their attributes say`() throws {
    func counted(_ attributes: [AttributeProto], opset: Int64 = 21) throws -> PoolKind? {
      let model = model("AveragePool", ["x"], [.ints("kernel_shape", [3, 3])] + attributes, opset: opset)
      for node in try model.graph().nodes {
        if case .pool(let pool) = node.operation { return pool.kind }
      }
      return nil
    }
    #expect(try counted([]) == .average(.input))
    #expect(try counted([.int("ceil_mode", 1)]) == .average(.input))
    #expect(try counted([.int("count_include_pad", 1)]) == .average(.padding))
    let both: [AttributeProto] = [.int("count_include_pad", 1), .int("ceil_mode", 1)]
    for (opset, expected) in [(18, .padding), (19, .window), (21, .window), (22, .padding)]
      as [(Int64, PoolKind.Counted)]
    {
      #expect(try counted(both, opset: opset) == .average(expected), "\(opset)")
    }
  }

  @Test func `only the indices of maxima in row-major order are known`() throws {
    let window: [AttributeProto] = [.ints("kernel_shape", [2, 2]), .ints("strides", [2, 2])]
    let rows = try model("MaxPool", ["x"], window, outputs: ["y", "i"]).graph()
    #expect(rows.unsupported == [])
    #expect(rows.shape(1) == "1x4x3x3")
    #expect(rows.type(of: rows.outputs[1].value).elementType == .int64)
    let columns = try model("MaxPool", ["x"], window + [.int("storage_order", 1)], outputs: ["y", "i"]).graph()
    #expect(columns.unsupported == ["MaxPool: its output 2 is not computed"])
    // An output that nothing reads is none.
    var unread = model("MaxPool", ["x"], window, outputs: ["y", "i"])
    unread.proto.graph.output.removeLast()
    let node = try unread.graph().nodes.first { $0.operation.semantics.name == "MaxPool" }
    #expect(node?.outputs.count == 1)
  }

  @Test func `statistics for each position are no batch normalisation here`() throws {
    let graph = try model("BatchNormalization", ["x", "w", "b", "m", "v"], [.int("spatial", 0)], opset: 7) {
      for name in ["w", "b", "m", "v"] { $0.weight(name, [4, 6, 6]) }
    }.graph()
    #expect(graph.unsupported == ["BatchNormalization: it has statistics for each position"])
    #expect(graph.shape() == "1x4x6x6")
  }

  @Test func `a remainder is the one that the file asks for`() throws {
    func function(_ attributes: [AttributeProto]) throws -> [String] {
      try model("Mod", ["x", "z"], attributes) { $0.input("z", [1]) }.graph().operators
    }
    #expect(try function([]) == ["Modulo"])
    #expect(try function([.int("fmod", 1)]) == ["Remainder"])
  }

  @Test func `a repetition along one axis, as the first operator sets had it, is opaque`() throws {
    let graph = try model("Tile", ["x", "tiles", "axis"], opset: 5) {
      $0.integers("tiles", [2], isScalar: true)
      $0.integers("axis", [1], isScalar: true)
    }.graph()
    #expect(graph.unsupported == ["Tile: before operator set 6 it repeats along one axis"])
  }

  @Test func `a constant filled with what is no number is opaque`() throws {
    var text = TensorProto()
    text.dims = [1]
    text.dataType = Int32(TensorProto.DataType.string.rawValue)
    text.stringData = [.init("zero".utf8)]
    let graph = try model("ConstantOfShape", ["shape"], [.tensor("value", text)]) { $0.integers("shape", [2, 3]) }
      .graph()
    #expect(graph.unsupported == ["ConstantOfShape: its value is not one number"])
  }

  @Test func `settings that are missing or unheard of are refused`() {
    func sentence(
      _ operation: String, _ inputs: [String] = ["x"], _ attributes: [AttributeProto] = [],
      _ prepare: (inout NetworkModel) -> Void = { _ in }
    ) -> String {
      model(operation, inputs, attributes, prepare).sentence()
    }
    #expect(sentence("Concat", ["x", "x"]).contains("axis"))
    #expect(sentence("Gelu", ["x"], [.text("approximate", "exact")]).contains("'exact', but must be none or tanh"))
    #expect(
      sentence("DepthToSpace", ["x"], [.int("blocksize", 2), .text("mode", "RCD")]).contains("must be DCR or CRD"))
    let norm = sentence("GroupNormalization", ["x", "w", "b"]) {
      $0.weight("w", [4])
      $0.weight("b", [4])
    }
    #expect(norm.contains("num_groups"))
    let resize = sentence("Resize", ["x", "", "", "s"], [.text("nearest_mode", "closest")]) {
      $0.integers("s", [1, 4, 3, 9])
    }
    #expect(resize.contains("must be one of round_prefer_floor, round_prefer_ceil, floor, ceil"))
    let scatter = sentence("ScatterElements", ["x", "i", "u"], [.text("reduction", "mean")]) {
      $0.input("i", [1, 1, 1, 1], type: .int64)
      $0.input("u", [1, 1, 1, 1])
    }
    #expect(scatter.contains("must be one of none, add, mul, min, max"))
    let unpool = sentence("MaxUnpool", ["x", "i", "s"], [.ints("kernel_shape", [2, 2]), .ints("strides", [2, 2])]) {
      $0.input("i", [1, 4, 6, 6], type: .int64)
      $0.integers("s", [1, 4, 11, 12])
    }
    #expect(unpool.contains("the output holds all that is unpooled"))
  }
}
