import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import Testing

@Suite("Live bytes of inference")
struct LivenessTests {
  @Test("the peak is what an allocator sees, on random networks with and without writing in place")
  func allocator() throws {
    var inPlace = MemoryOptions()
    inPlace.overwritesInPlace = true
    var gains = 0
    for seed in 0..<1500 {
      let graph = try randomNetwork(Int(seed % 40) + 1, seed: seed)
      let plain = try Liveness(graph)
      let simulated = AllocatorSimulation(graph)
      guard simulated.peak > 0 else { continue }
      #expect(plain.peakBytes.constant == simulated.peak, "seed \(seed)")
      #expect(plain.peakStep.map { plain.storage.steps[$0].lastNode } == simulated.peakNode, "seed \(seed)")
      let overwriting = try Liveness(graph, inPlace)
      #expect(
        overwriting.peakBytes.constant == AllocatorSimulation(graph, inPlace: true).peak, "seed \(seed), in place")
      if overwriting.peakBytes != plain.peakBytes { gains += 1 }
    }
    #expect(gains > 100)
  }

  @Test("the peak is what an allocator sees, on built-in networks")
  func catalogue() throws {
    for name in [
      "vgg16", "resnet50", "densenet121", "inception_v3", "googlenet", "mobilenet_v3_small", "nasnetamobile",
    ] {
      let graph = try #require(Catalog.entry(named: name)).graph()
      #expect(try Liveness(graph).peakBytes.constant == AllocatorSimulation(graph).peak, "\(name)")
    }
  }

  @Test("live bytes of a step are the sum of its live buffers")
  func liveBuffers() throws {
    for seed in 0..<100 {
      for inPlace in [false, true] {
        var options = MemoryOptions()
        options.overwritesInPlace = inPlace
        options.fusesEpilogues = seed.isMultiple(of: 2)
        options.concatenatesAsViews = seed.isMultiple(of: 3)
        let liveness = try Liveness(try randomNetwork(30, seed: seed), options)
        for (position, bytes) in liveness.liveBytes.enumerated() {
          let sum = Dimension.sum(liveness.liveBuffers(at: position).map { liveness.storage.buffers[$0].bytes })
          #expect(sum == bytes, "seed \(seed), position \(position)")
        }
      }
    }
  }

  @Test("a convolution, a norm and an activation: by hand")
  func byHand() throws {
    let graph = try Graph(name: "hand", input: TensorType([1, 3, 8, 8])) {
      $0.conv("conv", 4, kernel: 3, padding: 1).batchNorm("norm").relu("relu")
    }
    // Input 768 bytes; each of the three tensors 1,024.
    func peak(_ change: (inout MemoryOptions) -> Void) throws -> (Int?, String?) {
      var options = MemoryOptions()
      change(&options)
      let liveness = try Liveness(graph, options)
      return (liveness.peakBytes.constant, liveness.peakStep.map { liveness.storage.name(of: $0) })
    }
    #expect(try peak { _ in } == (2048, "norm"))
    #expect(try peak { $0.overwritesInPlace = true } == (1792, "conv"))
    #expect(try peak { $0.fusesEpilogues = true } == (1792, "conv + norm + relu"))
    #expect(try peak { $0.elementType = .float16 } == (1024, "norm"))
    #expect(try peak { $0.elementType = .int8 } == (512, "norm"))
    // 4 x 3 x 3 x 3 + 4 weights, 4 x 4 values of the norm in 4 bytes, and its step counter in 8.
    #expect(try peak { $0.countsWeights = true } == (2048 + 4 * (112 + 16) + 8, "norm"))
  }

  @Test("an addition joins the later of its branches, and takes the place of the other operand")
  func residual() throws {
    let graph = try Graph(name: "block", input: TensorType([1, 4, 8, 8])) { input in
      let start = input.conv("start", 4, kernel: 1)
      let long = start.conv("a", 8, kernel: 1).relu("ra").conv("b", 8, kernel: 1).batchNorm("nb")
      let short = start.conv("c", 8, kernel: 1).batchNorm("nc")
      return (long + short).relu("out")
    }
    let fused = try Liveness(graph, .planned)
    #expect(
      fused.storage.steps.indices.map { fused.storage.name(of: $0) } == [
        "start", "a + ra", "b + nb", "c + nc + add + out",
      ])
    // start is live throughout (1,024); a and b are 2,048 each; the last writes its sum over b's output.
    #expect(fused.liveBytes.map(\.constant) == [2048, 3072, 5120, 3072])
  }

  @Test(
    "tensors written into their concatenation need no second place; the joins of a dense block are views of the last")
  func concatenation() throws {
    let graph = try Graph(name: "dense", input: TensorType([1, 8, 4, 4])) { input in
      var features = [input.conv("start", 8, kernel: 1)]
      for index in 0..<3 {
        features.append(Feature.concatenate(features, name: "cat\(index)").conv("conv\(index)", 4, kernel: 1))
      }
      return Feature.concatenate(features, name: "last")
    }
    var options = MemoryOptions()
    options.concatenatesAsViews = true
    let views = try Liveness(graph, options)
    // The last join, 20 channels of 64 bytes, is there from the start; the input, 512 bytes, until it is read.
    #expect(views.liveBytes.map(\.constant) == [1792, 1280, 1280, 1280, 1280, 1280, 1280, 1280])
    #expect(try Liveness(graph).peakBytes.constant == 2 * 1280)
  }

  @Test("over symbols the peak is a maximum of formulas that holds at every size")
  func symbols() throws {
    for name in ["resnet18", "squeezenet1_1", "googlenet"] {
      let entry = try #require(Catalog.entry(named: name))
      let (n, h) = (Dimension.symbol("N"), Dimension.symbol("h"))
      let symbolic = try Liveness(entry.graph(input: [n, 3, h * 32, h * 32]))
      for (batch, side) in [(1, 7), (3, 4), (16, 11)] {
        let numeric = try Liveness(
          entry.graph(input: [Dimension(batch), 3, Dimension(32 * side), Dimension(32 * side)]))
        let bindings = [try #require(Symbol("N")): batch, try #require(Symbol("h")): side]
        #expect(try symbolic.peakBytes.evaluated(with: bindings) == numeric.peakBytes.constant, "\(name)")
      }
    }
  }

  @Test("what only training runs, and dead branches, take no part; unknown tensors are counted")
  func leftOut() throws {
    let whole = try #require(Catalog.entry(named: "googlenet")).graph()
    let storage = StorageGraph(whole)
    let names = storage.steps.indices.map { storage.name(of: $0) }
    #expect(!names.contains { $0.hasPrefix("aux") })
  }

  @Test("sizes beyond 64 bits are an error, not a trap")
  func hostile() throws {
    let side = 1 << 30
    let graph = try Graph(name: "huge", input: TensorType([1, 1, Dimension(side), Dimension(side)])) {
      var sum = $0
      for index in 0..<10 { sum = sum.elementwise(.add, $0.relu("r\(index)", inPlace: false), name: "s\(index)") }
      return sum
    }
    #expect(throws: GraphError.self) { try Liveness(graph).peakBytes }
    var options = MemoryOptions()
    options.elementType = .int8
    #expect(try Liveness(graph, options).peakBytes.constant == 4 << 60)
  }
}
