import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import Testing

/// Attention within windows of a map that was shifted cyclically, against sets of marked pixels: on maps of any size, the
/// mask cuts only the last window of the padded map, wherever the shift put the map's ends.
@Suite("Attention in shifted windows")
struct ShiftedWindowTests {
  enum Masking: CaseIterable {
    case absent, known, behindBias
  }

  /// One block of attention between two convolutions, N x C x H x W.
  struct Block {
    var sides: [Int]
    var windows: [Int]
    var shifts: [Int]
    var padsFirst: Bool
    var masking: Masking

    func callAsFunction(_ image: Feature) -> Feature {
      let (rows, columns) = ((sides[0] - 1) / windows[0] + 1, (sides[1] - 1) / windows[1] + 1)
      let padding = [rows * windows[0] - sides[0], columns * windows[1] - sides[1]]
      let area = Dimension(windows[0] * windows[1])
      func padded(_ x: Feature) -> Feature {
        x.apply(.pad(Pad(before: [0, 0, 0, 0], after: [0, padding[0], padding[1], 0])), "pad", .function)
      }
      func cut(_ x: Feature) -> Feature { x.slice(axis: 1, to: sides[0]).slice(axis: 2, to: sides[1]) }
      let input = image.conv("before", 2, kernel: 3, padding: 1).transposed([0, 2, 3, 1])
      var x = padsFirst ? padded(input) : input
      x = x.rolled(shifts.map { -$0 }, axes: [1, 2])
      x = padsFirst ? x : padded(x)
      x = x.reshaped([1, Dimension(rows), Dimension(windows[0]), Dimension(columns), Dimension(windows[1]), 2])
        .transposed([0, 1, 3, 2, 4, 5]).reshaped([Dimension(rows * columns), area, 2])
      var scores = x.product(x, transposesRight: true)
      if masking == .behindBias { scores = scores + image.parameter("bias", [area, area]) }
      if masking != .absent {
        let values = FixedValues.shiftedWindowMask(
          height: Dimension(rows * windows[0]), width: Dimension(columns * windows[1]), windowHeight: windows[0],
          windowWidth: windows[1], verticalShift: shifts[0], horizontalShift: shifts[1])
        scores = scores + image.constant("mask", values, [Dimension(rows * columns), area, area])
      }
      x = scores.softmax().product(x, "values")
      x = x.reshaped([1, Dimension(rows), Dimension(columns), Dimension(windows[0]), Dimension(windows[1]), 2])
        .transposed([0, 1, 3, 2, 4, 5])
        .reshaped([1, Dimension(rows * windows[0]), Dimension(columns * windows[1]), 2])
      x = padsFirst ? cut(x.rolled(shifts, axes: [1, 2])) : cut(x).rolled(shifts, axes: [1, 2])
      return (input + x).transposed([0, 3, 1, 2]).conv("after", 2, kernel: 3, padding: 1)
    }
  }

  @Test("every unit sees the pixels that sets of marks reach", arguments: Masking.allCases, 0..<40)
  func marks(masking: Masking, seed: Int) throws {
    var random = Generator(state: UInt64(seed) &* 7919 &+ 3)
    func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    let windows = [pick(1...4), pick(2...5)]
    let sides = [pick(1...9), pick(2...11)]
    let padsFirst = pick(0...1) == 0
    // A shift is less than a window, and than the map that is rolled.
    let shifts = (0..<2).map { axis in pick(0...min(windows[axis], sides[axis]) - 1) }
    let block = Block(sides: sides, windows: windows, shifts: shifts, padsFirst: padsFirst, masking: masking)
    let graph = try Graph(name: "block", input: TensorType([1, 3, Dimension(sides[0]), Dimension(sides[1])])) {
      block($0)
    }
    let twin = try SetInterpreter(graph)
    let field = VisibleField(graph)
    var compared = 0
    for node in graph.nodes {
      guard let axes = field.unitAxes(of: node.id) else { continue }
      for axis in 0..<2 {
        for (unit, elements) in elements(twin.values[node.id][0], along: axes[axis]).enumerated() {
          let expected = hull(twin.values[node.id][0], elements, axis: axis, sides: sides)
          #expect(
            field.hull(of: unit, node: node.id, axis: axis) == expected,
            "\(block): \(graph.path(of: node)), unit \(unit) of axis \(axis)")
          compared += 1
        }
      }
    }
    #expect(compared >= 2 * (sides[0] + sides[1]))
  }

  @Test("timm's Swin at sizes that no window divides", arguments: [(36, 44), (40, 52), (28, 68)])
  func wholeNetworks(height: Int, width: Int) throws {
    let settings = [
      "width=2", "window=4", "stages[0].heads=1", "stages[1].heads=1", "stages[2].heads=1", "stages[3].heads=1",
      "stages[2].depth=2",
    ]
    let entry = try #require(Catalog.entry(named: "swin_tiny_patch4_window7_224")).with(settings: settings)
    let graph = try entry.graph(input: [1, 3, Dimension(height), Dimension(width)])
    let twin = try SetInterpreter(graph)
    let field = VisibleField(graph)
    var compared = 0
    for node in graph.nodes where node.operation.semantics.name == "Add" {
      guard let axes = field.unitAxes(of: node.id), twin.values[node.id][0].shape.count == 4 else { continue }
      for axis in 0..<2 {
        for (unit, elements) in elements(twin.values[node.id][0], along: axes[axis]).enumerated() {
          let expected = hull(twin.values[node.id][0], elements, axis: axis, sides: [height, width])
          #expect(
            field.hull(of: unit, node: node.id, axis: axis) == expected,
            "\(graph.path(of: node)) unit \(unit) axis \(axis)")
          compared += 1
        }
      }
    }
    #expect(compared > 60)
  }
}
