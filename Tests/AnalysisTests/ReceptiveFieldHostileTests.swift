import Analysis
import NetworkGraph
import SymbolicIntegers
import Testing

/// No size traps, hangs or exhausts memory; what cannot be followed is told.
@Suite("Receptive fields of hostile networks")
struct ReceptiveFieldHostileTests {
  @Test(
    "numbers near the end of the range",
    arguments: [
      Window.Axis(kernel: .max, before: .max), Window.Axis(kernel: 3, stride: .max, dilation: .max, before: 1),
      Window.Axis(kernel: 2, dilation: .max / 2, before: .max), Window.Axis(kernel: 1, before: .min, after: .max),
      Window.Axis(kernel: 1 << 40, stride: 1 << 30, before: 1 << 40),
    ])
  func largeWindows(axis: Window.Axis) throws {
    for padding in [Window.Padding.explicit, .sameUpper, .sameLower] {
      let window = Window([axis], padding: padding)
      let graph = try? Graph(name: "wide", input: TensorType([1, 1, Dimension(1 << 50)])) { image in
        (0..<4).reduce(image) { x, _ in x.apply(.pool(Pool(.maximum, window: window)), "pool") }
      }
      // Many of these do not even have a shape.
      guard let graph else { continue }
      let (field, visible) = (ReceptiveField(graph), VisibleField(graph))
      for node in graph.nodes {
        _ = field.field(of: node.id)?.axes.map(\.size)
        _ = field.field(of: node.id)?.axes.map { [$0.range(of: .max), $0.range(of: .min), $0.range(of: 0)] }
        _ = visible.hull(of: .max, node: node.id, axis: 0)
      }
    }
  }

  @Test("periods that multiply, and more nodes than steps: an end in sight", .timeLimit(.minutes(10)))
  func intricatePeriods() throws {
    let graph = try Graph(name: "intricate", input: TensorType([1, 1, 4000])) { image in
      (0..<400).reduce(image) { x, step in
        let size = Dimension(1999 + (step * 37) % 211)
        return x.apply(.resize(Resize(.linear, sizes: [.size(1), .size(1), .size(size)])), "resize")
          .conv("conv", 1, kernel: 3, padding: 1)
      }
    }
    let field = ReceptiveField(graph)
    let last = try #require(graph.nodes.last)
    #expect(field.field(of: last.id)?.axes[0].isLost == true)
    #expect(field.field(of: last.id)?.axes[0].size == nil)
    // The exact tables still follow it.
    #expect(VisibleField(graph).hull(of: 1000, node: last.id, axis: 0) != nil)
  }

  @Test("indices, shifts and cuts at the end of the range")
  func movements() throws {
    let shape: Shape = [1, 1, .symbol("H")]
    for index in [Int.max, .min, 1 << 40, -1] {
      let graphs: [Graph?] = [
        try? Graph(name: "gather", input: TensorType(shape)) { $0.gather("pick", axis: 2, [index, index]) },
        try? Graph(name: "roll", input: TensorType(shape)) { $0.rolled([index, index], axes: [2, 2]) },
        try? Graph(name: "slice", input: TensorType(shape)) { $0.slice(axis: 2, from: index, to: nil, step: 3) },
        try? Graph(name: "pad", input: TensorType([1, 1, 9])) {
          $0.apply(.pad(Pad(before: [0, 0, index], after: [0, 0, 3])), "pad")
        },
      ]
      for case let graph? in graphs {
        let (field, visible) = (ReceptiveField(graph), VisibleField(graph))
        for node in graph.nodes {
          _ = field.field(of: node.id)?.axes.map { ($0.size, $0.padding, $0.stride) }
          _ = visible.largest(node: node.id, axis: 0)
        }
      }
    }
  }

  @Test("a network without a map sees nothing")
  func noImage() throws {
    let graph = try Graph(name: "flat", input: TensorType([1, 16])) { $0.linear("fc", 4) }
    let field = ReceptiveField(graph)
    #expect(field.image == nil && field.features == nil && field.field(of: 1) == nil)
    #expect(field.field(of: 99) == nil && VisibleField(graph).largest(node: 1, axis: 0) == nil)
  }

  @Test("an unknown operator is told, and what comes after may see everything")
  func unknownOperator() throws {
    let type = TensorType([1, 2, 8, 8])
    let graph = try Graph(name: "foreign", input: type) {
      $0.conv("conv", 2, kernel: 3, padding: 1).apply(.opaque(Opaque("Foreign", reason: "test", types: [type])), "x")
        .relu()
    }
    let field = ReceptiveField(graph)
    let last = try #require(field.field(of: graph.nodes.count - 1))
    #expect(last.axes.allSatisfy { $0.isLost && $0.size == nil && $0.globalCause == 2 })
    #expect(field.features?.node == 1)
  }
}
