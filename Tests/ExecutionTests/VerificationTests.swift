import Architectures
import NetworkGraph
import Tensors
import Testing

@testable import Execution

@Suite("Verification")
struct VerificationTests {
  /// Two branches that meet: places are used again.
  static func graph() throws -> Graph {
    let builder = GraphBuilder(name: "net")
    let image = builder.input("input", TensorType([1, 3, 9, 11]))
    let first = image.conv("conv1", 8, kernel: 3, stride: 2, padding: 1).relu()
    let left = first.conv("conv2", 8, kernel: 3, padding: 2, dilation: 2, groups: 4)
    let right = first.maxPool("pool", kernel: 3, stride: 1, padding: 1)
    let joined = (left + right).conv("conv3", 4, kernel: 1)
    return try builder.finish(outputs: [(name: "output", feature: joined)])
  }

  @Test(arguments: ["resnet18", "mobilenet_v3_small", "googlenet", "swin_t", "vit_tiny_patch16_224", "lenet5"])
  func catalogueNetworksHold(model: String) throws {
    let entry = try #require(Catalog.entry(named: model))
    let shape: Shape? = model.hasPrefix("vit") || model == "lenet5" ? nil : [1, 3, 64, 64]
    let graph = try entry.graph(input: shape)
    let sizes = graph.type(of: graph.inputs[0].value).shape.sizes
    let verification = try Verification(
      graph, weights: SyntheticTensors(), inputs: [SyntheticTensors.input(sizes)])
    #expect(verification.checks.allSatisfy { $0.holds }, "\(verification.checks.flatMap(\.failures))")
    #expect(verification.checks.filter { $0.count > 0 }.count >= 6)
  }

  private func executor() throws -> ReferenceExecutor {
    let graph = try VerificationTests.graph()
    return try ReferenceExecutor(graph, state: ModelState(graph, from: SyntheticTensors()))
  }

  private func inspection(_ executor: ReferenceExecutor) throws -> Inspection {
    try Inspection(executor, [SyntheticTensors.input([1, 3, 9, 11])]) { _, _ in }
  }

  @Test func aRunWithoutFaultShowsNone() throws {
    let inspection = try inspection(executor())
    #expect(inspection.unwritten.isEmpty && inspection.overwritten.isEmpty && !inspection.leavesBlock)
    #expect(inspection.outputs[0].values.allSatisfy { $0.isFinite })
  }

  @Test func aKernelThatLeavesOutElementsShows() throws {
    let executor = try executor()
    executor.kernels[0].kernel.run = { _ in }
    #expect(try inspection(executor).unwritten.map(\.node) == [executor.kernels[0].node])
  }

  @Test func writingBehindTheBlockShows() throws {
    let executor = try executor()
    let behind = executor.memory + executor.elementCount
    let run = executor.kernels[1].kernel.run
    executor.kernels[1].kernel.run = { tally in
      run(&tally)
      behind[3] = 1
    }
    #expect(try inspection(executor).leavesBlock)
  }

  @Test func multiplicationsThatAreNotDoneShow() throws {
    let executor = try executor()
    let graph = executor.graph
    let run = executor.kernels[0].kernel.run
    executor.kernels[0].kernel.run = { tally in
      run(&tally)
      tally.multiplyAdds -= 1
    }
    var verification = try Verification(
      graph, weights: SyntheticTensors(), inputs: [SyntheticTensors.input([1, 3, 9, 11])])
    #expect(verification.holds)
    _ = try executor.run([SyntheticTensors.input([1, 3, 9, 11])])
    verification.checks = [verification.multiplyAdds(executor), verification.unpaddedMultiplyAdds(executor)]
    #expect(verification.checks.map(\.failureCount) == [1, 1])
  }

  @Test func otherOutputsThanExpectedShow() throws {
    let graph = try VerificationTests.graph()
    let input = try SyntheticTensors.input([1, 3, 9, 11])
    let right = try Verification(graph, weights: SyntheticTensors(), inputs: [input]).outputs
    let wrong = try Tensor(right[0].shape, right[0].values.map { $0 * 1.001 })
    let same = try Verification(graph, weights: SyntheticTensors(), inputs: [input], expected: right)
    let other = try Verification(graph, weights: SyntheticTensors(), inputs: [input], expected: [wrong])
    let reshaped = try Verification(
      graph, weights: SyntheticTensors(), inputs: [input], expected: [right[0].reshaped([right[0].values.count])])
    #expect(same.holds)
    #expect(other.checks.last?.holds == false && !other.holds)
    #expect(reshaped.checks.last?.holds == false)
  }
}
