import Foundation
import NetworkGraph
import SwiftProtobuf
import SymbolicIntegers
import Testing

@testable import ONNXFormat

// Foundation has another one.
private typealias Dimension = SymbolicIntegers.Dimension

struct ShapeArithmeticTests {
  /// A graph that reshapes `x` to a shape computed by `nodes`, which end in the value `shape`.
  private func reshape(
    _ sides: [Side], opset: Int64 = 21, _ build: (inout NetworkModel) -> Void
  ) throws -> Graph {
    var model = NetworkModel(opset: opset)
    model.input("x", sides)
    build(&model)
    model.node("Reshape", ["x", "shape"], ["y"])
    model.output("y")
    let graph = try model.graph()
    #expect(graph.operators == ["Reshape"])
    return graph
  }

  @Test func `a batch taken from Shape survives as a symbol`() throws {
    let graph = try reshape(["batch", 3, 4, 5]) { model in
      model.node("Shape", ["x"], ["sides"])
      model.integers("zero", [0], isScalar: true)
      model.node("Gather", ["sides", "zero"], ["batch"], [.int("axis", 0)])
      model.integers("axes", [0])
      model.node("Unsqueeze", ["batch", "axes"], ["first"])
      model.integers("rest", [-1])
      model.node("Concat", ["first", "rest"], ["shape"], [.int("axis", 0)])
    }
    #expect(graph.shape() == "batchx60")
  }

  @Test func `sums, products, quotients and remainders of sides are formulas`() throws {
    let graph = try reshape([1, 2, "H", 6]) { model in
      model.node("Shape", ["x"], ["side"], [.int("start", 2), .int("end", 3)])
      model.integers("two", [2])
      model.node("Mul", ["side", "two"], ["double"])
      model.node("Add", ["double", "side"], ["triple"])
      model.node("Sub", ["triple", "side"], ["again"])
      model.node("Div", ["again", "two"], ["same"])
      model.integers("rest", [12])
      model.node("Mod", ["rest", "two"], ["none"])
      model.node("Add", ["same", "none"], ["first"])
      model.node("Concat", ["first", "rest"], ["shape"], [.int("axis", 0)])
    }
    #expect(graph.shape() == "Hx12")
  }

  @Test func `an expansion's -1 is replaced by 1 where the exporter compares, also for symbolic sides`() throws {
    let graph = try reshape(["N", 3]) { model in
      model.node("Shape", ["x"], ["sides"])
      model.integers("count", [2])
      model.node("ConstantOfShape", ["count"], ["ones"], [.tensor("value", .integers("", [1]))])
      model.integers("minus", [-1], isScalar: true)
      model.node("Mul", ["ones", "minus"], ["unset"])
      model.node("Equal", ["sides", "unset"], ["isUnset"])
      model.node("Where", ["isUnset", "ones", "sides"], ["shape"])
    }
    #expect(graph.shape() == "Nx3")
  }

  @Test func `values written by ScatterND, taken by Slice, joined, reversed, squeezed and cast are followed`() throws {
    let graph = try reshape([2, 3, 4]) { model in
      model.node("Shape", ["x"], ["sides"])
      model.integers("starts", [-1])
      model.integers("ends", [Int64.min])
      model.integers("axes", [0])
      model.integers("steps", [-1])
      model.node("Slice", ["sides", "starts", "ends", "axes", "steps"], ["reversed"])
      model.node("Cast", ["reversed"], ["real"], [.int("to", 1)])
      model.node("Floor", ["real"], ["floored"])
      model.node("Cast", ["floored"], ["whole"], [.int("to", 7)])
      var place = TensorProto.integers("place", [1])
      place.dims = [1, 1]
      model.proto.graph.initializer.append(place)
      model.integers("value", [-1])
      model.node("ScatterND", ["whole", "place", "value"], ["shape"])
    }
    #expect(graph.shape() == "4x3x2")
  }

  @Test func `ReduceProd, Size, Range, Tile, Split, Transpose, NonZero and Where give shapes`() throws {
    let graph = try reshape([4, 6]) { model in
      model.node("Shape", ["x"], ["sides"])
      model.node("ReduceProd", ["sides"], ["product"], [.int("keepdims", 1)])
      model.node("Size", ["x"], ["size"])
      model.node("Div", ["size", "product"], ["one"])
      model.node("Split", ["sides"], ["first", "second"], [.int("num_outputs", 2)])
      model.integers("start", [0], isScalar: true)
      model.integers("limit", [4], isScalar: true)
      model.integers("step", [2], isScalar: true)
      model.node("Range", ["start", "limit", "step"], ["range"])
      model.node("NonZero", ["range"], ["places"])
      model.node("Transpose", ["places"], ["column"])
      model.integers("flat", [-1])
      model.node("Reshape", ["column", "flat"], ["places1"])
      model.node("Mul", ["places1", "second"], ["six"])
      model.integers("repeats", [1])
      model.node("Tile", ["first", "repeats"], ["four"])
      model.node("Concat", ["six", "one", "four"], ["shape"], [.int("axis", 0)])
    }
    #expect(graph.shape() == "6x1x4")
  }

  @Test func `Min, Max, Neg, Not, And, Less and Greater decide between known values`() throws {
    let graph = try reshape([4, 6]) { model in
      model.integers("a", [4, 7])
      model.integers("b", [9, 6])
      model.node("Min", ["a", "b"], ["least"])
      model.node("Less", ["a", "b"], ["isLess"])
      model.node("Greater", ["a", "b"], ["isGreater"])
      model.node("Not", ["isGreater"], ["isNot"])
      model.node("And", ["isLess", "isNot"], ["both"])
      model.node("Neg", ["least"], ["negative"])
      model.node("Neg", ["negative"], ["positive"])
      model.node("Max", ["a", "b"], ["most"])
      model.node("Where", ["both", "positive", "least"], ["shape"])
    }
    #expect(graph.shape() == "4x6")
  }

  @Test func `division of negative whole numbers rounds toward zero`() throws {
    let graph = try reshape([2, 3]) { model in
      model.integers("a", [-7])
      model.integers("b", [2])
      model.node("Div", ["a", "b"], ["minus3"])
      model.node("Neg", ["minus3"], ["three"])
      model.integers("rest", [-1])
      model.node("Concat", ["three", "rest"], ["shape"], [.int("axis", 0)])
    }
    #expect(graph.shape() == "3x2")
  }

  @Test func `a size that only the running network knows makes its reader opaque, with the declared type`() throws {
    var model = NetworkModel()
    model.input("x", [2, 3])
    model.node("NonZero", ["x"], ["places"])
    model.node("Relu", ["places"], ["y"])
    model.output("y")
    let graph = try model.graph()
    #expect(
      graph.unsupported == [
        "NonZero: its input 0 is computed while the network runs", "Relu: the shape of its input 0 is not known",
      ])
  }
}

/// Functions of elements against plain arithmetic.
struct ScalarFunctionTests {
  private static let range = -9...9

  @Test func `whole-number functions equal plain arithmetic`() {
    let cases: [(Elementwise.Function, (Int, Int) -> Int?)] = [
      (.add, { $0 + $1 }), (.subtract, { $0 - $1 }), (.multiply, { $0 * $1 }),
      (.divide, { $1 == 0 ? nil : $0 / $1 }), (.modulo, { $0 < 0 || $1 <= 0 ? nil : $0 % $1 }),
      (.minimum, { min($0, $1) }), (.maximum, { max($0, $1) }), (.equal, { $0 == $1 ? 1 : 0 }),
      (.less, { $0 < $1 ? 1 : 0 }), (.lessOrEqual, { $0 <= $1 ? 1 : 0 }), (.greater, { $0 > $1 ? 1 : 0 }),
      (.greaterOrEqual, { $0 >= $1 ? 1 : 0 }), (.and, { $0 != 0 && $1 != 0 ? 1 : 0 }),
      (.or, { $0 != 0 || $1 != 0 ? 1 : 0 }), (.xor, { ($0 != 0) != ($1 != 0) ? 1 : 0 }),
    ]
    for (function, expected) in cases {
      for left in Self.range {
        for right in Self.range {
          let result = function.evaluate(
            [.integer(Dimension(left)), .integer(Dimension(right))], isReal: false)
          #expect(result == expected(left, right).map { .integer(Dimension($0)) }, "\(function) \(left) \(right)")
        }
      }
    }
  }

  @Test func `functions of symbolic sizes agree with those of every size`() throws {
    let symbol = try #require(Symbol("n"))
    let functions: [Elementwise.Function] = [
      .add, .subtract, .multiply, .divide, .modulo, .minimum, .maximum, .equal, .less, .greater,
    ]
    var decided = 0
    for function in functions {
      for other in Self.range {
        let symbolic = function.evaluate([.integer(Dimension(symbol)), .integer(Dimension(other))], isReal: false)
        guard let formula = symbolic?.dimension, formula.failure == nil else { continue }
        decided += 1
        for size in 1...40 {
          let plain = function.evaluate([.integer(Dimension(size)), .integer(Dimension(other))], isReal: false)
          #expect(
            try .integer(Dimension(formula.evaluated(with: [symbol: size]))) == plain, "\(function) \(size) \(other)")
        }
      }
    }
    #expect(decided > 100)
  }

  @Test func `the quotient that overflows and division by zero have no value`() {
    #expect(Elementwise.Function.divide.evaluate([.integer(Dimension(.min)), .integer(-1)], isReal: false) == nil)
    #expect(Elementwise.Function.divide.evaluate([.integer(3), .integer(0)], isReal: false) == nil)
  }
}

/// Evaluation against the outputs of the ONNX project's operator tests, all inputs stored.
@Suite(.enabled(if: ReferenceFiles.exist, "no ONNX files in \(ReferenceFiles.folder.path); see ReferenceFiles"))
struct FoldingOracleTests {
  @Test func `operators on constants give the values that ONNX expects`() throws {
    var evaluated: Set<String> = []
    for path in ReferenceFiles.paths where path.hasPrefix("node/") {
      let folder = ReferenceFiles.folder.appending(path: path).deletingLastPathComponent()
      func tensor(_ name: String) throws -> TensorProto {
        try TensorProto(serializedBytes: Data(contentsOf: folder.appending(path: "test_data_set_0/\(name).pb")))
      }
      var model = try ModelProto(serializedBytes: Data(contentsOf: folder.appending(path: "model.onnx")))
      let stored = Set(model.graph.initializer.map { $0.name })
      let inputs = model.graph.input.filter { !stored.contains($0.name) }
      guard inputs.allSatisfy({ $0.type.tensorType.hasShape }) else { continue }
      for (index, input) in inputs.enumerated() {
        var value = try tensor("input_\(index)")
        value.name = input.name
        model.graph.initializer.append(value)
      }
      for (index, result) in try values(of: model).enumerated() {
        guard case .constant(let constant) = result, let elements = try constant.elements() else { continue }
        let expected = try tensor("output_\(index)")
        #expect(
          constant.type.shape.dimensions.map { $0.description } == expected.dims.map { $0.description }, "\(path)")
        let numbers = try expected.floats() ?? expected.ints()?.map { Double($0) }
        for (element, number) in try zip(elements, #require(numbers)) {
          let value = try #require(element.real)
          #expect(value == number || abs(value - number) <= 1e-5 * max(1, abs(number)), "\(path)")
        }
        evaluated.insert(model.graph.node.first?.opType ?? "")
      }
    }
    let wanted: Set = [
      "Add", "Clip", "Concat", "Div", "Exp", "Expand", "Flatten", "Gather", "Identity", "Max", "Min", "Mul", "Neg",
      "Pow",
      "ReduceMax", "ReduceSum", "Relu", "Reshape", "Shape", "Slice", "Split", "Sqrt", "Squeeze", "Sum", "Transpose",
      "Unsqueeze", "Where",
    ]
    #expect(wanted.subtracting(evaluated).isEmpty)
  }

  private func values(of model: ModelProto) throws -> [Operand] {
    var importer = try Importer(name: "test", model: model)
    let body = Body(
      nodes: model.graph.node, places: NodePlaces(model.graph.node), given: try importer.initializers(model.graph),
      results: model.graph.output.map { $0.name }, title: "the graph")
    return try importer.run(body, opset: Int(model.opsetImport.first?.version ?? 0))
  }
}
