import Analysis
import ArchitectureFormat
import NetworkGraph
import SymbolicIntegers
import TestSupport
import Testing

@Suite("Example files")
struct ExampleTests {
  @Test("the small ResNet's totals are those of plain arithmetic at every depth and width")
  func smallResNet() throws {
    let rows = try Golden.rows("architecture_examples.csv")
    #expect(rows.count == 4)
    for row in rows {
      let settings = ["depth", "width", "classes"].map { "\($0)=\(row[$0])" }
      let totals = try totals(ArchitectureFile.graph(contentsOf: example("small_resnet"), settings: settings))
      #expect(totals.parameters.constant == row.number("params"))
      #expect(totals.buffers.constant == row.number("buffers"))
      #expect(totals.macs.constant == row.number("macs"))
    }
  }

  @Test(
    "networks described layer for layer have torchvision's totals",
    arguments: [("mbconv_net", "efficientnet_b0"), ("inception", "googlenet")])
  func reference(file: String, model: String) throws {
    let row = try #require(Golden.rows("models.csv").first { $0["model"] == model })
    let totals = try totals(ArchitectureFile.graph(contentsOf: example(file), inputShape: [1, 3, 224, 224]))
    #expect(totals.parameters.constant == row.number("params"))
    #expect(totals.buffers.constant == row.number("buffers_elements"))
    #expect(totals.macs.constant == row.number("macs_conv_linear"))
  }

  @Test("a formula over symbolic sides has the value of the network at those sides", arguments: [32, 97, 224, 299])
  func symbolicSides(side: Int) throws {
    let symbolic = try totals(ArchitectureFile.graph(contentsOf: example("inception"))).macs
    let sides: [Symbol: Int] = Dictionary(
      uniqueKeysWithValues: symbolic.symbols.map { ($0, $0.name == "H" ? side : side + 8) })
    #expect(sides.count == 2)
    let fixed = try totals(
      ArchitectureFile.graph(
        contentsOf: example("inception"), inputShape: [1, 3, Dimension(side), Dimension(side + 8)]))
    #expect(try symbolic.evaluated(with: sides) == fixed.macs.constant)
  }

  @Test("every example is built and none is missed")
  func all() throws {
    let paths = try examplePaths()
    #expect(paths.count == 3)
    for path in paths { #expect(try !ArchitectureFile.graph(contentsOf: path).nodes.isEmpty) }
  }
}

@Suite("Parameter names")
struct ParameterNameTests {
  @Test("a ResNet-18 written down has torchvision's state dictionary: names, shapes and order")
  func resnet18() throws {
    let graph = try network(
      """
      input: 1x3x224x224
      blocks:
        basic:
          parameters: {channels: , stride: 1}
          layers:
            - residual:
                layers:
                  - conv: {name: conv1, channels: channels, kernel: 3, stride: stride, padding: 1, bias: false}
                  - batch_norm: {name: bn1}
                  - relu
                  - conv: {name: conv2, channels: channels, kernel: 3, padding: 1, bias: false}
                  - batch_norm: {name: bn2}
                projection:
                  name: downsample
                  layers:
                    - conv: {name: "0", channels: channels, kernel: 1, stride: stride, bias: false}
                    - batch_norm: {name: "1"}
            - relu
      layers:
        - conv: {name: conv1, channels: 64, kernel: 7, stride: 2, padding: 3, bias: false}
        - batch_norm: {name: bn1}
        - relu
        - max_pool: {kernel: 3, stride: 2, padding: 1}
        - repeat:
            index: i
            each: {channels: [64, 128, 256, 512], stride: [1, 2, 2, 2]}
            layers:
              - repeat:
                  name: layer{i+1}
                  count: 2
                  each: {step: [stride, 1]}
                  layers: [{block: {use: basic, channels: channels, stride: step}}]
        - global_average_pool
        - flatten
        - linear: {name: fc, features: 1000}
      """)
    let rows = try Golden.rows("state_dict/resnet18.csv")
    let found = graph.parameters.map { "\(graph.name(of: $0)) \($0.spec.shape.rank == 0 ? "" : "\($0.spec.shape)")" }
    #expect(found == rows.map { "\($0["name"]) \($0["shape"])" })
    #expect(found.count == 122)
  }

  @Test("automatic names count the layers of a kind in their scope; scopes and iterations nest")
  func automaticNames() throws {
    let graph = try network(
      layers(
        """
        - conv: {channels: 4, kernel: 1}
        - conv: {channels: 4, kernel: 1}
        - stage: [{conv: {channels: 4, kernel: 1}}]
        - repeat: {count: 2, layers: [{conv: {channels: 4, kernel: 1}}]}
        - repeat: {count: 1, layers: [{conv: {channels: 4, kernel: 1}}, relu]}
        - branches: {join: add, layers: [[], [{conv: {channels: 4, kernel: 1}}]]}
        - head: [{conv: {channels: 4, kernel: 1}}]
        """))
    let names = graph.parameters.map { graph.name(of: $0) }.filter { $0.hasSuffix("weight") }
    #expect(
      names == [
        "conv_1.weight", "conv_2.weight", "stage_1.conv_1.weight", "0.weight", "1.weight", "2.conv_1.weight",
        "branch_1.conv_1.weight", "conv_3.weight",
      ])
  }
}
