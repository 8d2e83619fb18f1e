import NetworkGraph
import SymbolicIntegers
import Testing

@Suite("Operators of attention and response")
struct AttentionOperatorTests {
  @Test(
    "global response norm and unit normalisation keep the shape; the norm owns two tensors of one element a channel")
  func shapesAndParameters() {
    let first = GlobalResponseNorm(isChannelsLast: false)
    let last = GlobalResponseNorm(isChannelsLast: true)
    #expect(shape(first, [2, 5, 3, 4]) == [2, 5, 3, 4])
    #expect(first.parameters(for: [TensorType([2, 5, 3, 4])]).map(\.shape) == [[5], [5]])
    #expect(last.parameters(for: [TensorType([2, 3, 4, 5])]).map(\.name) == ["weight", "bias"])
    #expect(last.parameters(for: [TensorType([2, 3, 4, 5])]).map(\.shape) == [[5], [5]])
    #expect(shapes(first, [2, 5]) == nil)
    #expect(shape(UnitNormalization(), [2, 3, 7, 8]) == [2, 3, 7, 8])
    #expect(shapes(UnitNormalization(axis: 4), [2, 3, 7, 8]) == nil)
    #expect(shapes(UnitNormalization(), [2], [2]) == nil)
  }

  /// Operations that loops over the definitions do.
  private struct Tally: Equatable {
    var (additions, multiplications, comparisons, transcendentals) = (0, 0, 0, 0)

    init() {}

    init(_ work: Arithmetic) {
      additions = work.additions.constant ?? -1
      multiplications = work.multiplications.constant ?? -1
      comparisons = work.comparisons.constant ?? -1
      transcendentals = work.transcendentals.constant ?? -1
    }
  }

  @Test("global response norm does what a loop over its definition does")
  func responseNormTwin() {
    for (batch, channels, area) in [(1, 1, 1), (2, 3, 4), (3, 2, 9)] {
      var tally = Tally()
      for _ in 0..<batch {
        for channel in 0..<channels {
          for position in 0..<area {
            tally.multiplications += 1
            if position > 0 { tally.additions += 1 }
          }
          tally.transcendentals += 1
          // The norm joins the mean over channels, and is divided by it.
          if channel > 0 { tally.additions += 1 }
          tally.multiplications += 1
          // x * quotient * weight + bias + x
          for _ in 0..<area {
            tally.multiplications += 2
            tally.additions += 2
          }
        }
        // The mean's division, and epsilon.
        tally.multiplications += 1
        tally.additions += 1
      }
      let type = TensorType([Dimension(batch), Dimension(channels), Dimension(area), 1])
      let work = GlobalResponseNorm(isChannelsLast: false).arithmetic(for: [type], producing: [type])
      #expect(Tally(work) == tally)
    }
  }

  @Test("unit normalisation does what a loop over its definition does")
  func unitTwin() {
    for (slices, size) in [(1, 1), (4, 3), (6, 8)] {
      var tally = Tally()
      for _ in 0..<slices {
        for element in 0..<size {
          tally.multiplications += 1
          if element > 0 { tally.additions += 1 }
        }
        tally.transcendentals += 1
        // The norm against epsilon.
        tally.comparisons += 1
        for _ in 0..<size { tally.multiplications += 1 }
      }
      let type = TensorType([Dimension(slices), Dimension(size)])
      let work = UnitNormalization().arithmetic(for: [type], producing: [type])
      #expect(Tally(work) == tally)
    }
  }

  @Test("a module's own tensors come before those of its parts, in the order of their calls")
  func registeredFirst() throws {
    let graph = try Graph(name: "scaled", input: TensorType([1, 4, 8, 8])) { image in
      image.conv("stem", 4, kernel: 1).scope("block") { x in
        x.conv("a", 4, kernel: 1, bias: false).scale("first").registeredFirst()
          .scope("part") { $0.conv("b", 4, kernel: 1) }.scale("second").registeredFirst()
      }.batchNorm("norm")
    }
    let names = graph.parameters.map { graph.name(of: $0) }
    #expect(
      names.dropLast(5)
        == [
          "stem.weight", "stem.bias", "block.first", "block.second", "block.a.weight", "block.part.b.weight",
          "block.part.b.bias",
        ])
    for node in graph.nodes {
      for index in node.parameters { #expect(graph.parameters[index].node == node.id) }
    }
  }

  @Test("tensors that the definition fixes say what they hold")
  func fixedValues() throws {
    let graph = try Graph(name: "fixed", input: TensorType([1, 4])) { x in
      let half = x.constant("half", .uniform(0.5))
      let index = x.buffer("index", .relativePositionIndex(height: 2, width: 1), [4], .int64)
      return x * half + x.gather("gather", axis: 1, index)
    }
    var found: [FixedValues?] = []
    for node in graph.nodes {
      if case .source(let source) = node.operation { found.append(source.values) }
    }
    #expect(found == [nil, .uniform(0.5), .relativePositionIndex(height: 2, width: 1)])
    #expect(graph.parameters.map { graph.name(of: $0) } == ["index"])
    #expect(graph.parameters.map(\.spec.kind) == [.buffer])
    #expect(graph.parameters.map(\.spec.elementType) == [.int64])
  }

  @Test("nothing to pad and nothing to shift adds no node")
  func nothingToDo() throws {
    let graph = try Graph(name: "idle", input: TensorType([1, 4, 4, 2])) {
      $0.paddedBehind([0, 0, 0, 0]).rolled([0, 0], axes: [1, 2]).paddedBehind([0, 1, 0, 0]).rolled(
        [0, -2], axes: [1, 2])
    }
    #expect(graph.nodes.map { $0.operation.semantics.name } == ["Input", "Pad", "Roll"])
    #expect(graph.nodes.last?.outputs[0].shape == [1, 5, 4, 2])
  }

  @Test("equal parts of an axis that they do not divide are refused")
  func split() {
    let message = failure([1, 7]) { x in x.split(3, axis: 1)[0] }
    #expect(message == "split (Split): the parts must add up to axis 1: 2 + 2 + 2 against input 1x7")
  }
}
