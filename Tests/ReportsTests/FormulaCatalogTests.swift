import Analysis
import Architectures
import Foundation
import NetworkGraph
import Reports
import SymbolicIntegers
import Testing

/// Formulas against the networks that they describe, built at random sizes. With CONVSCOPE_THOROUGH=1 every network of the
/// catalogue and 100 sizes of each.
@Suite struct FormulaCatalogTests {
  static let isThorough = ProcessInfo.processInfo.environment["CONVSCOPE_THOROUGH"] == "1"

  /// Else networks of different kinds: flattened maps, ceil mode, dense connections, attention, windows, SAME padding.
  static let names =
    isThorough
    ? Catalog.entries.map(\.name)
    : [
      "lenet5", "alexnet", "vgg11", "googlenet_paper_aux", "resnet18", "densenet121", "squeezenet1_1", "mobilenet_v2",
      "shufflenet_v2_x0_5", "efficientnet_b0", "regnet_y_400mf", "vit_b_32", "swin_t", "nasnetamobile",
    ].filter { Catalog.entry(named: $0) != nil }

  /// One network of every way to be scaled: linear in repeats, quadratic, with heads, with rounded channels, not at all.
  static let scaled =
    isThorough
    ? names
    : [
      "resnet18", "densenet121", "vit_b_32", "vgg11", "mobilenet_v2", "mobilenetv1_050", "mobilenet_v3_small",
      "efficientnet_b3", "swin_t",
      "regnet_x_400mf", "convnext_tiny",
    ].filter { Catalog.entry(named: $0) != nil }

  private func formulas(_ entry: CatalogEntry) throws -> ModelFormulas {
    for candidate in SymbolicInput.candidates(for: entry.input) {
      guard let graph = try? entry.graph(input: candidate.shape) else { continue }
      return try ModelFormulas(graph, defaultShape: entry.input) { try? entry.graph(input: $0) }
    }
    throw GraphError.noFeatures(graph: entry.name)
  }

  private func sizes(_ domain: FormulaDomain, _ random: inout Generator) -> [Symbol: Int] {
    var result: [Symbol: Int] = [:]
    for bound in domain.bounds {
      // Small symbols are multiples of a whole image, or the batch.
      let isSide = ["H", "W", "L"].contains(bound.symbol.name)
      result[bound.symbol] = bound.minimum + Int(random.next() % (isSide ? 300 : 3))
    }
    return result
  }

  @Test(arguments: names) func aFormulaIsTheNetworkAtEverySizeItIsStatedFor(name: String) throws {
    let entry = try #require(Catalog.entry(named: name))
    let model = try formulas(entry)
    #expect(model.isConfirmed)
    #expect(model.isMemoryConfirmed)
    let input = model.formulas.graph.type(of: model.formulas.graph.inputs[0].value).shape
    let published = input.dimensions.compactMap { try? $0.evaluated(with: model.reference) }
    #expect(published == entry.input.dimensions.compactMap(\.constant), "the default input is in the domain")
    var random = Generator(seed: name)
    for round in 0..<(Self.isThorough ? 100 : 3) {
      // The corners of the domains first.
      let corners = [model.domain.minimums, model.memoryDomain.minimums]
      let bindings = round < corners.count ? corners[round] : sizes(model.domain, &random)
      let shape = Shape(try input.dimensions.map { Dimension(try $0.evaluated(with: bindings)) })
      let built = try NetworkFormulas(entry.graph(input: shape))
      for quantity in FormulaQuantity.allCases {
        guard let formula = model.formulas.total(quantity) else { continue }
        if quantity == .memory, !model.memoryDomain.contains(bindings) { continue }
        #expect(try formula.evaluated(with: bindings) == built.total(quantity)?.constant, "\(quantity) at \(shape)")
      }
      let outputs = model.formulas.graph.outputs.map { model.formulas.graph.type(of: $0.value).shape }
      let builtOutputs = built.graph.outputs.map { built.graph.type(of: $0.value).shape }
      for (output, expected) in zip(outputs, builtOutputs) {
        #expect(try output.dimensions.map { try $0.evaluated(with: bindings) } == expected.dimensions.map(\.constant))
      }
    }
    // No smaller size is left out that has a node to blame: there the network is not built.
    for bound in model.domain.bounds where bound.limitingNode != nil {
      var bindings = model.reference
      bindings[bound.symbol] = bound.minimum - 1
      let shape = Shape(try input.dimensions.map { Dimension(try $0.evaluated(with: bindings)) })
      #expect(throws: GraphError.self) { try entry.graph(input: shape) }
    }
  }

  @Test(arguments: scaled) func aScaledFormulaIsTheNetworkWithThoseSettings(name: String) throws {
    let entry = try #require(Catalog.entry(named: name))
    let model = try formulas(entry)
    let input = model.formulas.graph.type(of: model.formulas.graph.inputs[0].value).shape
    let scaling = FormulaScaling(entry, model)
    guard !scaling.variables.isEmpty else {
      #expect(!scaling.notes.isEmpty)
      return
    }
    var random = Generator(seed: name)
    for round in 0..<(Self.isThorough ? 100 : 3) {
      var bindings = round == 0 ? model.reference : sizes(model.domain, &random)
      for variable in scaling.variables {
        let range = variable.symbol.name == "c" ? 2 * variable.value : 6
        bindings[variable.symbol] =
          round == 0 ? variable.value : variable.minimum + Int(random.next() % UInt64(range))
      }
      let shape = Shape(try input.dimensions.map { Dimension(try $0.evaluated(with: bindings)) })
      let built: NetworkAnalysis
      let peak: SymbolicIntegers.Dimension
      do {
        built = try NetworkAnalysis(scaling.entry.with(settings: scaling.settings(bindings)).graph(input: shape))
        peak = try EagerMemory(built.graph).peakBytes
      } catch {
        Issue.record("\(scaling.settings(bindings)) at \(shape): \(error)")
        continue
      }
      for (quantity, formula) in scaling.formulas {
        if quantity == .memory, bindings.contains(where: { $1 < scaling.memoryMinimums[$0] ?? 1 }) { continue }
        #expect(
          try formula.evaluated(with: bindings) == (quantity.value(in: built.total) ?? peak).constant,
          "\(quantity) with \(scaling.settings(bindings)) at \(shape)")
      }
      // The published repeats and width give the published network.
      guard round == 0 else { continue }
      for (quantity, formula) in scaling.formulas {
        #expect(try formula.evaluated(with: bindings) == model.formulas.total(quantity)?.evaluated(with: bindings))
      }
    }
  }

  /// He et al. 2016, table 1: all bottleneck networks share their stages and differ in repeats alone.
  @Test func oneFormulaCoversTheResNetsOfTheTable() throws {
    let entry = try #require(Catalog.entry(named: "resnet50"))
    let scaling = FormulaScaling(entry, try formulas(entry))
    let parameters = try #require(scaling.formulas[.parameters])
    let symbols = scaling.variables.map(\.symbol)
    // Totals published with torchvision's weights.
    for (depths, total) in [
      ([3, 4, 6, 3], 25_557_032), ([3, 4, 23, 3], 44_549_160), ([3, 8, 36, 3], 60_192_808),
    ] {
      let bindings = Dictionary(uniqueKeysWithValues: zip(symbols, depths + [64]))
      #expect(try parameters.evaluated(with: bindings) == total)
    }
  }

  /// Simonyan and Zisserman 2015, table 2, in millions: A 133, B 133, D 138, E 144.
  @Test func oneFormulaCoversTheVGGsOfTheTable() throws {
    let entry = try #require(Catalog.entry(named: "vgg16"))
    let scaling = FormulaScaling(entry, try formulas(entry))
    let parameters = try #require(scaling.formulas[.parameters])
    let symbols = scaling.variables.map(\.symbol)
    for (depths, millions) in [
      ([1, 1, 2, 2, 2], 133), ([2, 2, 2, 2, 2], 133), ([2, 2, 3, 3, 3], 138), ([2, 2, 4, 4, 4], 144),
    ] {
      let bindings = Dictionary(uniqueKeysWithValues: zip(symbols, depths + [64]))
      #expect(Int((Double(try parameters.evaluated(with: bindings)) / 1e6).rounded()) == millions)
    }
  }

  /// Howard et al. 2017, table 6: widths 0.25 to 1 have 41, 149, 325 and 569 million operations, 0.5 to 4.2 million
  /// parameters.
  @Test func oneFormulaCoversTheMobileNetsOfTheTable() throws {
    let entry = try #require(Catalog.entry(named: "mobilenetv1_025"))
    let scaling = FormulaScaling(entry, try formulas(entry))
    let width = try #require(scaling.variables.last)
    #expect(width.value == 1 && width.minimum == 1)
    var bindings = Dictionary(uniqueKeysWithValues: scaling.variables.map { ($0.symbol, $0.value) })
    for (name, size) in [("N", 1), ("H", 224), ("W", 224)] { bindings[try #require(Symbol(name))] = size }
    let (operations, parameters) = (try #require(scaling.formulas[.macs]), try #require(scaling.formulas[.parameters]))
    for (quarters, millions, size) in [(1, 41, 0.5), (2, 149, 1.3), (3, 325, 2.6), (4, 569, 4.2)] {
      bindings[width.symbol] = quarters
      #expect(Int((Double(try operations.evaluated(with: bindings)) / 1e6).rounded()) == millions)
      #expect((Double(try parameters.evaluated(with: bindings)) / 1e5).rounded() / 10 == size)
    }
  }

  /// Tan and Le 2019: B7 is B0 with twice the channels and 3.1 times the blocks. Totals of torchvision's weights.
  @Test func oneFormulaCoversEfficientNetB0AndB7() throws {
    let entry = try #require(Catalog.entry(named: "efficientnet_b0"))
    let scaling = FormulaScaling(entry, try formulas(entry))
    let parameters = try #require(scaling.formulas[.parameters])
    let symbols = scaling.variables.map(\.symbol)
    for (depths, width, total) in [
      ([1, 2, 2, 3, 3, 4, 1], 1, 5_288_548), ([4, 7, 7, 10, 10, 13, 4], 2, 66_347_960),
    ] {
      let bindings = Dictionary(uniqueKeysWithValues: zip(symbols, depths + [width]))
      #expect(try parameters.evaluated(with: bindings) == total)
    }
  }
}

/// Reproducible numbers (SplitMix64).
struct Generator {
  private var state: UInt64

  init(seed: String) { state = seed.utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 } }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
