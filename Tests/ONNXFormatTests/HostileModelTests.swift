import Foundation
import NetworkGraph
import SwiftProtobuf
import Testing

@testable import ONNXFormat

/// Models made to exhaust memory, stack or time: they import, or end in a sentence.
struct HostileModelTests {
  @Test func `a constant of astronomic size has a type and no elements`() throws {
    var model = NetworkModel()
    model.input("x", [1])
    model.integers("shape", [1 << 40, 1 << 20])
    model.node("ConstantOfShape", ["shape"], ["huge"])
    model.integers("flat", [-1])
    model.node("ReduceMax", ["huge", "flat"], ["less"])
    model.node("Add", ["x", "less"], ["y"])
    model.output("y")
    #expect(try model.graph().shape() == "1099511627776x1")
    model.integers("shape3", [1 << 40, 1 << 40])
    model.node("ConstantOfShape", ["shape3"], ["overflow"])
    model.node("Reshape", ["overflow", "flat"], ["z"])
    model.output("z")
    #expect(model.sentence().contains("overflows 64-bit integers"))
  }

  @Test func `a vector of sizes doubled a thousand times stays bounded`() throws {
    var model = NetworkModel()
    model.input("x", [1])
    model.integers("v0", [1])
    for level in 0..<1000 {
      model.node("Concat", ["v\(level)", "v\(level)"], ["v\(level + 1)"], [.int("axis", 0)])
    }
    model.node("Expand", ["x", "v1000"], ["y"])
    model.output("y")
    #expect(model.sentence().contains("overflows 64-bit integers"))
  }

  @Test func `sums of formulas doubled and squared a thousand times stay bounded`() {
    for operation in ["Add", "Mul"] {
      var model = NetworkModel()
      model.input("x", ["a", "b", "c", "d"])
      model.node("Shape", ["x"], ["v0"])
      model.node("ReduceSum", ["v0"], ["w0"])
      for level in 0..<1000 { model.node(operation, ["w\(level)", "w\(level)"], ["w\(level + 1)"]) }
      model.node("Expand", ["x", "w1000"], ["y"])
      model.output("y")
      #expect(!model.sentence().isEmpty)
    }
  }

  @Test func `a chain of learnt constants longer than any stack is followed`() throws {
    var model = NetworkModel()
    model.input("x", [8])
    model.weight("c0", [8])
    let length = 20_000
    // At once: appending one by one would copy all of them each time.
    model.proto.graph.node = (0..<length).map { .node("Neg", ["c\($0)"], ["c\($0 + 1)"]) }
    model.node("Add", ["x", "c\(length)"], ["y"])
    model.output("y")
    #expect(try model.graph().operators.count == length + 1)
  }

  @Test func `a chain in which each learnt constant is used twice makes one node for each`() throws {
    var model = NetworkModel()
    model.input("x", [8])
    model.weight("c0", [8])
    for level in 0..<60 { model.node("Add", ["c\(level)", "c\(level)"], ["c\(level + 1)"]) }
    model.node("Add", ["x", "c60"], ["y"])
    model.output("y")
    #expect(try model.graph().operators.count == 61)
  }

  @Test func `tensors of many axes are refused wherever they arise`() {
    var model = NetworkModel()
    model.input("x", [1])
    model.weight("w", Array(repeating: 1, count: 5000))
    model.node("Add", ["x", "w"], ["y"])
    model.output("y")
    #expect(model.sentence() == "tensor 'w' has 5000 axes, more than the limit of 64")

    model = NetworkModel()
    model.input("x", [1])
    model.integers("many", Array(repeating: 1, count: 3000))
    model.node("Expand", ["x", "many"], ["y"])
    model.output("y")
    #expect(model.sentence() == "y has 3000 axes, more than the limit of 64")

    model = NetworkModel()
    model.input("x", Array(repeating: 1, count: 5000))
    model.output("x")
    #expect(model.sentence(defaultShape: Shape(Array(repeating: 1, count: 5000))).hasSuffix("limit of 64"))
  }

  @Test func `a slash in every character of a name makes no deep hierarchy`() throws {
    var model = NetworkModel()
    model.input("x", [1])
    model.node("Relu", ["x"], ["y"])
    model.proto.graph.node[0].name = String(repeating: "a/", count: 100_000) + "Relu"
    model.output("y")
    let graph = try model.graph()
    #expect(graph.scopes.count <= NodePlaces.depthLimit + 1)
  }

  @Test func `attributes of extreme numbers end in a sentence`() throws {
    let extremes: [Int64] = [.min, .min + 1, -1, 0, 1, 1 << 31, 1 << 62, .max]
    for operation in ["Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool"] {
      for attribute in ["strides", "dilations", "pads", "kernel_shape", "output_padding", "output_shape", "group"] {
        for value in extremes {
          var model = NetworkModel()
          model.input("x", [1, 4, "H", 9])
          model.weight("w", [4, 4, 3, 3])
          let count = attribute == "pads" ? 4 : 2
          let list = AttributeProto.ints(attribute, Array(repeating: value, count: count))
          var attributes = [attribute == "group" ? AttributeProto.int(attribute, value) : list]
          if attribute != "kernel_shape" { attributes.append(.ints("kernel_shape", [3, 3])) }
          model.node(operation, operation.hasPrefix("Conv") ? ["x", "w"] : ["x"], ["y"], attributes)
          model.output("y")
          _ = model.sentence()
        }
      }
    }
    for value in extremes {
      for (operation, attribute) in [
        ("LRN", "size"), ("SpaceToDepth", "blocksize"), ("DepthToSpace", "blocksize"), ("Softmax", "axis"),
        ("Flatten", "axis"), ("Concat", "axis"), ("Split", "axis"), ("GroupNormalization", "num_groups"),
        ("LayerNormalization", "axis"), ("Shape", "start"), ("Shape", "end"), ("Gather", "axis"), ("Cast", "to"),
        ("GatherND", "batch_dims"), ("LpPool", "p"), ("Split", "num_outputs"),
      ] {
        for opset in [Int64(11), 21] {
          var model = NetworkModel(opset: opset)
          model.input("x", [2, 4, "H", 9])
          model.weight("w", [4])
          model.integers("i", [value])
          let inputs =
            operation.hasSuffix("Normalization") ? ["x", "w", "w"] : operation.hasPrefix("G") ? ["x", "i"] : ["x"]
          model.node(operation, inputs, ["y"], [.int(attribute, value)])
          model.output("y")
          _ = model.sentence()
        }
      }
      for operation in ["Reshape", "Expand", "Tile", "Pad", "Squeeze", "Unsqueeze", "ReduceSum", "Split", "Gather"] {
        for count in 1...4 {
          var model = NetworkModel()
          model.input("x", [2, 4, "H", 9])
          model.integers("i", Array(repeating: value, count: count))
          model.node(operation, ["x", "i"], ["y"])
          model.output("y")
          _ = model.sentence()
        }
      }
      for other in extremes {
        var model = NetworkModel()
        model.input("x", [2, 4, "H", 9])
        for (name, number) in [("s", value), ("e", other), ("z", 0), ("t", value)] { model.integers(name, [number]) }
        model.integers("two", [2])
        for (index, axis) in ["z", "two"].enumerated() {
          model.node("Slice", ["x", "s", "e", axis], ["a\(index)"])
          model.node("Slice", ["x", "s", "e", axis, "t"], ["b\(index)"])
        }
        model.node("Slice", ["two", "s", "e", "z", "t"], ["c"])
        model.node("Range", ["s", "e", "t"], ["d"])
        for operation in ["Add", "Sub", "Mul", "Div", "Mod", "Pow", "Min", "Max"] {
          model.node(operation, ["s", "e"], ["v\(operation)"])
          model.node("Expand", ["x", "v\(operation)"], ["x\(operation)"])
        }
        model.output("b1")
        for index in model.proto.graph.node.indices {
          var single = model
          let node = model.proto.graph.node[index]
          single.proto.graph.node =
            index > 0 && node.opType == "Expand" ? [model.proto.graph.node[index - 1], node] : [node]
          single.proto.graph.output[0].name = node.output[0]
          _ = single.sentence()
        }
      }
    }
  }

  @Test func `scales that are no sensible numbers end in a sentence`() {
    for scale: Float in [0, -1, .infinity, .nan, 1e30, 1e-30] {
      for opset in [Int64(7), 9, 10, 11, 18] {
        var model = NetworkModel(opset: opset)
        model.input("x", [1, 3, 8, "W"])
        model.reals("s", [1, 1, scale, scale])
        let name = opset < 10 ? "Upsample" : "Resize"
        model.node(
          name, opset == 7 ? ["x"] : opset < 11 ? ["x", "s"] : ["x", "", "s"], ["y"],
          opset == 7 ? [.floats("scales", [1, 1, scale, scale])] : [])
        model.output("y")
        #expect(!model.sentence().isEmpty)
      }
    }
  }
}

extension HostileModelTests {
  @Test func `resampling many axes counts without overflow, or says that it overflows`() {
    for axes in [3, 40, 62] {
      var model = NetworkModel()
      model.input("x", Array(repeating: 1, count: axes + 2))
      model.reals("s", [1, 1] + Array(repeating: 2, count: axes))
      model.node("Resize", ["x", "", "s"], ["y"], [.text("mode", "cubic")])
      model.output("y")
      #expect(model.sentence().isEmpty == (axes == 3))
    }
  }

  @Test func `one index table read by many nodes is not copied into each of them`() throws {
    var model = NetworkModel()
    model.input("x", [4096])
    model.integers("i", Array(repeating: 1, count: 4096))
    model.proto.graph.node = (0..<3000).map { .node("Gather", ["x", "i"], ["y\($0)"]) }
    model.output("y0")
    let held = try model.graph().nodes.reduce(0) { sum, node in
      if case .gather(let gather) = node.operation { sum + (gather.indices?.count ?? 0) } else { sum }
    }
    #expect(held <= Importer.foldedElementLimit)
  }

  @Test func `ranges of extreme bounds end`() {
    let extremes: [Int64] = [.min, -1, 0, 1, .max]
    for first in extremes {
      for last in extremes {
        for step in extremes {
          var model = NetworkModel()
          model.input("x", [1])
          model.integers("a", [first], isScalar: true)
          model.integers("b", [last], isScalar: true)
          model.integers("c", [step], isScalar: true)
          model.node("Range", ["a", "b", "c"], ["r"])
          model.node("Cast", ["r"], ["s"], [.int("to", 1)])
          model.node("Add", ["x", "s"], ["y"])
          model.output("y")
          _ = model.sentence()
        }
      }
    }
    for bound: Float in [.infinity, -.infinity, .nan, 1e30, -1e30] {
      var model = NetworkModel()
      model.input("x", [1])
      model.reals("a", [0], isScalar: true)
      model.reals("b", [bound], isScalar: true)
      model.reals("c", [1], isScalar: true)
      model.node("Range", ["a", "b", "c"], ["r"])
      model.node("Add", ["x", "r"], ["y"])
      model.output("y")
      _ = model.sentence()
    }
  }
}
