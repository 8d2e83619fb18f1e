import Execution
import NetworkGraph
import Tensors
import Testing

/// The values that a network is given.
struct ModelStateTests {
  /// Tensors of which none can be read.
  private struct Unreadable: TensorSource {
    var names: [String]? { nil }

    func tensor(named name: String, shape: [Int]) throws(TensorError) -> Tensor? {
      throw .size(shape: shape)
    }
  }

  @Test func `a source that cannot be read is an error, again and again`() throws {
    let graph = try Graph(name: "one", input: TensorType([1, 3, 8, 8])) { $0.conv("conv", 4, kernel: 3) }
    for _ in 0..<100 {
      #expect(throws: ExecutionError.self) { try ModelState(graph, from: Unreadable()) }
    }
  }
}
