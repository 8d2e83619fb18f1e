import Analysis
import Architectures
import Execution
import NetworkGraph
import Tensors
import Testing

/// Marks that go back through executed windows against the analysis of the receptive field.
@Suite("Influence")
struct InfluenceTests {
  /// Networks with squeeze-excite, dilation-free stems, SAME padding, ceil mode, branches, attention in shifted windows.
  @Test(arguments: [
    ("resnet18", 64), ("vgg11", 64), ("googlenet", 64), ("inception_v4", 107), ("densenet121", 64),
    ("mobilenet_v3_small", 64), ("tf_efficientnet_b0", 72), ("shufflenet_v2_x0_5", 64), ("swin_t", 56),
    ("convnext_atto", 64), ("nasnetalarge", 75), ("squeezenet1_1", 64),
    ("nf_resnet50", 64),
  ])
  func executedWindowsReachWhatTheAnalysisSays(model: String, side: Int) throws {
    let entry = try #require(Catalog.entry(named: model))
    let graph = try entry.graph(input: [1, 3, .init(side), .init(side)])
    let state = try ModelState(graph, from: SyntheticTensors(gain: 1.25))
    let executor = try ReferenceExecutor(graph, state: state)
    _ = try executor.run([SyntheticTensors.input([1, 3, side, side])])
    let fields = VisibleField(graph)
    let candidates = graph.nodes.filter {
      !$0.inputs.isEmpty && !$0.isTrainingOnly && fields.unitAxes(of: $0.id) != nil
    }
    #expect(candidates.count > 10)
    for node in candidates.enumerated().filter({ $0.offset % 20 == 0 }).map(\.element) {
      let axes = try #require(fields.unitAxes(of: node.id))
      let unit = axes.enumerated().map { (node.outputs[0].shape[$1].constant ?? 1) / ($0 + 2) }
      let marks = try #require(executor.influences(on: node.id, at: [axes[0]: unit[0], axes[1]: unit[1]]))[0]
      for axis in 0..<2 {
        let places = marks.indices.filter { marks[$0] }.map { axis == 0 ? $0 / side % side : $0 % side }
        let hull = fields.hull(of: unit[axis], node: node.id, axis: axis)
        #expect(places.min() == hull?.start, "\(graph.path(of: node)) axis \(axis)")
        #expect(places.max() == hull?.end, "\(graph.path(of: node)) axis \(axis)")
      }
    }
  }
}

/// Resampling in every way: what a position reads is what the analysis says, at the ends of the map too.
struct ResampledInfluenceTests {
  private static let modes: [Resize.Mode] = [.linear, .cubic] + Resize.Rounding.allCases.map { .nearest($0) }
  private static let coordinates: [Resize.Coordinates] = [
    .halfPixel, .halfPixelSymmetric, .pytorchHalfPixel, .alignCorners, .asymmetric,
  ]

  @Test(
    arguments: [
      (7, .factor(1.75)), (9, .factor(0.625)), (5, .factor(2)), (8, .size(5)), (4, .size(11)), (6, .size(1)),
      (3, .size(9)),
    ] as [(Int, Resize.Size)])
  func positionsReadWhatTheAnalysisSays(side: Int, size: Resize.Size) throws {
    for mode in Self.modes {
      for coordinates in Self.coordinates {
        let resize = Resize(mode, sizes: [.size(1), .size(1), size, .size(2)], coordinates: coordinates)
        let graph = try Graph(name: "resampled", input: TensorType([1, 1, .init(side), 2])) {
          $0.apply(.resize(resize), "resize")
        }
        let executor = try ReferenceExecutor(graph, state: ModelState(graph, from: SyntheticTensors()))
        _ = try executor.run([SyntheticTensors.input([1, 1, side, 2])])
        let fields = VisibleField(graph)
        let node = graph.outputs[0].value.node
        let count = try #require(graph.nodes[node].outputs[0].shape[2].constant)
        for unit in 0..<count {
          let marks = try #require(executor.influences(on: node, at: [2: unit, 3: 0]))[0]
          let places = marks.indices.filter { marks[$0] }.map { $0 / 2 }
          let hull = try #require(fields.hull(of: unit, node: node, axis: 0))
          let (first, last) = (try #require(places.min()), try #require(places.max()))
          let title = "\(mode), \(coordinates), unit \(unit)"
          // Of the positions that cubic interpolation reads some may weigh nothing.
          #expect(mode == .cubic ? hull.start <= first : hull.start == first, "\(title)")
          #expect(mode == .cubic ? hull.end >= last : hull.end == last, "\(title)")
        }
      }
    }
  }
}
