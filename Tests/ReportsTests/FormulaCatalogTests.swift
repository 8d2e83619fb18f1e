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

  static let names: [String] = {
    var families: Set<String> = []
    return Catalog.entries.filter { isThorough || families.insert($0.family).inserted }.map(\.name)
  }()

  /// One network of every way to be scaled: linear in repeats, quadratic, with heads, with rounded channels, not at all.
  static let scaled =
    isThorough
    ? names
    : [
      "resnet18", "densenet121", "vit_b_32", "vgg11", "mobilenet_v2", "mobilenet_v1_050", "efficientnet_b3", "swin_t",
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
    for round in 0..<(Self.isThorough ? 100 : 2) {
      // The corner of the domain first.
      let bindings = round == 0 ? model.domain.minimums : sizes(model.domain, &random)
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
    let scaling = FormulaScaling(entry, input: input)
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
      let built: NetworkFormulas
      do {
        built = try NetworkFormulas(entry.with(settings: scaling.settings(bindings)).graph(input: shape))
      } catch {
        Issue.record("\(scaling.settings(bindings)) at \(shape): \(error)")
        continue
      }
      for (quantity, formula) in scaling.formulas {
        #expect(
          try formula.evaluated(with: bindings) == built.total(quantity)?.constant,
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
    let scaling = FormulaScaling(entry, input: entry.input)
    let parameters = try #require(scaling.formulas[.parameters])
    let symbols = scaling.variables.map(\.symbol)
    // Totals published with torchvision's weights.
    for (depths, total) in [
      ([3, 4, 6, 3], 25_557_032), ([3, 4, 23, 3], 44_549_160), ([3, 8, 36, 3], 60_192_808),
    ] {
      #expect(try parameters.evaluated(with: Dictionary(uniqueKeysWithValues: zip(symbols, depths))) == total)
    }
  }

  /// Simonyan and Zisserman 2015, table 2, in millions: A 133, B 133, D 138, E 144.
  @Test func oneFormulaCoversTheVGGsOfTheTable() throws {
    let entry = try #require(Catalog.entry(named: "vgg16"))
    let scaling = FormulaScaling(entry, input: entry.input)
    let parameters = try #require(scaling.formulas[.parameters])
    let symbols = scaling.variables.map(\.symbol)
    for (depths, millions) in [
      ([1, 1, 2, 2, 2], 133), ([2, 2, 2, 2, 2], 133), ([2, 2, 3, 3, 3], 138), ([2, 2, 4, 4, 4], 144),
    ] {
      let bindings = Dictionary(uniqueKeysWithValues: zip(symbols, depths + [64]))
      #expect(Int((Double(try parameters.evaluated(with: bindings)) / 1e6).rounded()) == millions)
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
