import NetworkGraph
import SwiftProtobuf
import Testing

@testable import ONNXFormat

struct FunctionTests {
  private func function(
    _ name: String, _ inputs: [String], _ outputs: [String], _ nodes: [NodeProto], attributes: [String] = []
  ) -> FunctionProto {
    var function = FunctionProto()
    function.name = name
    function.domain = "local"
    function.input = inputs
    function.output = outputs
    function.node = nodes
    function.attribute = attributes
    return function
  }

  @Test func `a function of the file stands where it is called, in a scope of the call's name`() throws {
    var model = NetworkModel()
    model.input("x", [1, 3, 8, 8])
    model.weight("w", [4, 3, 3, 3])
    let nodes: [NodeProto] = [
      .node("Conv", ["a", "k"], ["c"], [.reference("strides", to: "step", .ints)]), .node("Relu", ["c"], ["r"]),
    ]
    model.proto.functions = [function("ConvRelu", ["a", "k"], ["r"], nodes, attributes: ["step"])]
    model.node("ConvRelu", ["x", "w"], ["y"], [.ints("step", [2, 2])], domain: "local")
    model.output("y")
    let graph = try model.graph()
    #expect(graph.operators == ["Convolution", "ReLU"])
    #expect(graph.shape() == "1x4x3x3")
    #expect(graph.trainable == ["w": "4x3x3x3"])
    #expect(graph.nodes.map { graph.path(of: $0) }.suffix(2) == ["y.c", "y.r"])
  }

  @Test func `a function's default attribute holds where the call gives none`() throws {
    var model = NetworkModel()
    model.input("x", [1, 3, 8, 8])
    var body = function(
      "F", ["a"], ["r"], [.node("Flatten", ["a"], ["r"], [.reference("axis", to: "from", .int)])])
    body.attributeProto = [.int("from", 2)]
    model.proto.functions = [body]
    model.node("F", ["x"], ["y"], domain: "local")
    model.node("F", ["x"], ["z"], [.int("from", 3)], domain: "local")
    model.output("y", "z")
    let graph = try model.graph()
    #expect(graph.shape(0) == "3x64")
    #expect(graph.shape(1) == "24x8")
  }

  @Test func `a function that calls itself is refused`() {
    var model = NetworkModel()
    model.input("x", [1])
    model.proto.functions = [function("F", ["a"], ["r"], [.node("F", ["a"], ["r"], domain: "local")])]
    model.node("F", ["x"], ["y"], domain: "local")
    model.output("y")
    #expect(model.sentence() == "function 'F' is called within more than 16 calls; does it call itself?")
  }

  @Test func `functions that multiply beyond bounds are refused`() {
    var model = NetworkModel()
    model.input("x", [1])
    let width = 40
    for level in 0..<6 {
      let nodes = (0..<width).map { index in
        NodeProto.node(
          level == 0 ? "Relu" : "F\(level - 1)", [index == 0 ? "a" : "v\(index - 1)"], ["v\(index)"],
          domain: level == 0 ? "" : "local")
      }
      model.proto.functions.append(function("F\(level)", ["a"], ["v\(width - 1)"], nodes))
    }
    model.node("F5", ["x"], ["y"], domain: "local")
    model.output("y")
    #expect(model.sentence().hasSuffix("in place of its call the model has more than 65536 nodes"))
  }

  @Test func `an operator of an unknown set is opaque under its full name, with the declared type of its output`()
    throws
  {
    var model = NetworkModel()
    model.input("x", ["N", 3])
    model.node("FusedThing", ["x"], ["a"], domain: "com.example")
    model.node("Relu", ["a"], ["y"])
    model.output("y")
    var value = ValueInfoProto()
    value.name = "a"
    value.type = model.proto.graph.input[0].type
    model.proto.graph.valueInfo = [value]
    let graph = try model.graph()
    #expect(graph.unsupported == ["com.example::FusedThing: the operator is not known"])
    #expect(graph.shape() == "Nx3")
  }
}
