import AllocationCounter
import Architectures
import Execution
import NetworkGraph
import SymbolicIntegers
import Tensors
import Testing

/// Plans are made once; runs ask for no memory.
@Suite("Allocation")
struct AllocationTests {
  @Test func whatAsksForMemoryIsCounted() {
    let before = allocation_count()
    #if os(Linux)
      #expect(before >= 0)
    #else
      guard before >= 0 else { return }
    #endif
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 100, alignment: 16)
    memory.deallocate()
    #expect(allocation_count() > before)
  }

  /// Allocations of `body`, which ran before so that what is made once exists.
  private func allocations(_ body: () throws -> Void) rethrows -> Int {
    for _ in 0..<2 { try body() }
    let before = allocation_count()
    try body()
    return allocation_count() - before
  }

  private func check(_ graph: Graph) throws {
    let inputs = try graph.inputs.map { port in
      try SyntheticTensors.input(
        graph.type(of: port.value).shape.dimensions.map { $0.constant ?? 0 }, name: port.name)
    }
    let state = try ModelState(graph, from: SyntheticTensors())
    let native = try NativeExecutor(graph, state: state, threads: 2)
    #expect(try allocations { try native.compute(inputs) } == 0, "native: \(native.steps.map(\.kernel))")
    let reference = try ReferenceExecutor(graph, state: state)
    #expect(try allocations { try reference.compute(inputs) } == 0, "reference")
  }

  @Test(
    "a run of a network allocates nothing",
    arguments: [
      "lenet5", "alexnet", "resnet18", "googlenet", "densenet121", "mobilenet_v3_small", "shufflenet_v2_x0_5",
      "convnextv2_atto", "swin_v2_t", "vit_tiny_patch16_224", "regnet_y_400mf", "nasnetamobile", "ghostnet_100",
    ])
  func networksAllocateNothing(_ model: String) throws {
    let entry = try #require(Catalog.entry(named: model))
    let isFixed = model.hasPrefix("vit") || model == "lenet5"
    let side: Dimension = model == "alexnet" ? 96 : 64
    try check(try entry.graph(input: isFixed ? nil : [1, 3, side, side]))
  }

  @Test("a run of an operator allocates nothing", arguments: NativeOperatorTests.cases)
  func operatorsAllocateNothing(_ example: NativeOperatorTests.Case) throws {
    try check(try network([example.shape]) { example.body($0[0]) })
  }

  /// Those that native plans hand to the plain loops.
  @Test func otherOperatorsAllocateNothing() throws {
    let window3 = Window((0..<3).map { _ in Window.Axis(kernel: 2, stride: 2) })
    let bodies: [([Int], (Feature) -> Feature)] = [
      ([1, 4, 5, 6, 7], { $0.apply(.convolution(.init(outputChannels: 3, window: window3)), "conv") }),
      ([1, 4, 5, 6, 7], { $0.apply(.transposedConvolution(.init(outputChannels: 3, window: window3)), "up") }),
      ([1, 4, 5, 6, 7], { $0.apply(.pool(.init(.maximum, window: window3)), "pool") }),
      ([2, 9, 5], { $0.apply(.softmax(.init(axis: 1, logarithm: true)), "log") }),
      ([2, 9, 5], { $0.apply(.reduction(.init(.euclideanNorm, axes: [1], keepsAxes: false)), "norm") }),
      ([2, 9, 5], { $0.apply(.resize(.init(.linear, sizes: [.factor(1), .factor(1), .factor(2)])), "resize") }),
      ([2, 9, 5], { $0.elementwise(.sine, name: "sine") }),
      ([2, 600, 4], { $0.apply(.layerNorm(.init(axes: .trailing(count: 2))), "norm") }),
    ]
    for (shape, body) in bodies { try check(try network([shape]) { body($0[0]) }) }
  }
}
