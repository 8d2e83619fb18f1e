import Analysis
import NetworkGraph
import SwiftProtobuf
import SymbolicIntegers
import Testing

@testable import ONNXFormat

struct WeightRuleTests {
  @Test func `a constant in a weight's place is a parameter wherever it comes from`() throws {
    var model = NetworkModel()
    model.input("x", [1, 3, 8, 8])
    model.integers("shape", [4, 3, 3, 3])
    model.node("ConstantOfShape", ["shape"], ["filled"])
    var tensor = TensorProto()
    tensor.dims = [5, 4, 1, 1]
    tensor.dataType = 1
    model.node("Constant", [], ["written"], [.tensor("value", tensor)])
    model.weight("stored", [6, 5, 1, 1])
    model.weight("one", [1])
    model.node("Conv", ["x", "filled"], ["a"])
    model.node("Conv", ["a", "written"], ["b"])
    model.node("Conv", ["b", "stored"], ["c"])
    model.node("PRelu", ["c", "one"], ["y"])
    model.output("y")
    #expect(
      try model.graph().trainable
        == ["filled": "4x3x3x3", "written": "5x4x1x1", "stored": "6x5x1x1", "one": "1"])
  }

  @Test func `views and casts of a stored tensor are that tensor`() throws {
    var model = NetworkModel()
    model.input("x", [1, 3, 8, 8])
    model.weight("w", [4, 27], type: .float16)
    model.integers("sides", [4, 3, 3, -1])
    model.weight("b", [4, 1])
    model.integers("last", [1])
    model.node("Cast", ["w"], ["cast"], [.int("to", 1)])
    model.node("Reshape", ["cast", "sides"], ["view"])
    model.node("Identity", ["view"], ["same"])
    model.node("Squeeze", ["b", "last"], ["bias"])
    model.node("Conv", ["x", "same", "bias"], ["y"])
    model.output("y")
    let graph = try model.graph()
    #expect(graph.trainable == ["w": "4x3x3x3", "b": "4"])
    #expect(graph.operators == ["Convolution"])
  }

  @Test func `a dequantised stored tensor is a parameter, its scale is none`() throws {
    var model = NetworkModel()
    model.input("x", [1, 3])
    model.weight("w", [3, 5], type: .int8)
    model.reals("scale", [0.5], isScalar: true)
    model.node("DequantizeLinear", ["w", "scale"], ["real"])
    model.node("MatMul", ["x", "real"], ["y"])
    model.output("y")
    #expect(try model.graph().trainable == ["w": "3x5"])
  }

  @Test func `a tensor that several operators read counts once`() throws {
    var model = NetworkModel()
    model.input("x", [1, 4, 8, 8])
    model.weight("w", [4, 4, 3, 3])
    model.node("Conv", ["x", "w"], ["a"], [.ints("pads", [1, 1, 1, 1])])
    model.node("Identity", ["w"], ["v"])
    model.node("Conv", ["a", "v"], ["y"], [.ints("pads", [1, 1, 1, 1])])
    model.output("y")
    let analysis = try NetworkAnalysis(model.graph())
    #expect(analysis.total.trainable == 144)
    #expect(CountingConvention.macs.count(analysis.total.operations) == 18_432)
  }

  @Test func `mean and variance are buffers unless something trains them`() throws {
    var model = NetworkModel()
    model.input("x", [1, 4, 8, 8])
    for name in ["scale", "bias", "mean", "variance"] { model.weight(name, [4]) }
    model.node("BatchNormalization", ["x", "scale", "bias", "mean", "variance"], ["y"])
    model.node("BatchNormalization", ["y", "variance", "bias", "mean", "variance"], ["z"])
    model.output("z")
    let graph = try model.graph()
    #expect(graph.trainable == ["scale": "4", "bias": "4", "variance": "4"])
    #expect(graph.buffers == ["mean": "4"])
    let total = try NetworkAnalysis(graph).total
    #expect(total.trainable == 12)
    #expect(total.buffers == 4)
  }

  @Test func `elsewhere a stored tensor of real numbers is learnt, a scalar or a Constant node is not`() throws {
    var model = NetworkModel()
    model.input("x", [1, 4, 8, 8])
    model.weight("scale", [4, 1, 1])
    model.reals("half", [0.5], isScalar: true)
    model.weight("half1", [1])
    var table = TensorProto()
    table.dims = [4, 1, 1]
    table.dataType = 1
    model.node("Constant", [], ["mean"], [.tensor("value", table)])
    model.node("Sub", ["x", "mean"], ["a"])
    model.node("Mul", ["a", "scale"], ["b"])
    model.node("Mul", ["b", "half"], ["c"])
    model.node("Mul", ["c", "half1"], ["y"])
    model.output("y")
    let graph = try model.graph()
    #expect(graph.trainable == ["scale": "4x1x1"])
    #expect(graph.operators == ["Subtract", "Multiply", "Multiply", "Multiply"])
  }

  @Test func `a fill is a weight if its shape is stored, a table if the shape is computed or it is changed`() throws {
    var model = NetworkModel()
    model.input("x", [1, 4])
    model.integers("shape", [4])
    model.integers("two", [2], isScalar: true)
    model.node("ConstantOfShape", ["shape"], ["weight"])
    model.node("Shape", ["x"], ["sides"])
    model.node("ConstantOfShape", ["sides"], ["zeros"])
    model.node("ConstantOfShape", ["shape"], ["table"])
    model.node("Cast", ["two"], ["factor"], [.int("to", 1)])
    model.node("Mul", ["table", "factor"], ["mask"])
    model.node("Add", ["x", "weight"], ["a"])
    model.node("Add", ["a", "zeros"], ["b"])
    model.node("Add", ["b", "mask"], ["y"])
    model.output("y")
    #expect(try model.graph().trainable == ["weight": "4"])
  }

  @Test func `what is computed from a learnt tensor is part of the graph where it is used`() throws {
    var model = NetworkModel()
    model.input("x", ["batch", 16, 8])
    model.weight("token", [1, 1, 8])
    model.weight("unused", [1, 1, 9])
    model.node("Shape", ["x"], ["shape"], [.int("end", 1)])
    model.integers("rest", [1, 8])
    model.node("Concat", ["shape", "rest"], ["target"], [.int("axis", 0)])
    model.node("Expand", ["token", "target"], ["tokens"])
    model.node("Sqrt", ["unused"], ["dead"])
    model.node("Concat", ["tokens", "x"], ["y"], [.int("axis", 1)])
    model.output("y")
    let graph = try model.graph()
    #expect(graph.trainable == ["token": "1x1x8"])
    #expect(graph.operators == ["Expand", "Concatenation"])
    #expect(graph.shape() == "batchx17x8")
  }

  @Test func `a learnt vector in shape arithmetic is no parameter`() throws {
    var model = NetworkModel()
    model.input("x", [1, 3, 10, 12])
    model.reals("scale", [1, 1, 2, 2])
    model.node("Shape", ["x"], ["shape"])
    model.node("Cast", ["shape"], ["real"], [.int("to", 1)])
    model.node("Mul", ["real", "scale"], ["scaled"])
    model.node("Floor", ["scaled"], ["floored"])
    model.node("Cast", ["floored"], ["sizes"], [.int("to", 7)])
    model.node("Resize", ["x", "", "", "sizes"], ["y"])
    model.output("y")
    let graph = try model.graph()
    #expect(graph.trainable.isEmpty)
    #expect(graph.shape() == "1x3x20x24")
  }

  @Test func `a matrix product with a stored matrix is a linear layer, also through a transposition`() throws {
    var model = NetworkModel()
    model.input("x", [2, 7, 3])
    model.weight("a", [3, 5])
    model.weight("b", [4, 5])
    model.node("MatMul", ["x", "a"], ["y"])
    model.node("Transpose", ["b"], ["t"])
    model.node("MatMul", ["y", "t"], ["z"])
    model.output("z")
    let graph = try model.graph()
    #expect(graph.trainable == ["a": "3x5", "b": "4x5"])
    let linear = graph.nodes.compactMap { if case .linear(let linear) = $0.operation { linear } else { nil } }
    #expect(linear.map(\.weightIsInputMajor) == [true, false])
    #expect(graph.shape() == "2x7x4")
    let total = try NetworkAnalysis(graph).total
    #expect(CountingConvention.macs.count(total.operations) == 490)
  }

  @Test func `a tensor used in two forms is one parameter`() throws {
    var model = NetworkModel()
    model.input("tokens", [2, 7], type: .int64)
    model.weight("table", [100, 8])
    model.node("Gather", ["table", "tokens"], ["x"])
    model.node("Transpose", ["table"], ["t"])
    model.node("MatMul", ["x", "t"], ["y"])
    model.output("y")
    let graph = try model.graph()
    #expect(graph.trainable == ["table": "100x8"])
    #expect(graph.shape() == "2x7x100")
    let total = try NetworkAnalysis(graph).total
    #expect(total.trainable == 800)
    #expect(CountingConvention.macs.count(total.operations) == 11_200)
  }

  @Test func `a weight that does not fit is an error with both shapes`() {
    var model = NetworkModel()
    model.input("x", [1, 4, 8, 8])
    model.weight("w", [6, 3, 3, 3])
    model.node("Conv", ["x", "w"], ["conv"])
    model.output("conv")
    #expect(model.sentence() == "conv: parameter weight must be 6x4x3x3, but is 6x3x3x3")
    var normalization = NetworkModel()
    normalization.input("x", [1, 4, 8, 8])
    for name in ["s", "b", "m", "v"] { normalization.weight(name, [5]) }
    normalization.node("BatchNormalization", ["x", "s", "b", "m", "v"], ["norm"])
    normalization.output("norm")
    #expect(normalization.sentence() == "norm: parameter weight must be 4, but is 5")
  }
}
