import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import Testing

/// Sets of image rows for every row of every map: the brute-force twin for whole networks, along one axis at a time.
///
/// Follows only maps; a value that a global pool, a flattening or a product made holds no rows, and beside a map counts
/// for nothing, as a squeeze-excite gate does.
private struct RowTwin {
  typealias Row = [UInt64]
  struct Map {
    /// The tensor's axis whose positions the rows are.
    var axis: Int
    var rows: [Row]
  }

  let graph: Graph
  var maps: [Map?] = []

  init(_ graph: Graph, imageAxis: Int) {
    self.graph = graph
    for node in graph.nodes { maps.append(map(node, imageAxis)) }
  }

  static func hull(_ row: Row) -> PositionRange? {
    var found: PositionRange?
    for position in 0..<row.count * 64 where row[position / 64] >> UInt64(position % 64) & 1 == 1 {
      found = PositionRange(found?.start ?? position, position)
    }
    return found
  }

  private func union(_ rows: [Row], _ places: some Sequence<Int>) -> Row {
    var result = Array(repeating: UInt64(0), count: rows.first?.count ?? 1)
    for place in places where rows.indices.contains(place) {
      for word in result.indices { result[word] |= rows[place][word] }
    }
    return result
  }

  private func map(_ node: Node, _ imageAxis: Int) -> Map? {
    if node.id == graph.inputs[0].value.node {
      let side = node.outputs[0].shape[imageAxis + 2].constant ?? 0
      return Map(
        axis: imageAxis + 2,
        rows: (0..<side).map { place in
          (0..<(side + 63) / 64).map { place / 64 == $0 ? 1 << UInt64(place % 64) : 0 }
        })
    }
    guard let first = node.inputs.first, var map = node.inputs.lazy.compactMap({ maps[$0.node] }).first else {
      return nil
    }
    let rank = graph.type(of: first).shape.rank
    let (size, axis) = (map.rows.count, map.axis)
    let target = axis < (node.outputs.first?.shape.rank ?? 0) ? node.outputs[0].shape[axis].constant ?? 0 : 0
    switch node.operation {
    case .convolution, .pool:
      guard let window = node.operation.semantics.window, axis >= 2 else { return nil }
      let setting = window.axes[axis - 2]
      var before = setting.before
      if window.padding != .explicit {
        let total = max(0, (target - 1) * setting.stride + (setting.kernel - 1) * setting.dilation + 1 - size)
        before = window.padding == .sameUpper ? total / 2 : total - total / 2
      }
      let rows = map.rows
      map.rows = (0..<target).map { place in
        union(rows, (0..<setting.kernel).map { place * setting.stride - before + $0 * setting.dilation })
      }
      return map
    case .adaptivePool(let pool):
      guard !pool.isGlobal else { return nil }
      let rows = map.rows
      map.rows = (0..<target).map { union(rows, $0 * size / target..<(($0 + 1) * size + target - 1) / target) }
      return map
    case .pad(let pad):
      let rows = map.rows
      map.rows = (0..<target).map { union(rows, [$0 - pad.before[axis]]) }
      return map
    case .slice(let slice):
      guard let bound = slice.bounds.first(where: { $0.axis == axis || $0.axis + rank == axis }) else { return map }
      let start = bound.start < 0 ? bound.start + size : bound.start
      let rows = map.rows
      map.rows = (0..<target).map { union(rows, [start + $0 * bound.step]) }
      return map
    case .reduction(let reduction):
      let axes = reduction.axes.map { $0 < 0 ? $0 + rank : $0 }
      return axes.contains(axis) || !reduction.keepsAxes ? nil : map
    case .transpose(let transpose):
      guard let position = transpose.permutation.firstIndex(of: axis) else { return nil }
      return Map(axis: position, rows: map.rows)
    case .elementwise, .concatenation:
      for input in node.inputs.dropFirst() {
        guard let other = maps[input.node], other.rows.count == size, other.axis == axis else { continue }
        for row in map.rows.indices {
          for word in map.rows[row].indices { map.rows[row][word] |= other.rows[row][word] }
        }
      }
      return map
    case .linear: return axis == rank - 1 ? nil : map
    case .gather(let gather): return gather.axis == 1 ? map : nil
    case .view, .matrixProduct, .opaque, .scatter, .tile, .roll, .resize, .spaceDepth, .transposedConvolution:
      return nil
    default: return map
    }
  }
}

@Suite("Receptive fields of whole networks against sets of rows")
struct ReceptiveFieldModelTests {
  @Test(
    "what every unit of every map of a catalogue network sees",
    arguments: [
      "lenet5", "alexnet", "alexnet_grouped", "zfnet", "vgg11", "vgg16_bn", "googlenet", "googlenet_paper",
      "inception_v2", "inception_v3", "inception_v4", "inception_resnet_v2", "squeezenet1_0", "squeezenet1_1",
      "resnet18", "resnet50", "resnet50_paper", "resnext50_32x4d", "resnetv2_50d", "densenet121", "legacy_xception",
      "mobilenetv1_100", "mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large", "shufflenet_v1_g3",
      "shufflenet_v2_x1_0", "mnasnet1_0", "efficientnet_b0", "efficientnet_v2_s", "tf_efficientnet_b0",
      "tf_efficientnetv2_b0", "nasnetamobile", "pnasnet5mobile", "seresnet50", "legacy_seresnet50", "ghostnet_100",
      "regnet_x_400mf", "regnet_y_400mf", "nfnet_f0", "dm_nfnet_f0", "convmixer_768_32", "van_b0", "convnext_tiny",
      "convnextv2_atto",
    ])
  func catalogue(name: String) throws {
    let graph = try #require(Catalog.entry(named: name)).graph()
    let field = VisibleField(graph)
    let features = try #require(ReceptiveField(graph).features?.node)
    for axis in 0..<2 {
      let twin = RowTwin(graph, imageAxis: axis)
      var hasFeatures = false
      for node in graph.nodes {
        guard let map = twin.maps[node.id] else { continue }
        if node.id == features { hasFeatures = true }
        let expected = map.rows.map(RowTwin.hull)
        #expect(field.ranges(of: node.id, axis: axis) == expected, "\(graph.path(of: node))")
      }
      #expect(hasFeatures, "the twin lost the map on the way")
    }
  }

  @Test(
    "the unclipped field of units far from the image's ends",
    arguments: [
      ("vgg16", 768), ("resnet50", 1024), ("mobilenet_v2", 1024), ("tf_efficientnet_b0", 1531), ("googlenet", 900),
      ("squeezenet1_1", 640), ("inception_v3", 2400), ("nasnetamobile", 3200),
    ])
  func unclipped(name: String, side: Int) throws {
    let graph = try #require(Catalog.entry(named: name)).graph(input: [1, 3, Dimension(side), 299])
    let field = ReceptiveField(graph)
    let twin = RowTwin(graph, imageAxis: 0)
    let features = try #require(field.features)
    var compared = 0
    for node in graph.nodes {
      guard let map = twin.maps[node.id], let axis = field.field(of: node.id)?.axes[0] else { continue }
      for unit in [map.rows.count / 2, map.rows.count / 2 + 1] where map.rows.indices.contains(unit) {
        guard let range = axis.range(of: unit), range.start >= 64, range.end < side - 64 else { continue }
        #expect(range == RowTwin.hull(map.rows[unit]), "\(graph.path(of: node))")
        if node.id == features.node { compared += 1 }
      }
    }
    #expect(compared > 0, "the image is too small for the last map")
  }
}
