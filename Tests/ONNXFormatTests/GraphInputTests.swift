import NetworkGraph
import SwiftProtobuf
import SymbolicIntegers
import Testing

@testable import ONNXFormat

struct GraphInputTests {
  /// A model with one Relu.
  private func relu(_ sides: [Side]) -> NetworkModel {
    var model = NetworkModel()
    model.input("x", sides)
    model.node("Relu", ["x"], ["y"])
    model.output("y")
    return model
  }

  @Test func `named sides are symbols of that name with what a symbol cannot hold replaced`() throws {
    #expect(try relu(["batch", 3, "img.h/2 + 1", "2w"]).graph().shape() == "batchx3ximg_h_2___1xd2w")
    #expect(try relu(["max", "ä", "batch size", "batch_size"]).graph().shape() == "max_2xd_xbatch_sizexbatch_size_2")
    #expect(try relu(["n", "n", "", "m"]).graph().shape() == "nxnxHxm")
  }

  @Test func `open sides are called as the field calls them`() throws {
    #expect(try relu([.open, .open, .open, .open]).graph().shape() == "NxCxHxW")
    #expect(try relu([.open, .open, .open]).graph().shape() == "NxCxL")
    #expect(try relu([.open, 3, .open, .open, .open]).graph().shape() == "Nx3xDxHxW")
    #expect(try relu(["H", .open, .open, .open]).graph().shape() == "HxCxH_2xW")
    #expect(try relu([-1, 3, 8, 8]).graph().shape() == "Nx3x8x8")
  }

  @Test func `initializers among the inputs are no inputs, wherever the data input stands`() throws {
    var model = NetworkModel(opset: 9)
    model.input("w", [4, 3, 1, 1])
    model.input("x", [1, 3, 8, 8])
    model.input("b", [4])
    model.weight("w", [4, 3, 1, 1])
    model.weight("b", [4])
    model.node("Conv", ["x", "w", "b"], ["y"])
    model.output("y")
    let graph = try model.graph()
    #expect(graph.inputs.map(\.name) == ["x"])
    #expect(graph.trainable == ["w": "4x3x1x1", "b": "4"])
    #expect(try model.graph(defaultShape: [.symbol("N"), 3, 9, 9]).shape() == "Nx4x9x9")
  }

  @Test func `a given shape takes the place of the file's`() throws {
    let model = relu([1, 3, 224, 224])
    #expect(try model.graph(inputShapes: ["x": [2, 3, 5, 7]]).shape() == "2x3x5x7")
    #expect(try model.graph(defaultShape: [2, 3, 5, 7]).shape() == "2x3x5x7")
  }

  @Test func `a given shape holds in the types that the file declares, too`() throws {
    var model = NetworkModel()
    model.input("x", ["batch", 3, "side"])
    model.node("Mystery", ["x"], ["a"])
    model.node("Relu", ["a"], ["y"])
    model.output("y")
    var value = ValueInfoProto()
    value.name = "a"
    value.type = model.proto.graph.input[0].type
    value.type.tensorType.shape.dim.append(value.type.tensorType.shape.dim[2])
    model.proto.graph.valueInfo = [value]
    #expect(try model.graph().shape() == "batchx3xsidexside")
    #expect(try model.graph(defaultShape: [2, 3, 7]).shape() == "2x3x7x7")
  }

  @Test func `a shape for an unknown input names the inputs there are`() {
    var model = relu([1, 3])
    #expect(model.sentence(inputShapes: ["data": [1, 3]]) == "no input is called 'data'; the model's input is 'x'")
    model.input("mask", [1])
    #expect(
      model.sentence(inputShapes: ["data": [1, 3]])
        == "no input is called 'data'; the model's inputs are 'x', 'mask'")
    #expect(
      model.sentence(defaultShape: [1, 3])
        == "a shape without an input's name needs exactly one input; the model's inputs are 'x', 'mask'")
  }

  @Test func `a shape of another rank is refused`() {
    #expect(
      relu([1, 3, 224, 224]).sentence(inputShapes: ["x": [1, 3]])
        == "input 'x' has 4 axes in the file, but is given as 1x3")
  }

  @Test func `sides that are not positive are refused`() {
    #expect(relu([0, 3]).sentence() == "input x of shape 0x3: every axis must be positive")
    #expect(relu([1, 3]).sentence(defaultShape: [1, -3]) == "input x of shape 1x(-3): every axis must be positive")
  }

  @Test func `an input without a shape makes its readers opaque, and a given shape helps`() throws {
    var model = relu([1])
    model.proto.graph.input[0].type.tensorType.clearShape()
    #expect(try model.graph().unsupported == ["Relu: the shape of its input 0 is not known"])
    #expect(try model.graph(defaultShape: [1, 3]).shape() == "1x3")
  }

  @Test func `a file that contradicts itself ends in a sentence`() {
    var model = relu([1, 3])
    model.node("Relu", ["nowhere"], ["z"])
    #expect(model.sentence() == "value 'nowhere', read by z, is computed nowhere")

    model = relu([1, 3])
    model.node("Relu", ["x"], ["y"])
    #expect(model.sentence() == "value 'y' is defined twice in the graph")

    model = relu([1, 3])
    model.node("Relu", ["b"], ["a"])
    model.node("Relu", ["a"], ["b"])
    #expect(model.sentence() == "value 'a' depends on itself in the graph")

    model = relu([1, 3])
    model.output("z")
    #expect(model.sentence() == "value 'z', read by the outputs of the graph, is computed nowhere")

    model = relu([1, 3])
    model.proto.opsetImport = []
    #expect(model.sentence() == "test.onnx: states no version of the ONNX operator set")

    model = relu([1, 3])
    model.node("LRN", ["y"], ["z"], [.float("size", 5)])
    #expect(model.sentence() == "z (LRN): attribute 'size' must be of type int")
  }

  @Test func `nodes in any order are put in order`() throws {
    var model = NetworkModel()
    model.input("x", [1, 3])
    model.node("Neg", ["b"], ["y"])
    model.node("Exp", ["x"], ["a"])
    model.node("Relu", ["a"], ["b"])
    model.output("y")
    #expect(try model.graph().operators == ["Exp", "ReLU", "Negate"])
  }

  @Test func `a mismatch of shapes names the node, the rule and both shapes`() {
    var model = NetworkModel()
    model.input("x", [1, 3, 8, 8])
    model.input("z", [1, 4, 8, 8])
    model.node("Add", ["x", "z"], ["/stage/block/Add"])
    model.output("/stage/block/Add")
    #expect(
      model.sentence() == "stage.block (Add): shapes must broadcast: 1x3x8x8 against 1x4x8x8")
  }
}
