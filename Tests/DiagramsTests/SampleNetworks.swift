import NetworkGraph
import SymbolicIntegers

/// Networks of each shape a diagram must cope with: a chain, residual blocks, dense blocks, parallel branches, none of
/// them with more structure than their builders give.
enum SampleNetworks {
  static let image = TensorType([1, 3, 224, 224])

  /// VGG-16's convolutions: one long chain without scopes of its own.
  static func chain() throws(GraphError) -> Graph {
    try Graph(name: "chain", input: image) { input in
      var x = input
      var index = 0
      x = x.scope("features") { x in
        var x = x
        for (channels, depth) in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)] {
          for _ in 0..<depth {
            x = x.conv("\(index)", Dimension(channels), kernel: 3, padding: 1).relu("\(index + 1)")
            index += 2
          }
          x = x.maxPool("\(index)", kernel: 2, stride: 2)
          index += 1
        }
        return x
      }
      x = x.adaptiveAveragePool("avgpool", to: [7, 7]).flatten()
      return x.scope("classifier") {
        $0.linear("0", 4096).relu("1").dropout("2").linear("3", 4096).relu("4").dropout("5").linear("6", 1000)
      }
    }
  }

  /// Bottleneck blocks in four stages, with roles.
  static func residual(depths: [Int] = [3, 4, 6, 3]) throws(GraphError) -> Graph {
    try Graph(name: "residual", input: image) { input in
      var x = input.conv("conv1", 64, kernel: 7, stride: 2, padding: 3, bias: false).batchNorm("bn1").relu()
        .maxPool("maxpool", kernel: 3, stride: 2, padding: 1)
      for (stage, depth) in depths.enumerated() {
        x = x.scope("layer\(stage + 1)", .stage) { x in
          var x = x
          for position in 0..<depth {
            x = x.scope("\(position)", .block) {
              bottleneck($0, width: 64 << stage, stride: stage > 0 && position == 0 ? 2 : 1, opens: position == 0)
            }
          }
          return x
        }
      }
      return x.adaptiveAveragePool("avgpool").flatten().linear("fc", 1000)
    }
  }

  private static func bottleneck(_ input: Feature, width: Int, stride: Int, opens: Bool) -> Feature {
    let x = input.conv("conv1", Dimension(width), kernel: 1, bias: false).batchNorm("bn1").relu("relu1")
      .conv("conv2", Dimension(width), kernel: 3, stride: [stride], padding: 1, bias: false).batchNorm("bn2").relu(
        "relu2"
      )
      .conv("conv3", Dimension(4 * width), kernel: 1, bias: false).batchNorm("bn3")
    let shortcut =
      opens
      ? input.scope("downsample") {
        $0.conv("0", Dimension(4 * width), kernel: 1, stride: [stride], bias: false).batchNorm("1")
      } : input
    return (x + shortcut).relu("relu3")
  }

  /// Densely connected blocks: every layer reads all before it. The depths of DenseNet-201 unless given.
  static func dense(depths: [Int] = [6, 12, 48, 32], roles: Bool = true) throws(GraphError) -> Graph {
    try Graph(name: "dense", input: image) { input in
      input.scope("features") { input in
        var x = input.conv("conv0", 64, kernel: 7, stride: 2, padding: 3, bias: false).batchNorm("norm0").relu("relu0")
          .maxPool("pool0", kernel: 3, stride: 2, padding: 1)
        for (number, depth) in depths.enumerated() {
          x = x.scope("denseblock\(number + 1)", roles ? .stage : .plain) { x in
            var features = [x]
            for layer in 1...depth {
              features.append(
                x.scope("denselayer\(layer)", roles ? .block : .plain) { _ in
                  Feature.concatenate(features).batchNorm("norm1").relu("relu1").conv(
                    "conv1", 128, kernel: 1, bias: false
                  )
                  .batchNorm("norm2").relu("relu2").conv("conv2", 32, kernel: 3, padding: 1, bias: false)
                })
            }
            return Feature.concatenate(features)
          }
          guard number + 1 < depths.count else { break }
          x = x.scope("transition\(number + 1)", roles ? .block : .plain) {
            $0.batchNorm("norm").relu("relu").conv("conv", $0.channels.floorDivided(by: 2), kernel: 1, bias: false)
              .averagePool("pool", kernel: 2, stride: 2)
          }
        }
        return x.batchNorm("norm5").relu("relu")
      }.adaptiveAveragePool("pool").flatten().linear("classifier", 1000)
    }
  }

  /// Modules of four parallel branches, as in GoogLeNet.
  static func branches() throws(GraphError) -> Graph {
    try Graph(name: "branches", input: image) { input in
      var x = input.conv("conv1", 64, kernel: 7, stride: 2, padding: 3).relu("relu1")
        .maxPool("maxpool1", kernel: 3, stride: 2, ceilMode: true).conv("conv2", 192, kernel: 3, padding: 1).relu(
          "relu2"
        )
        .maxPool("maxpool2", kernel: 3, stride: 2, ceilMode: true)
      for (stage, widths) in [[256, 480], [512, 512, 512, 528, 832], [832, 1024]].enumerated() {
        for (position, width) in widths.enumerated() {
          x = x.scope("inception\(stage + 3)\(["a", "b", "c", "d", "e"][position])") { inception($0, width: width) }
        }
        if stage < 2 { x = x.maxPool("maxpool\(stage + 3)", kernel: 3, stride: 2, ceilMode: true) }
      }
      return x.adaptiveAveragePool("avgpool").flatten().dropout("dropout").linear("fc", 1000)
    }
  }

  private static func inception(_ x: Feature, width: Int) -> Feature {
    func unit(_ x: Feature, _ name: String, _ channels: Int, _ kernel: Int) -> Feature {
      x.scope(name) {
        $0.conv("conv", Dimension(channels), kernel: [kernel], padding: [kernel / 2], bias: false).batchNorm("bn")
          .relu()
      }
    }
    let first = unit(x, "branch1", width / 4, 1)
    let second = x.scope("branch2") { unit(unit($0, "0", width / 8, 1), "1", width / 2, 3) }
    let third = x.scope("branch3") { unit(unit($0, "0", width / 16, 1), "1", width / 8, 3) }
    let fourth = x.scope("branch4") {
      unit($0.maxPool("0", kernel: 3, stride: 1, padding: 1), "1", width / 8, 1)
    }
    return Feature.concatenate([first, second, third, fourth])
  }
}
