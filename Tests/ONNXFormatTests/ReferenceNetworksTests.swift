import Analysis
import Foundation
import NetworkGraph
import SwiftProtobuf
import SymbolicIntegers
import TestSupport
import Testing

@testable import ONNXFormat

// Foundation has another one.
private typealias Dimension = SymbolicIntegers.Dimension

/// Real networks against counts that Tests/Golden/onnx_parameters.py makes with the onnx package.
@Suite(.enabled(if: ReferenceFiles.exist, "no ONNX files in \(ReferenceFiles.folder.path); see ReferenceFiles"))
struct ReferenceNetworksTests {
  static let networks = ((try? Golden.rows("onnx.csv")) ?? []).map { $0["file"] }

  @Test func `every network beside the operator tests has golden numbers`() {
    #expect(Self.networks == ReferenceFiles.paths.filter { !$0.contains("/") })
    #expect(Self.networks.count == 23)
  }

  @Test(arguments: networks) func `parameters, buffers and multiply-adds equal an independent count`(
    file: String
  ) throws {
    let expected = try #require(try Golden.rows("onnx.csv").first { $0["file"] == file })
    let graph = try ONNXModel.graph(contentsOf: ReferenceFiles.path(file))
    let analysis = try NetworkAnalysis(graph)
    #expect(analysis.unsupported.isEmpty)
    #expect(analysis.total.trainable == Dimension(try #require(expected.number("parameters"))))
    #expect(analysis.total.buffers == Dimension(try #require(expected.number("buffers"))))
    let sides = try ["batch": 1, "height": 224, "width": 224].map { (try #require(Symbol($0)), $1) }
    let macs = CountingConvention.macs.count(analysis.total.operations)
    #expect(try macs.evaluated(with: Dictionary(uniqueKeysWithValues: sides)) == expected.number("macs"))
  }

  @Test(arguments: networks) func `outputs have the shapes that the file declares`(file: String) throws {
    let path = ReferenceFiles.path(file)
    let graph = try ONNXModel.graph(contentsOf: path)
    let declared = try ModelProto(serializedBytes: Data(contentsOf: URL(filePath: path))).graph.output
    #expect(graph.outputs.map(\.name) == declared.map(\.name))
    for (port, value) in zip(graph.outputs, declared) {
      let sides = value.type.tensorType.shape.dim.map { $0.dimParam.isEmpty ? "\($0.dimValue)" : $0.dimParam }
      #expect(graph.type(of: port.value).shape.dimensions.map(\.description) == sides)
    }
  }

  @Test(arguments: networks) func `every node and parameter has a name of its own`(file: String) throws {
    let graph = try ONNXModel.graph(contentsOf: ReferenceFiles.path(file))
    #expect(Set(graph.nodes.map { graph.path(of: $0) }).count == graph.nodes.count)
    #expect(Set(graph.parameters.map { graph.name(of: $0) }).count == graph.parameters.count)
  }

  @Test func `a network with free sides costs a formula that agrees with networks of fixed sides`() throws {
    let path = ReferenceFiles.path("mobilenet_v3_large-dynhw.onnx")
    let formula = try Self.macs(ONNXModel.graph(contentsOf: path))
    #expect(formula.symbols.map(\.name) == ["batch", "height", "width"])
    for (height, width) in [(224, 224), (192, 320), (225, 33)] {
      let graph = try ONNXModel.graph(
        contentsOf: path, defaultShape: [2, 3, Dimension(height), Dimension(width)])
      var bindings: [Symbol: Int] = [:]
      for (name, size) in [("batch", 2), ("height", height), ("width", width)] {
        bindings[try #require(Symbol(name))] = size
      }
      #expect(try Self.macs(graph) == Dimension(formula.evaluated(with: bindings)))
    }
  }

  @Test func `a shape given by name takes the place of the file's`() throws {
    let path = ReferenceFiles.path("light_resnet50.onnx")
    let graph = try ONNXModel.graph(contentsOf: path, inputShapes: ["gpu_0/data_0": [1, 3, 224, 224]])
    #expect(try Self.macs(graph) == 4_089_184_256)
    let error = #expect(throws: ONNXError.self) {
      try ONNXModel.graph(contentsOf: path, inputShapes: ["data": [1, 3, 224, 224]])
    }
    #expect(error?.description == "no input is called 'data'; the model's input is 'gpu_0/data_0'")
  }

  @Test func `scopes follow the module names of both torch exporters`() throws {
    let script = try ONNXModel.graph(contentsOf: ReferenceFiles.path("resnet50-17.onnx"))
    let scriptPaths = script.nodes.map { script.path(of: $0) }
    #expect(scriptPaths.contains("layer1.0.conv1"))
    #expect(scriptPaths.contains("layer4.2.Add"))
    #expect(scriptPaths.contains("fc"))
    let dynamo = try ONNXModel.graph(contentsOf: ReferenceFiles.path("resnet18-dynamo.onnx"))
    #expect(dynamo.nodes.map { dynamo.path(of: $0) }.contains("layer2.1.bn1"))
  }

  private static func macs(_ graph: Graph) throws -> Dimension {
    CountingConvention.macs.count(try NetworkAnalysis(graph).total.operations)
  }
}
