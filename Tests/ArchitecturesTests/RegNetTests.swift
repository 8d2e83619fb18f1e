import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import TestSupport
import Testing

@Suite("RegNet's design space, and pycls's table of complexities")
struct RegNetTests {
  @Test("stages of random parameters equal the paper's equations, by both rounding rules")
  func randomStages() throws {
    let rows = try Golden.rows("regnet_stages.csv")
    #expect(rows.count == 300)
    for row in rows {
      var network = RegNet(
        depth: try #require(row.number("depth")), initialWidth: try #require(row.number("initial_width")),
        slope: try #require(Double(row["slope"])), multiplier: try #require(Double(row["multiplier"])),
        groupWidth: try #require(row.number("group_width")))
      func list(_ column: String) -> [Int] { row[column].split(separator: "+").compactMap { Int($0) } }
      #expect(network.stages.map(\.depth) == list("depths"))
      #expect(network.stages.map(\.width.constant) == list("half_to_even"))
      network.rounding = .halfUp
      #expect(network.stages.map(\.width.constant) == list("half_up"))
    }
  }

  @Test("the rounding rules part ways at 400MF, 800MF and 8GF, as the two libraries' networks do")
  func roundingRules() throws {
    func widths(_ model: String) throws -> [Dimension] {
      let network = try #require(Catalog.entry(named: model)?.architecture as? RegNet)
      return network.stages.map(\.width)
    }
    // timm 1.0.31 and torchvision 0.29.2.
    #expect(try widths("regnetx_004") == [32, 64, 160, 384])
    #expect(try widths("regnet_x_400mf") == [32, 64, 160, 400])
    #expect(try widths("regnety_008") == [64, 128, 320, 768])
    #expect(try widths("regnet_y_800mf") == [64, 144, 320, 784])
    #expect(try widths("regnety_080") == [168, 448, 896, 2016])
    #expect(try widths("regnet_y_8gf") == [224, 448, 896, 2016])
    #expect(try widths("regnetx_032") == widths("regnet_x_3_2gf"))
  }

  @Test("parameters out of range are an error with their values, never a trap or a hang")
  func wildParameters() throws {
    func error(_ change: (inout RegNet) -> Void) throws -> String {
      var network = try #require(Catalog.entry(named: "regnetx_002")?.architecture as? RegNet)
      change(&network)
      do throws(GraphError) {
        _ = try Graph(name: "regnet", input: TensorType([1, 3, 224, 224])) { network($0) }
        return "none"
      } catch {
        return "\(error)"
      }
    }
    #expect(try error { $0.depth = 13 } == "none")
    #expect(try error { $0.depth = 0 }.contains("depth, initialWidth and groupWidth must be positive"))
    #expect(try error { $0.multiplier = 1 }.contains("13, 24, 8, 36.44, 1.0"))
    #expect(try error { $0.slope = -1 }.contains("-1.0"))
    #expect(try error { $0.slope = 1e300 }.contains("1e+300"))
    #expect(try error { $0.groupWidth = -8 }.contains("-8"))
    #expect(try error { $0.initialWidth = .max }.contains("9223372036854775807"))
    #expect(try error { $0.groupWidth = .max } == "none")
    #expect(try error { $0.squeezeRatio = 1e300 } != "none")
    #expect(
      try error {
        $0.multiplier = 1.0000000000000003; $0.slope = 1
      }.contains("multiplier clearly above 1"))
    #expect(
      try error {
        $0.depth = -1; $0.classes = 10
      } != "none")
  }

  /// The catalogue's model and side for a configuration of pycls; nil for its CIFAR networks.
  static func model(of config: String) -> (name: String, side: Int)? {
    guard !config.contains("/cifar/"), let file = config.split(separator: "/").last else { return nil }
    let parts = file.split(separator: "_")[0].split(separator: "-").map(String.init)
    switch parts[0] {
    case "R": return ("resnet\(parts[1])", 224)
    case "X": return ("resnext\(parts[1])_32x4d", 224)
    case "EN":
      let sides = ["B0": 224, "B1": 240, "B2": 260, "B3": 300, "B4": 380, "B5": 456]
      return sides[parts[1]].map { ("efficientnet_\(parts[1].lowercased())", $0) }
    case "RegNetX", "RegNetY":
      let isMega = parts[1].hasSuffix("MF")
      guard let size = Double(parts[1].dropLast(2)) else { return nil }
      let hundreds = Int((isMega ? size / 100 : size * 10).rounded())
      let digits = "00\(hundreds)".suffix(3)
      return ("\(parts[0].lowercased())_\(digits)", 224)
    default: return nil
    }
  }

  static let configs: [String] =
    (try? Golden.rows("pycls.csv").map { $0["config"] }.filter { model(of: $0) != nil }) ?? []

  @Test("every ImageNet row of pycls's table is covered, the 24 RegNets among them")
  func tableIsPresent() {
    #expect(Self.configs.count == 60)
    let regnets = Self.configs.compactMap { Self.model(of: $0)?.name }.filter { $0.hasPrefix("regnet") }
    #expect(Set(regnets).count == 24)
  }

  @Test("flops under macs-bias, parameters and activations equal pycls's to the unit", arguments: configs)
  func pycls(config: String) throws {
    let row = try #require(Golden.rows("pycls.csv").first { $0["config"] == config })
    let (model, side) = try #require(Self.model(of: config))
    let analysis = try NetworkAnalysis(graph(of: model, input: [1, 3, Dimension(side), Dimension(side)]))
    #expect(CountingConvention.macsBias.count(analysis.total.operations).constant == row.number("flops"))
    #expect(analysis.total.parameters.constant == row.number("params"))
    // pycls adds to the outputs of convolutions and linear layers those of windowed pools, not of global ones.
    var activations = analysis.total.activations
    for node in analysis.graph.nodes {
      if case .pool = node.operation { activations += node.outputs[0].shape.elementCount }
    }
    #expect(activations.constant == row.number("acts"))
  }
}
