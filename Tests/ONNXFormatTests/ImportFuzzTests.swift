import Execution
import NetworkGraph
import SwiftProtobuf
import Tensors
import TestSupport
import Testing

@testable import ONNXFormat

/// Damaged copies of sound models through the whole import.
struct ImportFuzzTests {
  /// Elements of all tensors of an altered model that is executed.
  private static let executedElements = 1 << 20

  @Test(arguments: 10..<14) func `an altered model that imports runs on both back ends, or is refused`(
    seed: UInt64
  ) throws {
    var random = SeededGenerator(state: seed)
    let folder = try TemporaryFolder()
    var runs = 0
    for _ in 0..<150 {
      var model = Self.rare
      for _ in 0..<Int.random(in: 1...3, using: &random) { Self.alter(&model.proto.graph, using: &random) }
      guard let network = try? folder.network(model), Self.isSmall(network.graph),
        let state = try? ModelState(network.graph, from: network.weights),
        let reference = try? ReferenceExecutor(network.graph, state: state),
        let native = try? NativeExecutor(network.graph, state: state)
      else { continue }
      let inputs = try network.graph.inputs.map { port in
        let shape = network.graph.type(of: port.value).shape.dimensions.compactMap(\.constant)
        let count = shape.reduce(1, *)
        return try Tensor(
          shape, (0..<count).map { _ in Self.hostile.randomElement(using: &random) ?? 0 })
      }
      let (expected, found) = (try reference.run(inputs), try native.run(inputs))
      #expect(expected.map(\.shape) == found.map(\.shape))
      #expect(expected.allSatisfy { $0.values.count == $0.shape.reduce(1, *) })
      runs += 1
    }
    #expect(runs > 20)
  }

  /// Numbers that indices cannot be, among some that they can.
  private static let hostile: [Float] = [
    0, 1, 2, 3, -1, -64, 63, 64, 0.5, .nan, .infinity, -.infinity, 1e10, -1e10, 1e38, 9.3e18, -9.3e18,
  ]

  private static func isSmall(_ graph: Graph) -> Bool {
    var total = 0
    for node in graph.nodes {
      for type in node.outputs {
        guard type.isKnown, let count = type.shape.elementCount.constant, count <= executedElements else {
          return false
        }
        total += count
      }
    }
    return total <= executedElements
  }

  @Test(arguments: 0..<4) func `an altered model imports or ends in a sentence`(seed: UInt64) throws {
    var random = SeededGenerator(state: seed)
    let models = [Self.convolutional, Self.attention, Self.shapes, Self.rare]
    var failures = 0
    for round in 0..<750 {
      var model = models[round % models.count]
      for _ in 0..<Int.random(in: 1...3, using: &random) { Self.alter(&model.proto.graph, using: &random) }
      if !model.sentence().isEmpty { failures += 1 }
    }
    // Neither all nor none: the alterations reach both outcomes.
    #expect(50...725 ~= failures)
  }

  @Test func `the models that are altered are sound`() throws {
    for model in [Self.convolutional, Self.attention, Self.shapes, Self.rare] {
      #expect(model.sentence() == "")
      #expect(try model.graph().unsupported.isEmpty)
    }
  }

  private static let numbers: [Int64] = [.min, -(1 << 40), -2, -1, 0, 1, 2, 3, 7, 64, 1 << 20, 1 << 33, 1 << 62, .max]

  private static let reals: [Float] = [
    .nan, .infinity, -1, -0.0, 1e-30, 0.3, 0.5, 1, 1.5, 7, 1e6, .greatestFiniteMagnitude,
  ]
  private static let words = [
    "", "linear", "cubic", "nearest", "floor", "ceil", "round_prefer_ceil", "half_pixel_symmetric", "align_corners",
    "asymmetric", "tf_crop_and_resize", "add", "mul", "min", "max", "none", "edge", "wrap", "reflect", "constant",
    "CRD",
    "SAME_UPPER", "SAME_LOWER", "VALID", "not_larger", "not_smaller",
  ]

  private static func alter(_ graph: inout GraphProto, using random: inout SeededGenerator) {
    let number = numbers.randomElement(using: &random) ?? 0
    let names = graph.node.flatMap { $0.input + $0.output } + graph.initializer.map(\.name) + ["", "x"]
    let name = names.randomElement(using: &random) ?? ""
    guard let node = graph.node.indices.randomElement(using: &random),
      let tensor = graph.initializer.indices.randomElement(using: &random)
    else { return }
    switch Int.random(in: 0..<14, using: &random) {
    case 0: graph.node.remove(at: node)
    case 1: graph.node.swapAt(node, graph.node.indices.randomElement(using: &random) ?? node)
    case 2:
      if let place = graph.node[node].input.indices.randomElement(using: &random) {
        graph.node[node].input[place] = name
      }
    case 3:
      if let place = graph.node[node].output.indices.randomElement(using: &random) {
        graph.node[node].output[place] = name
      }
    case 4: graph.node[node].opType = OperatorName.allCases.randomElement(using: &random)?.rawValue ?? ""
    case 5:
      if let place = graph.node[node].attribute.indices.randomElement(using: &random) {
        graph.node[node].attribute[place].i = number
        if let index = graph.node[node].attribute[place].ints.indices.randomElement(using: &random) {
          graph.node[node].attribute[place].ints[index] = number
        }
      }
    case 6:
      if let place = graph.node[node].attribute.indices.randomElement(using: &random) {
        if Bool.random(using: &random) {
          graph.node[node].attribute.remove(at: place)
        } else {
          graph.node[node].attribute[place].ints.append(number)
        }
      }
    case 7:
      if let place = graph.initializer[tensor].dims.indices.randomElement(using: &random) {
        graph.initializer[tensor].dims[place] = number
      }
    case 8: graph.initializer[tensor].dims = []
    case 9:
      if let place = graph.initializer[tensor].int64Data.indices.randomElement(using: &random) {
        graph.initializer[tensor].int64Data[place] = number
      }
    case 10: graph.initializer[tensor].dataType = Int32.random(in: -1...30, using: &random)
    case 11:
      if let place = graph.initializer[tensor].floatData.indices.randomElement(using: &random) {
        graph.initializer[tensor].floatData[place] = reals.randomElement(using: &random) ?? 0
      }
    case 12:
      if let place = graph.node[node].attribute.indices.randomElement(using: &random) {
        graph.node[node].attribute[place].f = reals.randomElement(using: &random) ?? 0
        let word = words.randomElement(using: &random) ?? ""
        if graph.node[node].attribute[place].type == .string { graph.node[node].attribute[place].s = .init(word.utf8) }
      }
    default:
      let side = Int.random(in: 0..<4, using: &random)
      if side < graph.input[0].type.tensorType.shape.dim.count {
        graph.input[0].type.tensorType.shape.dim[side].dimValue = number
      } else {
        graph.node[node].input.append(name)
      }
    }
  }

  /// Convolutions, normalisation, pools and a classifier.
  private static let convolutional: NetworkModel = {
    var model = NetworkModel(opset: 13)
    model.input("x", ["N", 3, "H", 32])
    model.weight("w", [8, 3, 3, 3])
    model.weight("c", [8])
    for name in ["s", "o", "m", "v"] { model.weight(name, [8]) }
    model.weight("u", [8, 1, 3, 3])
    model.weight("t", [8, 4, 2, 2])
    model.weight("f", [10, 4])
    model.weight("g", [10])
    model.node("Conv", ["x", "w", "c"], ["a"], [.ints("pads", [1, 1, 1, 1]), .ints("strides", [2, 2])])
    model.node("BatchNormalization", ["a", "s", "o", "m", "v"], ["b"])
    model.node("Relu", ["b"], ["d"])
    model.node("Conv", ["d", "u"], ["e"], [.int("group", 8), .ints("pads", [1, 1, 1, 1])])
    model.node("Add", ["d", "e"], ["h"])
    model.node(
      "MaxPool", ["h"], ["i"], [.ints("kernel_shape", [2, 2]), .ints("strides", [2, 2]), .int("ceil_mode", 1)])
    model.node("AveragePool", ["i"], ["j"], [.ints("kernel_shape", [3, 3]), .text("auto_pad", "SAME_UPPER")])
    model.node("ConvTranspose", ["j", "t"], ["k"], [.ints("strides", [2, 2])])
    model.node("GlobalAveragePool", ["k"], ["l"])
    model.node("Flatten", ["l"], ["n"])
    model.node("Gemm", ["n", "f", "g"], ["p"], [.int("transB", 1)])
    model.node("Softmax", ["p"], ["y"])
    model.output("y")
    return model
  }()

  /// Attention with the shape arithmetic that exporters write.
  private static let attention: NetworkModel = {
    var model = NetworkModel(opset: 17)
    model.input("x", ["N", 7, 12])
    model.weight("q", [12, 36])
    model.weight("scale", [12])
    model.weight("shift", [12])
    model.weight("position", [1, 7, 12])
    model.reals("root", [2], isScalar: true)
    model.integers("zero", [0])
    model.integers("one", [1])
    model.integers("rest", [7, 3, 12])
    model.integers("flat", [7, 12])
    model.node("Add", ["x", "position"], ["a"])
    model.node("LayerNormalization", ["a", "scale", "shift"], ["b"])
    model.node("MatMul", ["b", "q"], ["c"])
    model.node("Shape", ["c"], ["sides"])
    model.node("Slice", ["sides", "zero", "one", "zero"], ["batch"])
    model.node("Concat", ["batch", "rest"], ["shape"], [.int("axis", 0)])
    model.node("Reshape", ["c", "shape"], ["d"])
    model.node("Split", ["d"], ["e", "f", "g"], [.int("axis", 2)])
    model.node("Transpose", ["e"], ["h"], [.ints("perm", [0, 2, 1, 3])])
    model.node("Transpose", ["f"], ["i"], [.ints("perm", [0, 2, 3, 1])])
    model.node("Transpose", ["g"], ["j"], [.ints("perm", [0, 2, 1, 3])])
    model.node("MatMul", ["h", "i"], ["k"])
    model.node("Div", ["k", "root"], ["l"])
    model.node("Softmax", ["l"], ["m"], [.int("axis", -1)])
    model.node("MatMul", ["m", "j"], ["n"])
    model.node("Concat", ["batch", "flat"], ["back"], [.int("axis", 0)])
    model.node("Reshape", ["n", "back"], ["o"])
    model.node("Gelu", ["o"], ["p"])
    model.node("ReduceMean", ["p"], ["y"], [.ints("axes", [1])])
    model.output("y")
    return model
  }()

  /// Constants and movement.
  private static let shapes: NetworkModel = {
    var model = NetworkModel(opset: 21)
    model.input("x", [2, 3, 8, 8])
    model.weight("table", [16, 6])
    model.integers("a", [1, 1, 2, 2])
    model.integers("b", [0, 0, 1, 1, 0, 0, 1, 1])
    model.integers("c", [2])
    model.integers("d", [5, 0, 3])
    model.reals("e", [1, 1, 2, 2])
    model.integers("f", [0], isScalar: true)
    model.integers("g", [16], isScalar: true)
    model.integers("h", [3], isScalar: true)
    model.integers("start", [0, 1])
    model.integers("end", [5, -1])
    model.integers("axes", [2, 3])
    model.node("Tile", ["x", "a"], ["i"])
    model.node("Pad", ["i", "b"], ["j"])
    model.node("Slice", ["j", "start", "end", "axes"], ["k"])
    model.node("Resize", ["k", "", "e"], ["l"], [.text("mode", "linear")])
    model.node("Range", ["f", "g", "h"], ["m"])
    model.node("Gather", ["table", "m"], ["n"])
    model.node("NonZero", ["d"], ["o"])
    model.node("Gather", ["l", "o"], ["p"], [.int("axis", 3)])
    model.node("ReduceMax", ["p"], ["r"], [.int("keepdims", 0)])
    model.node("Mul", ["n", "r"], ["s"])
    model.node("Clip", ["s", "r"], ["y"])
    model.output("y")
    return model
  }()

  /// Operators that few files hold: what goes back through indices, and resampling in every way.
  private static let rare: NetworkModel = {
    var model = NetworkModel(opset: 19)
    model.input("x", [1, 2, 8, 8])
    model.input("z", [1, 2, 4, 4], type: .int64)
    model.reals("scales", [1, 1, 0.75, 1.5])
    model.integers("sizes", [1, 2, 8, 8])
    model.integers("tuples", [0, 1, 7])
    model.proto.graph.initializer[model.proto.graph.initializer.count - 1].dims = [1, 3]
    model.reals("row", [0, 1, 2, 3, 4, 5, 6, 7])
    model.proto.graph.initializer[model.proto.graph.initializer.count - 1].dims = [1, 8]
    model.integers("pads", [0, 0, 1, 1, 0, 0, 1, 1])
    model.reals("half", [0.5], isScalar: true)
    model.reals("scale", [0, 1, 2, 3, 4, 5, 6, 7])
    model.reals("shift", [7, 6, 5, 4, 3, 2, 1, 0])
    let pool: [AttributeProto] = [
      .ints("kernel_shape", [2, 2]), .ints("strides", [2, 2]), .ints("pads", [0, 0, 0, 0]),
    ]
    model.node("MaxPool", ["x"], ["a", "i"], pool + [.int("ceil_mode", 1), .int("storage_order", 0)])
    model.node("MaxUnpool", ["a", "i", "sizes"], ["b"], pool)
    model.node(
      "Resize", ["b", "", "scales"], ["c"],
      [.text("mode", "linear"), .text("coordinate_transformation_mode", "half_pixel_symmetric")])
    model.node(
      "Resize", ["c", "", "", "sizes"], ["d"],
      [
        .text("mode", "nearest"), .text("nearest_mode", "ceil"), .text("keep_aspect_ratio_policy", "stretch"),
        .int("antialias", 0),
      ])
    model.node(
      "Resize", ["d", "", "", "sizes"], ["e"],
      [.text("mode", "cubic"), .float("cubic_coeff_a", -0.75), .int("exclude_outside", 0)])
    model.node("LayerNormalization", ["e", "scale", "shift"], ["f", "m", "v"], [.int("axis", -1)])
    model.node("Sub", ["f", "m"], ["g"])
    model.node("Mul", ["g", "v"], ["h"])
    model.node("Mod", ["h", "half"], ["j"], [.int("fmod", 1)])
    model.node("Cast", ["z"], ["k"], [.int("to", 7)])
    model.node("ScatterElements", ["j", "k", "a"], ["l"], [.int("axis", 2), .text("reduction", "add")])
    model.node("ScatterND", ["l", "tuples", "row"], ["n"], [.text("reduction", "max")])
    model.node(
      "AveragePool", ["n"], ["p"],
      [
        .ints("kernel_shape", [3, 3]), .ints("strides", [2, 2]), .ints("pads", [1, 1, 1, 1]), .int("ceil_mode", 1),
        .int("count_include_pad", 1),
      ])
    model.node("Pad", ["p", "pads", "half"], ["y"], [.text("mode", "constant")])
    model.output("y")
    return model
  }()
}
