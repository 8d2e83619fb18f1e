import Architectures
import Execution
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// Networks on the native back end, whose weights and input follow from names, as PyTorch ran them in float64.
@Suite("Native execution")
struct NativeTests {
  @Test("native = PyTorch in float64", arguments: LogitsTests.Expectation.chosen)
  func nativeKernelsGiveTheLogits(_ expected: LogitsTests.Expectation) throws {
    let entry = try #require(Catalog.entry(named: expected.model))
    let graph = try entry.graph(input: [1, 3, .init(expected.side), .init(expected.side)])
    let state = try ModelState(graph, from: SyntheticTensors(gain: expected.gain))
    let input = try SyntheticTensors.input([1, 3, expected.side, expected.side])
    for set in InstructionSet.available {
      let executor = try NativeExecutor(graph, state: state, instructionSet: set)
      let error = relativeError(try executor.run([input])[0].values, expected.logits)
      #expect(error <= 1e-4, "\(set)")
    }
  }
}
