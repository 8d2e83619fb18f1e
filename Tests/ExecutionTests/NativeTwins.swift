import Execution
import NetworkGraph
import SymbolicIntegers
import Tensors

/// Numbers that follow from a seed.
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: Int) { state = UInt64(seed) }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func pick<Element>(_ choices: [Element]) -> Element {
    choices[Int.random(in: 0..<choices.count, using: &self)]
  }
}

/// A small network of one input, or of two of one shape.
func network(_ shapes: [[Int]], _ body: ([Feature]) -> Feature) throws -> Graph {
  let builder = GraphBuilder(name: "small")
  let inputs = shapes.enumerated().map { index, shape in
    builder.input("input\(index)", TensorType(Shape(shape.map { Dimension($0) })))
  }
  return try builder.finish(outputs: [("output", body(inputs))])
}

/// The outputs of a network on both back ends, native first, with values that follow from names.
func twins(
  _ graph: Graph, _ set: InstructionSet, threads: Int = 1, weights: any TensorSource = SyntheticTensors()
) throws -> (native: [Float], reference: [Double]) {
  let inputs = try graph.inputs.map { port in
    try SyntheticTensors.input(
      graph.type(of: port.value).shape.dimensions.map { $0.constant ?? 0 }, name: port.name)
  }
  let state = try ModelState(graph, from: weights)
  let native = try NativeExecutor(graph, state: state, threads: threads, instructionSet: set)
  let reference = try ReferenceExecutor(graph, state: state)
  // The second run finds in memory what the first one left.
  _ = try native.run(inputs)
  return (try native.run(inputs)[0].values, try reference.run(inputs)[0].values.map(Double.init))
}
