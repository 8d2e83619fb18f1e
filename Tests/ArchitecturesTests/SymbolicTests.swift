import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import Testing

@Suite("Networks with symbolic inputs")
struct SymbolicTests {
  private func macs(_ name: String, _ input: Shape) throws -> Dimension {
    CountingConvention.macs.count(try NetworkAnalysis(graph(of: name, input: input)).total.operations)
  }

  @Test("ResNet-50's work at H = 32 h, W = 32 w is one polynomial in h and w")
  func polynomial() throws {
    let h = Dimension.symbol("h")
    let w = Dimension.symbol("w")
    let work = try macs("resnet50", [1, 3, 32 * h, 32 * w])
    // Every map is a multiple of h w; the classifier alone does not grow.
    let perCell = (4_089_184_256 - 2_048_000) / 49
    #expect(work == h * w * perCell + 2_048_000)
    #expect(try work.evaluated(with: bindings(["h": 7, "w": 7])) == 4_089_184_256)
    #expect(!work.description.contains("floor"))
  }

  @Test("ResNet-50's last map at free H and W is floor((H+31)/32) by floor((W+31)/32)")
  func lastMap() throws {
    let graph = try graph(of: "resnet50", input: [1, 3, .symbol("H"), .symbol("W")])
    let pool = try #require(graph.nodes.first { graph.path(of: $0) == "avgpool" })
    #expect("\(graph.type(of: pool.inputs[0]))" == "1x2048xfloor((H+31)/32)xfloor((W+31)/32)")
  }

  @Test("ResNet-50's formula equals building at every side from 32 to 512, and at unequal sides")
  func formulaEqualsBuilding() throws {
    let formula = try macs("resnet50", [1, 3, .symbol("H"), .symbol("W")])
    for side in 32...512 {
      let built = try macs("resnet50", [1, 3, Dimension(side), Dimension(side)])
      #expect(try formula.evaluated(with: bindings(["H": side, "W": side])) == built.constant)
    }
    for (height, width) in [(32, 512), (224, 225), (333, 97), (480, 640), (511, 33)] {
      let built = try macs("resnet50", [1, 3, Dimension(height), Dimension(width)])
      #expect(try formula.evaluated(with: bindings(["H": height, "W": width])) == built.constant)
    }
  }

  /// Networks whose classifier reads one value per channel, and so take any side.
  static let sizeless = catalogNames.filter { name in
    !["lenet5", "alexnet_grouped", "zfnet", "googlenet_paper_aux"].contains { name.hasPrefix($0) }
  }

  @Test("every network's formulas equal building at a given side", arguments: sizeless)
  func everyModel(name: String) throws {
    let symbolic = try NetworkAnalysis(graph(of: name, input: [.symbol("N"), 3, .symbol("H"), .symbol("W")]))
    // 63 is the least side of AlexNet, 75 of Inception v3 and v4; training's auxiliary head needs 139.
    let more = name == "inception_v3" ? 76 : name.hasPrefix("inception_") ? 12 : 0
    let sizes = [(1, 64, 64), (2, 65, 79), (3, 127, 63), (1, 224, 260), (5, 301, 300)]
    for (batch, height, width) in sizes.map({ ($0, $1 + more, $2 + more) }) {
      let values = try bindings(["N": batch, "H": height, "W": width])
      let built = try NetworkAnalysis(
        graph(of: name, input: [Dimension(batch), 3, Dimension(height), Dimension(width)]))
      for convention in CountingConvention.all {
        let formula = convention.count(symbolic.total.operations)
        #expect(try formula.evaluated(with: values) == convention.count(built.total.operations).constant)
      }
      #expect(try symbolic.total.allOutputs.evaluated(with: values) == built.total.allOutputs.constant)
      #expect(symbolic.total.trainable == built.total.trainable)
      for (left, right) in zip(symbolic.graph.nodes, built.graph.nodes) {
        let sizes = try left.outputs[0].shape.dimensions.map { try $0.evaluated(with: values) }
        #expect(sizes == right.outputs[0].shape.dimensions.map(\.constant))
        if sizes != right.outputs[0].shape.dimensions.map(\.constant) { break }
      }
    }
  }

  @Test("a symbolic batch multiplies the work and leaves the parameters alone", arguments: catalogNames)
  func symbolicBatch(name: String) throws {
    let entry = try #require(Catalog.entry(named: name))
    let n = Dimension.symbol("N")
    var batched = entry.input
    batched[0] = n
    let one = try NetworkAnalysis(entry.graph()).total
    let many = try NetworkAnalysis(entry.graph(input: batched)).total
    for convention in CountingConvention.all {
      #expect(convention.count(many.operations) == n * convention.count(one.operations))
    }
    #expect(many.activations == n * one.activations)
    #expect(many.trainable == one.trainable)
  }

  @Test("a symbolic width is a free channel count: work is quadratic in it")
  func symbolicWidth() throws {
    let width = Dimension.symbol("c")
    let network = VGG([VGG.Stage(channels: width, depth: 2)], classes: 10)
    let graph = try Graph(name: "vgg", input: TensorType([1, 3, 14, 14])) { network($0) }
    let work = CountingConvention.macs.count(try NetworkAnalysis(graph).total.operations)
    let linear = 49 * 4096 * width + (4096 * 4096 + 4096 * 10)
    #expect(work == 196 * 9 * (3 * width + width * width) + linear)
  }

  private func bindings(_ values: [String: Int]) throws -> [Symbol: Int] {
    var result: [Symbol: Int] = [:]
    for (name, value) in values { result[try #require(Symbol(name))] = value }
    return result
  }
}
