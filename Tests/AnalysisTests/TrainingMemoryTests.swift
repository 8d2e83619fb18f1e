import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import Testing

@Suite("Training memory")
struct TrainingMemoryTests {
  private func memory(_ name: String, _ options: TrainingOptions) throws -> TrainingMemory {
    try TrainingMemory(#require(Catalog.entry(named: name)).graph(), options)
  }

  @Test("ReLU in place keeps nothing of its own, ReLU6 and SiLU in place a copy of their input")
  func inPlace() throws {
    func saved(_ function: Activation.Function, inPlace: Bool) throws -> Int? {
      let graph = try Graph(name: "unit", input: TensorType([1, 2, 4, 4])) {
        $0.conv("a", 8, kernel: 1, bias: false).batchNorm("n").activation(function, "act", inPlace: inPlace)
          .conv("b", 2, kernel: 1)
      }
      return try TrainingMemory(graph).savedForBackwardBytes.constant
    }
    let (input, map, statistics) = (2 * 16 * 4, 8 * 16 * 4, 2 * 8 * 4)
    // The norm keeps its input, the second convolution its own.
    #expect(try saved(.relu, inPlace: true) == input + map * 2 + statistics)
    #expect(try saved(.relu, inPlace: false) == input + map * 2 + statistics)
    for function in [Activation.Function.relu6, .silu, .hardSwish] {
      #expect(try saved(function, inPlace: true) == input + map * 3 + statistics)
      #expect(try saved(function, inPlace: false) == input + map * 3 + statistics)
    }
  }

  @Test("nothing is kept where no gradient flows")
  func withoutParameters() throws {
    let graph = try Graph(name: "plain", input: TensorType([1, 2, 4, 4])) {
      $0.relu().maxPool("p", kernel: 2, stride: 2)
    }
    #expect(try TrainingMemory(graph).savedForBackwardBytes == 0)
  }

  @Test("gradients, momentum and Adam take one, one and two numbers for each of ResNet-50's 25,557,032 weights")
  func optimizers() throws {
    let weights = 25_557_032
    for (optimizer, states) in [(TrainingOptions.Optimizer.sgd, 0), (.momentum, 1), (.adam, 2)] {
      let memory = try memory("resnet50", TrainingOptions(optimizer: optimizer))
      #expect(memory.gradientBytes.constant == weights * 4)
      #expect(memory.optimizerBytes.constant == weights * 4 * states)
      #expect(
        memory.totalBytes == memory.parameterBytes + memory.gradientBytes + memory.optimizerBytes
          + memory.savedForBackwardBytes)
    }
  }

  @Test("mixed precision with Adam takes 16 bytes for each weight (Rajbhandari et al. 2020, section 3.1)")
  func mixedPrecision() throws {
    // VGG-16 has no buffers and 138,357,544 weights.
    for precision in [TrainingOptions.Precision.float16, .bfloat16] {
      let memory = try memory("vgg16", TrainingOptions(optimizer: .adam, precision: precision))
      let state = memory.parameterBytes + memory.gradientBytes + memory.optimizerBytes
      #expect(state.constant == 138_357_544 * 16)
    }
    // Activations are halved; the 64-bit indices of VGG-16's pools, 12,242,944 bytes (memory.csv), are not.
    let half = try memory("vgg16", TrainingOptions(precision: .float16)).savedForBackwardBytes.constant
    #expect(half == (73_355_264 - 12_242_944) / 2 + 12_242_944)
  }

  @Test("checkpoints keep the inputs of segments and the largest segment's inside")
  func checkpoints() throws {
    // Eight blocks of three 1x1 convolutions with sigmoids: each convolution keeps its input, a map, and the sigmoid
    // that map too.
    func saved(every count: Int?) throws -> Int? {
      let graph = try Graph(name: "chain", input: TensorType([1, 4, 8, 8])) { input in
        var x = input
        for block in 0..<8 {
          x = x.scope("\(block)", .block) { input in
            var x = input
            for layer in 0..<3 { x = x.conv("c\(layer)", 4, kernel: 1).activation(.sigmoid, "s\(layer)") }
            return x
          }
        }
        return x
      }
      return try TrainingMemory(graph, TrainingOptions(blocksPerSegment: count)).savedForBackwardBytes.constant
    }
    let map = 4 * 64 * 4
    #expect(try saved(every: nil) == map * 25)
    for count in 1...9 {
      let segments = (8 + count - 1) / count
      let inside = 3 * min(count, 8)
      // The last map of a segment is the next one's input, except in the last segment.
      #expect(
        try saved(every: count) == map * (segments + inside - (segments > 1 && 8 % count != 0 ? 1 : 0)), "\(count)")
    }
  }

  @Test(
    "checkpoints save memory in every deep network", arguments: ["resnet101", "densenet121", "mobilenet_v2", "vgg16"])
  func checkpointsOfNetworks(model: String) throws {
    let all = try #require(try memory(model, TrainingOptions()).savedForBackwardBytes.constant)
    let checkpointed = try #require(
      try memory(model, TrainingOptions(blocksPerSegment: 2)).savedForBackwardBytes.constant)
    #expect(checkpointed < all)
    #expect(checkpointed > 0)
  }

  @Test(
    "the largest batch fits and the next does not",
    arguments: [TrainingOptions(), TrainingOptions(optimizer: .adam, precision: .bfloat16, blocksPerSegment: 1)])
  func largestBatch(options: TrainingOptions) throws {
    let batch = try #require(Symbol("N"))
    for name in ["resnet50", "mobilenet_v2", "convnext_tiny", "inception_v3"] {
      let entry = try #require(Catalog.entry(named: name))
      let side = entry.input[2]
      let memory = try TrainingMemory(entry.graph(input: [Dimension(batch), 3, side, side]), options)
      for capacity in [2_000_000_000, 24_000_000_000] {
        let size = try #require(try memory.largestBatch(fitting: capacity, batch: batch))
        // Measured on graphs of these sizes, not by the formula.
        func total(_ size: Int) throws -> Int {
          let graph = try entry.graph(input: [Dimension(size), 3, side, side])
          return try #require(try TrainingMemory(graph, options).totalBytes.constant)
        }
        #expect(try total(size) <= capacity, "\(name)")
        #expect(try total(size + 1) > capacity, "\(name)")
      }
      #expect(try memory.largestBatch(fitting: 1_000_000, batch: batch) == nil)
    }
  }

  @Test("what the nodes keep adds up to what is saved, and auxiliary heads count")
  func steps() throws {
    for name in ["googlenet_aux", "efficientnet_b0", "swin_t"] {
      let memory = try memory(name, TrainingOptions())
      #expect(Dimension.sum(memory.steps.map(\.savedBytes)) == memory.savedForBackwardBytes)
    }
    let (with, without) = try (memory("googlenet_aux", TrainingOptions()), memory("googlenet", TrainingOptions()))
    let difference = (with.savedForBackwardBytes - without.savedForBackwardBytes).constant
    // memory.csv and memory_more.csv.
    #expect(difference == 48_355_072 - 48_229_120)
  }

  @Test("every network of the catalogue has both figures, with a symbolic batch too")
  func catalogue() throws {
    let batch = try #require(Symbol("N"))
    for entry in Catalog.entries {
      var shape = entry.input
      shape[0] = 3
      let fixed = try entry.graph(input: shape)
      shape[0] = Dimension(batch)
      let symbolic = try entry.graph(input: shape)
      let (eager, training) = try (EagerMemory(symbolic), TrainingMemory(symbolic))
      #expect(
        try eager.peakBytes.evaluated(with: [batch: 3]) == EagerMemory(fixed).peakBytes.constant, "\(entry.name)")
      #expect(
        try training.totalBytes.evaluated(with: [batch: 3]) == TrainingMemory(fixed).totalBytes.constant,
        "\(entry.name)")
    }
  }
}
