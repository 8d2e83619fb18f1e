import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import Testing

@Suite("Arena of a planned execution")
struct PlannedArenaTests {
  /// Checks every pair of tensors that are live at one step, but an output that takes over an input's place.
  private func expectDisjoint(_ liveness: Liveness, _ arena: Arena, _ name: String) {
    let buffers = liveness.storage.buffers
    for position in liveness.order.indices {
      let places = liveness.liveBuffers(at: position).map {
        (arena.offsets[$0], arena.offsets[$0] + (buffers[$0].bytes.constant ?? 0))
      }.sorted { $0 < $1 }
      for (left, right) in zip(places, places.dropFirst()) { #expect(left.1 <= right.0, "\(name), step \(position)") }
      #expect(places.allSatisfy { $0.0 >= 0 && $0.1 <= arena.bytes }, "\(name)")
    }
  }

  @Test("no two tensors that are live at once overlap; the arena holds the peak")
  func disjoint() throws {
    var tight = 0
    for seed in 0..<300 {
      var options = MemoryOptions.planned
      options.overwritesInPlace = !seed.isMultiple(of: 3)
      options.concatenatesAsViews = seed.isMultiple(of: 4)
      options.countsWeights = seed.isMultiple(of: 2)
      let liveness = try Liveness(try randomNetwork(40, seed: seed), options)
      let arena = try #require(Arena(liveness))
      expectDisjoint(liveness, arena, "seed \(seed)")
      let peak = try #require((liveness.peakBytes - liveness.storage.weightBytes).constant)
      #expect(arena.bytes >= peak)
      if arena.bytes == peak { tight += 1 }
    }
    #expect(tight > 200)
  }

  @Test("an output written over its input has its place")
  func overwriting() throws {
    let graph = try Graph(name: "chain", input: TensorType([1, 3, 8, 8])) {
      $0.conv("conv", 4, kernel: 3, padding: 1).batchNorm("norm").relu("relu").maxPool("pool", kernel: 2, stride: 2)
    }
    var options = MemoryOptions()
    options.overwritesInPlace = true
    let arena = try #require(Arena(Liveness(graph, options)))
    // Input 768 bytes beside the convolution's 1,024; norm and activation stay there; the pool's 256 fit where the input was.
    #expect(arena.bytes == 1792)
    #expect(arena.offsets[1] == arena.offsets[2] && arena.offsets[2] == arena.offsets[3])
  }

  @Test("built-in networks: the arena is as small as the peak")
  func catalogue() throws {
    for name in ["alexnet", "vgg16", "resnet50", "mobilenet_v2", "googlenet", "densenet121", "efficientnet_b0"] {
      let liveness = try Liveness(#require(Catalog.entry(named: name)).graph(), .planned)
      let arena = try #require(Arena(liveness))
      expectDisjoint(liveness, arena, name)
      #expect(Dimension(arena.bytes) == liveness.peakBytes, "\(name)")
    }
  }

  @Test("over symbols there is no arena")
  func symbols() throws {
    let graph = try Graph(name: "n", input: TensorType([Dimension.symbol("N"), 3, 8, 8])) { $0.relu() }
    #expect(Arena(try Liveness(graph)) == nil)
  }
}
