import Foundation
import SwiftProtobuf
import Testing

@testable import ONNXFormat

/// Examples/onnx/small_resnet.onnx, the file the README measures, is written by this test.
@Suite struct ExampleFileTests {
  /// With `CONVSCOPE_RECORD=1` the file is written instead of compared, and the test fails: a recording proves nothing.
  @Test func exampleFileIsWhatThisCodeWrites() throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../Examples/onnx/small_resnet.onnx"
    ).standardizedFileURL
    let bytes: Data = try SmallResNet().model().serializedBytes()
    if ProcessInfo.processInfo.environment["CONVSCOPE_RECORD"] == "1" {
      try bytes.write(to: url)
      Issue.record("recorded small_resnet.onnx")
      return
    }
    #expect(try Data(contentsOf: url) == bytes)
  }
}

/// A residual network of three stages for 64 x 64 images as an exporter writes it: opset 17, symbolic batch, norms folded
/// into convolutions, weights in an external file that is not there.
private struct SmallResNet {
  private var nodes: [NodeProto] = []
  private var constants: [TensorProto] = []

  func model() -> ModelProto {
    var network = self
    var x = network.conv("/stem/conv", "image", from: 3, to: 32, kernel: 3, stride: 2)
    x = network.add("/stem/relu", "Relu", [x])
    for (index, channels) in [32, 64, 128].enumerated() {
      for block in 0..<2 {
        let stride = index > 0 && block == 0 ? 2 : 1
        let input = stride == 2 ? channels / 2 : channels
        x = network.block("/stage\(index + 1)/\(block)", x, from: input, to: channels, stride: stride)
      }
    }
    x = network.add("/head/pool", "GlobalAveragePool", [x])
    x = network.add("/head/flatten", "Flatten", [x], [("axis", [1])])
    network.constants += [weight("head.fc.weight", [10, 128]), weight("head.fc.bias", [10])]
    x = network.add("/head/fc", "Gemm", [x, "head.fc.weight", "head.fc.bias"], [("transB", [1])], output: "logits")

    var graph = TestModels.graph("small_resnet", nodes: network.nodes, constants: network.constants)
    graph.input = [port("image", ["batch", 3, 64, 64])]
    graph.output = [port("logits", ["batch", 10])]
    var model = TestModels.model(graph)
    model.producerName = "convscope example"
    model.opsetImport[0].version = 17
    return model
  }

  private mutating func block(_ path: String, _ input: String, from: Int, to: Int, stride: Int) -> String {
    var x = conv("\(path)/conv1", input, from: from, to: to, kernel: 3, stride: stride)
    x = add("\(path)/relu", "Relu", [x])
    x = conv("\(path)/conv2", x, from: to, to: to, kernel: 3, stride: 1)
    let shortcut =
      from == to ? input : conv("\(path)/downsample", input, from: from, to: to, kernel: 1, stride: stride)
    x = add("\(path)/add", "Add", [x, shortcut])
    return add("\(path)/relu_1", "Relu", [x])
  }

  private mutating func conv(
    _ path: String, _ input: String, from: Int, to: Int, kernel: Int, stride: Int
  ) -> String {
    let name = path.dropFirst().replacingOccurrences(of: "/", with: ".")
    constants += [weight("\(name).weight", [to, from, kernel, kernel]), weight("\(name).bias", [to])]
    let pad = kernel / 2
    return add(
      path, "Conv", [input, "\(name).weight", "\(name).bias"],
      [("kernel_shape", [kernel, kernel]), ("strides", [stride, stride]), ("pads", [pad, pad, pad, pad])])
  }

  private mutating func add(
    _ path: String, _ kind: String, _ inputs: [String], _ attributes: [(String, [Int])] = [], output: String? = nil
  ) -> String {
    var node = NodeProto()
    node.name = path
    node.opType = kind
    node.input = inputs
    node.output = [output ?? "\(path)_output_0"]
    node.attribute = attributes.map { name, values in
      TestModels.attribute(name) {
        if values.count == 1 {
          $0.type = .int
          $0.i = Int64(values[0])
        } else {
          $0.type = .ints
          $0.ints = values.map(Int64.init)
        }
      }
    }
    nodes.append(node)
    return node.output[0]
  }

  private func weight(_ name: String, _ shape: [Int]) -> TensorProto {
    var tensor = TensorProto()
    tensor.name = name
    tensor.dataType = Int32(TensorProto.DataType.float.rawValue)
    tensor.dims = shape.map(Int64.init)
    tensor.dataLocation = .external
    var location = StringStringEntryProto()
    location.key = "location"
    location.value = "small_resnet.weights"
    tensor.externalData = [location]
    return tensor
  }

  private func port(_ name: String, _ shape: [Any]) -> ValueInfoProto {
    var value = ValueInfoProto()
    value.name = name
    value.type.tensorType.elemType = 1
    value.type.tensorType.shape.dim = shape.map { size in
      var dimension = TensorShapeProto.Dimension()
      if let name = size as? String { dimension.dimParam = name } else { dimension.dimValue = Int64(size as? Int ?? 0) }
      return dimension
    }
    return value
  }
}
