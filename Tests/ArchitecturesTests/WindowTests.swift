import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import Testing

@Suite("Networks that cut maps into windows")
struct WindowTests {
  static let windowed = ["swin_t", "swin_v2_t", "swin_tiny_patch4_window7_224", "maxvit_t"]

  private func message(_ name: String, _ input: Shape) -> String {
    do {
      _ = try graph(of: name, input: input)
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  @Test("at multiples of the default sides the formulas equal building", arguments: windowed)
  func multiples(name: String) throws {
    let entry = try #require(Catalog.entry(named: name))
    let side = try #require(entry.input[2].constant)
    let (h, w) = (Dimension.symbol("h"), Dimension.symbol("w"))
    let symbolic = try NetworkAnalysis(graph(of: name, input: [.symbol("N"), 3, side * h, side * w])).total
    for (batch, height, width) in [(1, 2, 2), (3, 2, 3)] {
      let values = [
        try #require(Symbol("N")): batch, try #require(Symbol("h")): height, try #require(Symbol("w")): width,
      ]
      let built = try NetworkAnalysis(
        graph(of: name, input: [Dimension(batch), 3, Dimension(side * height), Dimension(side * width)])
      ).total
      for convention in CountingConvention.all {
        let formula = convention.count(symbolic.operations)
        #expect(try formula.evaluated(with: values) == convention.count(built.operations).constant)
      }
      #expect(try symbolic.allOutputs.evaluated(with: values) == built.allOutputs.constant)
    }
  }

  @Test("a side whose windows cannot be counted is refused in one sentence")
  func refusals() {
    let free: Shape = [1, 3, .symbol("H"), .symbol("W")]
    let rule = "a symbolic side must be a multiple of the window, as it is for an input of 224*h or the like"
    #expect(message("swin_t", free) == "features.1.0.attn.windows (Windows): \(rule): side floor(H/4) against window 7")
    let even = "a symbolic side must be even, as it is for an input of 224*h or the like"
    let sevens: Shape = [1, 3, 28 * Dimension.symbol("h"), 224]
    #expect(message("swin_t", sevens) == "features.2.merge (PatchMerging): \(even): side 7*h against 2")
    let partition = "both sides of every map must be multiples of the partition"
    #expect(
      message("maxvit_t", [1, 3, 256, 256])
        == "blocks.0.layers.0.layers.window_attention.partition_op (WindowPartition): \(partition): "
        + "map 1x64x64x64 against partition 7")
    #expect(message("maxvit_t", [1, 3, 448, 224]) == "accepted")
    #expect(message("swin_t", [1, 3, 3, 3]) != "accepted")
  }

  @Test("padding makes whole windows, and what was padded is cut off again")
  func padding() throws {
    let graph = try graph(of: "swin_t@250x301")
    let block = graph.nodes.filter { graph.path(of: $0).hasPrefix("features.1.1.attn.") }
    func shapes(_ name: String) -> [String] {
      block.filter { $0.operation.semantics.name == name }.map { "\($0.outputs[0].shape)" }
    }
    // 62 x 75 positions take 9 x 11 windows of 7.
    #expect(shapes("Pad") == ["1x63x77x96"])
    #expect(shapes("Roll") == ["1x63x77x96", "1x63x77x96"])
    #expect(shapes("Slice") == ["1x62x77x96", "1x62x75x96"])
    #expect(block.contains { "\($0.outputs[0].shape)" == "99x1x49x49" })
  }

  @Test("a map of one window is not shifted, even in a block that shifts")
  func oneWindow() throws {
    for name in ["swin_t", "swin_tiny_patch4_window7_224"] {
      let graph = try graph(of: name)
      let rolls = graph.nodes.filter { if case .roll = $0.operation { true } else { false } }
      // 2 + 2 + 6 + 2 blocks: every second one shifts, but for the last stage's, and back.
      #expect(rolls.count == 2 * (1 + 1 + 3))
    }
  }

  @Test("backbones give maps at strides 4 to 32 in the network's layout, and sequences as they are")
  func backbones() throws {
    func outputs(_ name: String) throws -> [String] {
      let backbone = try graph(of: name).backbone()
      return backbone.outputs.map { "\($0.name) \(backbone.type(of: $0.value))" }
    }
    let maps = ["stride4 1x56x56x96", "stride8 1x28x28x192", "stride16 1x14x14x384", "stride32 1x7x7x768"]
    #expect(try outputs("swin_t") == maps)
    #expect(try outputs("swin_tiny_patch4_window7_224") == maps)
    let channelsFirst = ["stride4 1x96x56x56", "stride8 1x192x28x28", "stride16 1x384x14x14", "stride32 1x768x7x7"]
    for name in ["convnext_tiny", "timm/convnext_tiny", "convnextv2_tiny", "convnext_roadmap_t_15_downsampling"] {
      #expect(try outputs(name) == channelsFirst)
    }
    #expect(
      try outputs("van_b0") == [
        "stride4 1x32x56x56", "stride8 1x64x28x28", "stride16 1x160x14x14", "stride32 1x256x7x7",
      ])
    #expect(
      try outputs("maxvit_t")
        == ["stride4 1x64x56x56", "stride8 1x128x28x28", "stride16 1x256x14x14", "stride32 1x512x7x7"])
    #expect(try outputs("vit_b_16") == ["features 1x197x768"])
    #expect(try outputs("convnext_isotropic_small") == ["stride16 1x384x14x14"])
  }

  @Test("settings beyond reason are errors, not traps")
  func settings() throws {
    for (name, setting) in [
      ("swin_t", "window=0"), ("swin_t", "window=-3"), ("swin_t", "window=9223372036854775807"),
      ("swin_t", "stages[1].heads=0"), ("swin_t", "stages[1].heads=5"), ("swin_t", "stages[0].depth=-1"),
      ("swin_v2_t", "stages[0].heads=-2"), ("swin_tiny_patch4_window7_224", "window=0"),
      ("vit_b_16", "patch=0"), ("vit_b_16", "heads=0"), ("vit_b_16", "heads=7"), ("vit_b_16", "depth=100000000"),
      ("vit_tiny_patch16_224", "patch=500"), ("maxvit_t", "partition=0"), ("maxvit_t", "headSize=0"),
      ("maxvit_t", "stages[0].depth=-4"), ("convmixer_768_32", "depth=-1"), ("convmixer_768_32", "kernel=0"),
      ("convnext_tiny", "stages[0].channels=0"), ("convnext_tiny", "stages[3].depth=4097"),
      ("convnext_roadmap_t_05_inverted", "kernel=-5"), ("van_b0", "stages[0].depth=-1"),
    ] {
      let entry = try #require(Catalog.entry(named: name))
      // Refused by the setting's own bounds, or by the network that has it.
      #expect("\(name) \(setting)") {
        try entry.with(settings: [setting]).graph()
      } throws: {
        $0 is SettingError || $0 is GraphError
      }
    }
  }
}
