import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import Testing

@Suite("Rules worked out into tables")
struct TabulationTests {
  @Test("a network with its rules worked out is the same network", arguments: catalogNames)
  func sameNetwork(name: String) throws {
    let entry = try #require(Catalog.entry(named: name))
    let (published, tabulated) = (try entry.graph(), try entry.tabulated.graph())
    #expect(published.nodes.count == tabulated.nodes.count)
    let differing = zip(published.nodes, tabulated.nodes).first {
      $0.operation != $1.operation || $0.outputs != $1.outputs || published.path(of: $0) != tabulated.path(of: $1)
    }
    #expect(differing.map { published.path(of: $0.0) } == nil)
    #expect(published.parameters.map(\.spec) == tabulated.parameters.map(\.spec))
    // Working out twice changes nothing.
    #expect(try entry.tabulated.tabulated.architecture.settings == entry.tabulated.architecture.settings)
  }

  @Test("no factor is left in a table", arguments: catalogNames)
  func noFactor(name: String) throws {
    let entry = try #require(Catalog.entry(named: name)).tabulated
    for (name, value) in try entry.architecture.settings.entries where name == "width" || name == "depth" {
      guard case .number(let factor) = value else { continue }
      #expect(factor == 1)
    }
  }

  @Test("a rounded width as a formula is the rounded width of every number")
  func roundedFormulas() throws {
    let c = try #require(Symbol("c"))
    for factor in [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 4.375] {
      let efficient = EfficientNet(stem: Dimension(c), width: factor).tabulated().stem
      let ghost = GhostNet(width: factor, stem: Dimension(c)).tabulated().stem
      let shuffle = ShuffleNetV1(groups: 1, channels: Dimension(c), width: factor).tabulated().channels
      for count in 1...300 {
        let number = Dimension(count)
        #expect(
          try efficient.evaluated(with: [c: count])
            == EfficientNet(stem: number, width: factor).tabulated().stem.constant, "\(count) times \(factor)")
        #expect(
          try ghost.evaluated(with: [c: count]) == GhostNet(width: factor, stem: number).tabulated().stem.constant)
        #expect(
          try shuffle.evaluated(with: [c: count])
            == ShuffleNetV1(groups: 1, channels: number, width: factor).tabulated().channels.constant)
      }
    }
    // RegNet's attention rounds halves to the even number.
    func attended(_ stem: Dimension) throws -> Graph {
      let network = RegNet(
        depth: 13, initialWidth: 24, slope: 36.44, multiplier: 2.49, groupWidth: 8, squeezeRatio: 0.25, stem: stem)
      return try Graph(name: "regnet", input: TensorType([1, 3, 32, 32])) { network($0) }
    }
    let symbolic = try attended(Dimension(c))
    // Of fewer nothing is left.
    for count in 3...40 {
      for (left, right) in zip(symbolic.nodes, try attended(Dimension(count)).nodes) {
        let shape = try left.outputs[0].shape.dimensions.map { try $0.evaluated(with: [c: count]) }
        #expect(shape == right.outputs[0].shape.dimensions.map(\.constant))
      }
    }
    // A multiple stays one, and a factor that is no fraction has no formula.
    #expect(EfficientNet(stem: 16 * Dimension(c), width: 1.5).tabulated().stem == 24 * Dimension(c))
    #expect(EfficientNet(stem: Dimension(c), width: 1.2).tabulated().stem.failure != nil)
  }

  @Test("a generated network and the table of its stages are one, as pycls lists them")
  func regNetTable() throws {
    let network = try #require(Catalog.entry(named: "regnetx_002")?.architecture as? RegNet)
    let table = try #require(network.tabulated().table)
    // Radosavovic et al. 2020, RegNetX-200MF: w 24, 56, 152, 368; d 1, 1, 4, 7; g 8.
    #expect(table.map(\.width) == [24, 56, 152, 368])
    #expect(table.map(\.depth) == [1, 1, 4, 7])
    #expect(table.map(\.groupWidth) == [8, 8, 8, 8])
  }
}
