import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import Testing

/// Numbers that look random and are the same in every run.
struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state >> 33) ^ (state << 29)
  }
}

/// Small networks of random operators and branches.
private struct RandomNetwork {
  var random: Generator
  var rank: Int
  /// Whether squeeze-excite gates are built; without, the rest is the same.
  var hasGates = true
  /// Strided layers left: so that fields stay small against the image.
  var strides = 2
  var names = 0

  mutating func name(_ kind: String) -> String {
    names += 1
    return "\(kind)\(names)"
  }

  mutating func pick<Element>(_ list: [Element]) -> Element { list[Int.random(in: 0..<list.count, using: &random)] }

  mutating func callAsFunction(_ image: Feature) -> Feature {
    var x = image
    for _ in 0..<Int.random(in: 2...5, using: &random) { x = step(x) }
    return x
  }

  private func side(_ x: Feature) -> Int { x.shape.spatial.compactMap(\.constant).min() ?? 1 }

  mutating func step(_ x: Feature) -> Feature {
    switch pick(["window", "window", "window", "branches", "branches", "branches", "gate", "move", "enlarge"]) {
    case "branches": return branches(x)
    case "gate": return gate(x)
    case "move": return move(x)
    case "enlarge" where side(x) < 60: return enlarge(x)
    default: return window(x, stride: pick([1, 1, 2]))
    }
  }

  /// A convolution or pool; nothing where the map is too small for it.
  mutating func window(_ x: Feature, stride wanted: Int, isSame: Bool? = nil) -> Feature {
    let stride = strides > 0 && side(x) > 8 ? wanted : 1
    if stride > 1 { strides -= 1 }
    let axes = (0..<rank).map { _ in
      Window.Axis(
        kernel: pick([1, 2, 3, 3, 5]), stride: stride, dilation: pick([1, 1, 2, 3]), before: pick([0, 1, 2]),
        after: pick([0, 1, 1, 2]))
    }
    var window = Window(axes)
    let padsSame = isSame ?? pick([false, false, true])
    if padsSame { window.padding = pick([.sameUpper, .sameLower]) }
    if !padsSame, axes.contains(where: { ($0.kernel - 1) * $0.dilation + 1 + 3 > side(x) }) { return x }
    if pick([true, true, false]) {
      return x.apply(.convolution(Convolution(outputChannels: 2, window: window, groups: pick([1, 2]))), name("conv"))
    }
    window.ceilMode = !padsSame && pick([true, false])
    return x.apply(.pool(Pool(.maximum, window: window)), name("pool"))
  }

  mutating func branches(_ x: Feature) -> Feature {
    let stride = strides > 0 && side(x) > 8 ? pick([1, 2]) : 1
    if stride > 1 { strides -= 1 }
    let kept = strides
    var results: [Feature] = []
    for _ in 0..<pick([2, 2, 3]) {
      strides = 0
      var y = pick([true, false]) ? window(x, stride: 1) : x
      strides = 1
      y = stride > 1 ? window(y, stride: stride, isSame: true) : y
      strides = 0
      results.append(pick([true, false]) ? window(y, stride: 1) : y)
    }
    strides = kept
    // Crops the larger ones, here in front and there behind.
    let sides = (0..<rank).map { axis in results.map { $0.shape[axis + 2].constant ?? 1 }.min() ?? 1 }
    results = results.map { y in
      let bounds = (0..<rank).map { axis -> Slice.Bounds in
        let spare = (y.shape[axis + 2].constant ?? 1) - sides[axis]
        let start = pick([0, spare, spare / 2])
        return Slice.Bounds(axis: axis + 2, start: start, end: start + sides[axis])
      }
      return y.apply(.slice(Slice(bounds)), name("crop"), .function)
    }
    if pick([true, false]) {
      return Feature.concatenate(results, name: name("cat")).conv(name("mix"), 2, kernel: 1)
    }
    return results.dropFirst().reduce(results[0]) { $0 + $1 }
  }

  mutating func gate(_ x: Feature) -> Feature {
    let (pool, fold, gate) = (name("pool"), name("fc"), name("gate"))
    guard hasGates else { return x }
    return x.adaptiveAveragePool(pool).conv(fold, 2, kernel: 1).activation(.sigmoid, gate) * x
  }

  mutating func move(_ x: Feature) -> Feature {
    let count = rank + 2
    switch pick(["pad", "crop", "step", "adaptive", "stand"]) {
    case "pad":
      let before = (0..<count).map { $0 < 2 ? 0 : pick([0, 1, 2]) }
      let after = (0..<count).map { $0 < 2 ? 0 : pick([-1, 0, 1]) }
      return side(x) > 3 ? x.apply(.pad(Pad(before: before, after: after)), name("pad"), .function) : x
    case "crop" where side(x) > 6: return x.slice(axis: 2, from: pick([0, 1, 3]), to: pick([-1, -2]))
    case "step" where side(x) > 8 && strides > 0:
      strides -= 1
      return (2..<count).reduce(x) { $0.slice(axis: $1, from: 1, step: 2) }
    case "adaptive" where side(x) > 5:
      return x.adaptiveAveragePool(name("adaptive"), to: x.shape.spatial.map { $0 - 2 })
    default: return x
    }
  }

  mutating func enlarge(_ x: Feature) -> Feature {
    if pick([true, false]) {
      let axes = (0..<rank).map { _ in
        Window.Axis(kernel: pick([1, 2, 3, 4]), stride: 2, dilation: pick([1, 1, 3]), before: pick([0, 1]), after: 0)
      }
      return x.apply(
        .transposedConvolution(TransposedConvolution(outputChannels: 2, window: Window(axes), outputPadding: 1)),
        name("up"))
    }
    let sizes = x.shape.dimensions.enumerated().map { axis, size -> Resize.Size in
      axis < 2 ? .size(size) : .size(size * 2)
    }
    return x.apply(
      .resize(
        Resize(
          pick([.linear, .cubic] + Resize.Rounding.allCases.map { .nearest($0) }), sizes: sizes,
          coordinates: pick([.halfPixel, .asymmetric]))), name("resize"), .function)
  }
}

/// The hull of the positions along one axis of the image on which some elements depend.
func hull(_ tensor: SetTensor, _ elements: some Sequence<Int>, axis: Int, sides: [Int]) -> PositionRange? {
  let inner = sides[(axis + 1)...].reduce(1, *)
  var found: PositionRange?
  for element in elements {
    for position in 0..<sides.reduce(1, *) where tensor.contains(element, position) {
      let place = position / inner % sides[axis]
      found = PositionRange(min(found?.start ?? place, place), max(found?.end ?? place, place))
    }
  }
  return found
}

/// The elements of every unit along `tensorAxis`.
func elements(_ tensor: SetTensor, along tensorAxis: Int) -> [[Int]] {
  var result = Array(repeating: [Int](), count: tensor.shape[tensorAxis])
  for element in 0..<tensor.count { result[tensor.coordinates(element)[tensorAxis]].append(element) }
  return result
}

/// Every receptive field equals what marking pixels and propagating sets of them over all elements gives.
@Suite("Receptive fields against sets of marked pixels")
struct ReceptiveFieldTwinTests {
  @Test("random branchy maps: what every unit of every node sees of the image", arguments: 0..<60)
  func visible(seed: Int) throws {
    var network = RandomNetwork(random: Generator(state: UInt64(seed) &* 977 &+ 5), rank: 2)
    let graph = try Graph(name: "random", input: TensorType([1, 2, 13, 10])) { network($0) }
    let twin = try SetInterpreter(graph)
    let field = VisibleField(graph)
    for node in graph.nodes {
      for axis in 0..<2 {
        for (unit, elements) in elements(twin.values[node.id][0], along: axis + 2).enumerated() {
          let expected = hull(twin.values[node.id][0], elements, axis: axis, sides: [13, 10])
          #expect(
            field.hull(of: unit, node: node.id, axis: axis) == expected,
            "\(graph.path(of: node)) \(node.operation.semantics.name) unit \(unit) axis \(axis)")
        }
      }
    }
  }

  @Test("random branchy signals far from the ends: the unclipped field of every unit", arguments: 0..<150)
  func unclipped(seed: Int) throws {
    let (length, margin) = (200, 50)
    var network = RandomNetwork(random: Generator(state: UInt64(seed) &* 7919 &+ 1), rank: 1, hasGates: false)
    let graph = try Graph(name: "random", input: TensorType([1, 2, Dimension(length)])) { network($0) }
    let twin = try SetInterpreter(graph)
    let (field, visible) = (ReceptiveField(graph), VisibleField(graph))
    var compared = 0
    for node in graph.nodes {
      let tensor = twin.values[node.id][0]
      let axis = try #require(field.field(of: node.id)?.axes.first)
      #expect(!axis.isLost || node.operation.semantics.name == "AdaptiveAveragePool")
      var largest = 0
      for (unit, elements) in elements(tensor, along: 2).enumerated() {
        let expected = hull(tensor, elements, axis: 0, sides: [length])
        #expect(visible.hull(of: unit, node: node.id, axis: 0) == expected)
        guard axis.isLocal else { continue }
        let range = axis.range(of: unit)
        if let range, range.start < margin || range.end >= length - margin { continue }
        if range == nil, expected != nil, unit < 20 || unit > tensor.shape[2] - 20 { continue }
        #expect(range == expected, "\(graph.path(of: node)) unit \(unit)")
        largest = max(largest, range?.count ?? 0)
        compared += 1
      }
      if largest > 0, let size = axis.size?.constant, size < 60 { #expect(size >= largest) }
    }
    #expect(compared > 50)
  }

  @Test("a squeeze-excite gate leaves the field of what goes past it as it is", arguments: 0..<40)
  func gates(seed: Int) throws {
    func graph(hasGates: Bool) throws -> Graph {
      var network = RandomNetwork(random: Generator(state: UInt64(seed)), rank: 2, hasGates: hasGates)
      return try Graph(name: "random", input: TensorType([1, 2, 24, 21])) { network.gate(network(network.gate($0))) }
    }
    let (gated, plain) = (try graph(hasGates: true), try graph(hasGates: false))
    let (a, b) = (VisibleField(gated), VisibleField(plain))
    let last = (gated.outputs[0].value.node, plain.outputs[0].value.node)
    for axis in 0..<2 { #expect(a.ranges(of: last.0, axis: axis) == b.ranges(of: last.1, axis: axis)) }
    let (local, whole) = (ReceptiveField(gated).field(of: last.0), ReceptiveField(plain).field(of: last.1))
    #expect(local?.axes.map(\.size) == whole?.axes.map(\.size))
    #expect(local?.axes[0].globalCause != nil && whole?.axes[0].globalCause == nil)
    // No gate ends the feature maps.
    let reader = ReceptiveField(gated).firstWholeReader
    #expect(reader.map { gated.nodes[$0].operation.semantics.name } ?? "AdaptiveAveragePool" == "AdaptiveAveragePool")
  }

  @Test(
    "attention within windows, shifted and masked, and over grids",
    arguments: [
      (
        "swin_t",
        [
          "width=2", "stages[0].heads=1", "stages[1].heads=1", "stages[2].heads=1", "stages[3].heads=1",
          "stages[2].depth=2",
        ], 56
      ),
      (
        "swin_tiny_patch4_window7_224",
        [
          "width=2", "window=4", "stages[0].heads=1", "stages[1].heads=1",
          "stages[2].heads=1", "stages[3].heads=1", "stages[2].depth=2",
        ], 64
      ),
    ])
  func windows(name: String, settings: [String], side: Int) throws {
    let entry = try #require(Catalog.entry(named: name)).with(settings: settings)
    let graph = try entry.graph(input: [1, 3, Dimension(side), Dimension(side)])
    let twin = try SetInterpreter(graph)
    let field = VisibleField(graph)
    var compared = 0
    for node in graph.nodes {
      // Within the windows a tensor holds scores or windows, not a map.
      let (path, shape) = (graph.path(of: node), twin.values[node.id][0].shape)
      guard shape.count == 4, node.operation.semantics.name == "Add", !path.contains("att") else { continue }
      for axis in 0..<2 {
        for (unit, elements) in elements(twin.values[node.id][0], along: axis + 1).enumerated() {
          let expected = hull(twin.values[node.id][0], elements, axis: axis, sides: [side, side])
          #expect(field.hull(of: unit, node: node.id, axis: axis) == expected, "\(path) unit \(unit)")
          compared += 1
        }
      }
    }
    #expect(compared > 100)
  }

  /// Tu et al. 2022, arXiv:2204.01697, figure 3: windows hold neighbours, grids hold positions equally far apart.
  @Test("attention over tiles and over grids between convolutions", arguments: [false, true], [1, 2])
  func partitions(overGrid: Bool, kernel: Int) throws {
    let (height, width, count) = (12, 8, 4)
    let graph = try Graph(name: "partition", input: TensorType([1, 2, 12, 8])) { image in
      let x = image.conv("before", 2, kernel: PerAxis(2 * kernel - 1), padding: PerAxis(kernel - 1))
      let cut =
        overGrid ? [count, height / count, count, width / count] : [height / count, count, width / count, count]
      // The two axes along which attention runs come behind the others.
      let order = overGrid ? [0, 3, 5, 2, 4, 1] : [0, 2, 4, 3, 5, 1]
      let sizes = [1, 2] + cut.map { Dimension($0) }
      let tiles = x.reshaped(sizes).transposed(order)
      let windows = tiles.reshaped([Dimension(height * width / count / count), Dimension(count * count), 2])
      let scores = windows.product(windows, transposesRight: true).softmax()
      let attended = scores.product(windows, "values") + windows
      let back = attended.reshaped(tiles.shape.dimensions)
        .transposed((0..<6).map { axis in order.firstIndex(of: axis) ?? 0 })
        .reshaped([1, 2, Dimension(height), Dimension(width)], "map")
      return back.conv("after", 2, kernel: 3, padding: 1)
    }
    let twin = try SetInterpreter(graph)
    let field = VisibleField(graph)
    for node in graph.nodes where ["map", "after", "before"].contains(node.name) {
      for axis in 0..<2 {
        for (unit, elements) in elements(twin.values[node.id][0], along: axis + 2).enumerated() {
          let expected = hull(twin.values[node.id][0], elements, axis: axis, sides: [height, width])
          #expect(field.hull(of: unit, node: node.id, axis: axis) == expected, "\(node.name) unit \(unit)")
        }
      }
    }
    #expect((ReceptiveField(graph).firstWholeReader != nil) == overGrid)
  }

  @Test("a cyclic shift written as cuts and a join is followed as one", arguments: [1, 3, 7])
  func writtenRoll(shift: Int) throws {
    func network(isWritten: Bool) throws -> Graph {
      try Graph(name: "roll", input: TensorType([1, 2, 12])) { image in
        func rolled(_ x: Feature, _ count: Int) -> Feature {
          if !isWritten { return x.rolled([-count], axes: [2]) }
          let front = x.slice(axis: 2, to: count)
          return .concatenate([x.slice(axis: 2, from: count - 12), front], axis: 2)
        }
        let x = rolled(image.conv("before", 2, kernel: 3, padding: 1), shift)
        let windows = x.reshaped([1, 2, 3, 4]).transposed([0, 2, 3, 1])
        let scores = windows.product(windows, transposesRight: true).softmax()
        let back = scores.product(windows, "values").transposed([0, 3, 1, 2]).reshaped([1, 2, 12])
        return rolled(back, 12 - shift).conv("after", 2, kernel: 3, padding: 1)
      }
    }
    let (written, whole) = (try network(isWritten: true), try network(isWritten: false))
    let last = (written.outputs[0].value.node, whole.outputs[0].value.node)
    let (a, b) = (ReceptiveField(written).field(of: last.0)?.axes[0], ReceptiveField(whole).field(of: last.1)?.axes[0])
    #expect(a?.isLost == false && a?.size == b?.size)
    #expect(VisibleField(written).ranges(of: last.0, axis: 0) == VisibleField(whole).ranges(of: last.1, axis: 0))
  }
}
