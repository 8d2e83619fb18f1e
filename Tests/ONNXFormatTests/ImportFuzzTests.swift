import NetworkGraph
import SwiftProtobuf
import Testing

@testable import ONNXFormat

/// Damaged copies of sound models through the whole import.
struct ImportFuzzTests {
  @Test(arguments: 0..<4) func `an altered model imports or ends in a sentence`(seed: UInt64) throws {
    var random = SeededGenerator(state: seed)
    let models = [Self.convolutional, Self.attention, Self.shapes]
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
    for model in [Self.convolutional, Self.attention, Self.shapes] {
      #expect(model.sentence() == "")
      #expect(try model.graph().unsupported.isEmpty)
    }
  }

  private static let numbers: [Int64] = [.min, -(1 << 40), -2, -1, 0, 1, 2, 3, 7, 64, 1 << 20, 1 << 33, 1 << 62, .max]

  private static func alter(_ graph: inout GraphProto, using random: inout SeededGenerator) {
    let number = numbers.randomElement(using: &random) ?? 0
    let names = graph.node.flatMap { $0.input + $0.output } + graph.initializer.map(\.name) + ["", "x"]
    let name = names.randomElement(using: &random) ?? ""
    guard let node = graph.node.indices.randomElement(using: &random),
      let tensor = graph.initializer.indices.randomElement(using: &random)
    else { return }
    switch Int.random(in: 0..<12, using: &random) {
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
}
