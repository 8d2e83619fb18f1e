import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import Testing

@Suite("The roadmap from ResNet to ConvNeXt")
struct RoadmapTests {
  /// Steps with the GFLOPs that Liu et al. 2022 print for ResNet-50 (table 10) and ResNet-200 (table 11).
  static let printed: [(step: String, small: Int, large: Int)] = [
    ("00_resnet", 409, 1501), ("01_stage_ratio", 453, 1452), ("02_patchify", 442, 1438), ("03_depthwise", 235, 723),
    ("04_width", 527, 1676), ("05_inverted", 464, 1568), ("06_spatial_first", 407, 1463), ("07_kernel5", 410, 1470),
    ("08_kernel7", 415, 1481), ("09_kernel9", 421, 1495), ("10_kernel11", 429, 1513), ("11_gelu", 415, 1481),
    ("12_fewer_activations", 415, 1481), ("13_fewer_norms", 415, 1481), ("14_layer_norm", 446, 1481),
    ("15_downsampling", 449, 1535),
  ]

  /// Rows that do not compute, in hundredths of a GFLOP. A layer norm adds no product, so its row must repeat the one
  /// before, as it does in table 11; and the last row is ConvNeXt-T, which has 4.456 G.
  static let wrong = ["t_14_layer_norm": 415, "t_15_downsampling": 446]

  private func macs(_ name: String) throws -> Int {
    let total = try NetworkAnalysis(graph(of: name)).total
    return try #require(CountingConvention.macs.count(total.operations).constant)
  }

  @Test("every step has the printed GFLOPs, but for two rows that do not compute", arguments: printed.map(\.step))
  func column(step: String) throws {
    let row = try #require(Self.printed.first { $0.step == step })
    for (regime, printed) in [("t", row.small), ("b", row.large)] {
      let hundredths = (try macs("convnext_roadmap_\(regime)_\(step)") + 5_000_000) / 10_000_000
      let corrected = Self.wrong["\(regime)_\(step)"]
      #expect(corrected != printed, "needless correction")
      #expect(hundredths == corrected ?? printed, "\(regime)")
    }
  }

  @Test("the catalogue has the steps in order, and no others")
  func steps() {
    let names = catalogNames.filter { $0.hasPrefix("convnext_roadmap") }
    #expect(
      names
        == ["t", "b"].flatMap { regime in Self.printed.map { "convnext_roadmap_\(regime)_\($0.step)" } })
  }

  @Test("the way begins at ResNet and ends at ConvNeXt without its layer scale")
  func ends() throws {
    func measured(_ name: String) throws -> (parameters: Dimension, macs: Int) {
      (try NetworkAnalysis(graph(of: name)).total.parameters, try macs(name))
    }
    let start = try measured("convnext_roadmap_t_00_resnet")
    let resnet = try measured("resnet50")
    #expect(start == resnet)
    for (name, whole) in [("t_15_downsampling", "convnext_tiny"), ("b_15_downsampling", "convnext_base")] {
      let end = try measured("convnext_roadmap_\(name)")
      let convnext = try graph(of: whole)
      let scales = convnext.parameters.filter { convnext.name(of: $0).hasSuffix("layer_scale") }
      let scaled = scales.reduce(Dimension(0)) { $0 + $1.spec.shape.elementCount }
      let total = try measured(whole)
      #expect(end.macs == total.macs)
      #expect(end.parameters + scaled == total.parameters)
      #expect(!scales.isEmpty)
    }
  }

  @Test("activations and norms change no multiply-accumulate count")
  func normsAreFree() throws {
    let free = ["08_kernel7", "11_gelu", "12_fewer_activations", "13_fewer_norms", "14_layer_norm"]
    for regime in ["t", "b"] {
      #expect(Set(try free.map { try macs("convnext_roadmap_\(regime)_\($0)") }).count == 1)
    }
  }
}
