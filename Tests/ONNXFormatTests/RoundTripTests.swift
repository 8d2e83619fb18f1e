import Architectures
import Foundation
import NetworkGraph
import SymbolicIntegers
import Tensors
import Testing

@testable import ONNXFormat

/// What a file keeps: reading back what was written gives the same normal form.
struct RoundTripTests {
  private static let isThorough = ProcessInfo.processInfo.environment["CONVSCOPE_THOROUGH"] != nil

  /// One network of every family, or every network where there is time.
  private static let entries: [CatalogEntry] = {
    if isThorough { return Catalog.entries }
    var families: Set<String> = []
    return Catalog.entries.filter { families.insert($0.family).inserted }
  }()

  /// The network that a model in memory is.
  private func imported(_ bytes: [UInt8], name: String) throws -> Graph {
    var file = FileBytes(bytes)
    return try ONNXModel.graph(ModelFile(&file, path: "\(name).onnx"))
  }

  /// Expects equal normal forms, and says where they differ first.
  private func expectEqual(_ graph: Graph, _ other: Graph, _ comment: String) {
    let expected = graph.normalForm
    var found = other.normalForm
    // A graph is called like its file, and some networks' names are no file's.
    found.name = graph.name
    guard expected != found else { return }
    let nodes = zip(expected.nodes, found.nodes).first { $0 != $1 }
    let parameters = zip(expected.parameters, found.parameters).first { $0 != $1 }
    let difference =
      nodes.map { "\($0)\nagainst\n\($1)" } ?? parameters.map { "\($0)\nagainst\n\($1)" }
      ?? "\(expected.nodes.count) against \(found.nodes.count) nodes, \(expected.inputs) against \(found.inputs)"
    Issue.record("\(comment): \(difference)")
  }

  @Test(arguments: entries.map(\.name))
  func `reading back a catalogued network gives its normal form`(name: String) throws {
    let graph = try #require(Catalog.entry(named: name)).graph()
    let bytes = try ONNXExport(graph).bytes()
    expectEqual(graph, try imported(bytes, name: name), name)
  }

  @Test(arguments: [
    "lenet5", "shufflenet_v2_x0_5", "mobilenet_v3_small", "nf_resnet26", "swin_tiny_patch4_window7_224",
  ])
  func `so does reading back one with its weights`(name: String) throws {
    let graph = try #require(Catalog.entry(named: name)).graph()
    let bytes = try ONNXExport(graph, weights: SyntheticTensors()).bytes()
    expectEqual(graph, try imported(bytes, name: name), name)
  }

  @Test(arguments: [
    ("resnet18", "Nx3xHxW"), ("vgg11", "Nx3x224x224"), ("densenet121", "Nx3x(32*h)x(32*w)"),
    ("mobilenet_v3_small", "1x3xHxW"), ("shufflenet_v2_x0_5", "Nx3xHxW"), ("efficientnet_b0", "Nx3xHxW"),
    ("tf_efficientnetv2_b0", "1x3xHxW"), ("inception_v3", "Nx3xHxW"), ("nf_resnet50", "Nx3xHxW"),
    ("convnext_tiny", "Nx3x(32*h)x(32*w)"), ("vit_b_32", "Nx3x224x224"), ("swin_t", "Nx3x224x224"),
    ("maxvit_t", "Nx3x224x224"), ("nasnetalarge", "Nx3x331x331"),
  ])
  func `symbolic sides come back as the formulas they were`(name: String, input: String) throws {
    let graph = try #require(Catalog.entry(named: name)).graph(input: Shape(parsing: input))
    expectEqual(graph, try imported(ONNXExport(graph).bytes(), name: name), name)
  }

  @Test func `what only training runs does not reach the file`() throws {
    let graph = try #require(Catalog.entry(named: "inception_v3")).graph()
    #expect(graph.nodes.contains { $0.isTrainingOnly })
    let names = try imported(ONNXExport(graph).bytes(), name: "inception_v3").parameters.map { $0.givenName ?? "" }
    #expect(names.contains("Mixed_5b.branch1x1.conv.weight"))
    #expect(!names.contains { $0.hasPrefix("AuxLogits") })
  }

  @Test func `a network read back can be written again, in as many bytes`() throws {
    for name in ["resnet18", "swin_v2_t", "convnext_tiny"] {
      let graph = try #require(Catalog.entry(named: name)).graph()
      let bytes = try ONNXExport(graph).bytes()
      let again = try ONNXExport(imported(bytes, name: name)).bytes()
      // Parameters are listed by first use then: the same messages in another order.
      #expect(again.count == bytes.count)
      expectEqual(graph, try imported(again, name: name), name)
    }
  }

  @Test(arguments: ["swin_tiny_patch4_window7_224", "swin_v2_t", "vit_b_32"])
  func `every tensor of a model read back has the values it was written with`(name: String) throws {
    let graph = try #require(Catalog.entry(named: name)).graph()
    let folder = FileManager.default.temporaryDirectory.appending(path: "convscope-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "model.onnx").path
    let written = SyntheticTensors(gain: 1.5)
    try ONNXExport(graph, weights: written).write(to: path)
    let (read, weights) = try ONNXModel.network(contentsOf: path)
    var tables = 0
    for node in read.nodes {
      guard case .source(let source) = node.operation, let values = source.values else { continue }
      let parameter = node.parameters.first.map { read.name(of: read.parameters[$0]) }
      let shape = node.outputs[0].shape.dimensions.compactMap(\.constant)
      let tensor = try weights.tensor(named: parameter ?? read.path(of: node), shape: shape)
      #expect(try tensor?.values == values.tensor(shape: shape).values, "\(read.path(of: node))")
      tables += 1
    }
    #expect(
      tables == graph.nodes.count { if case .source(let source) = $0.operation { source.values != nil } else { false } }
    )
    for parameter in read.parameters where parameter.spec.kind == .trainable {
      let shape = parameter.spec.shape.dimensions.compactMap(\.constant)
      let name = read.name(of: parameter)
      #expect(try weights.tensor(named: name, shape: shape) == written.tensor(named: name, shape: shape), "\(name)")
    }
  }

  @Test func `a place survives whatever its names hold`() throws {
    var stage = ScopeLevel("a/b")
    stage.role = .stage
    var group = ScopeLevel("(c)[block]\\")
    group.isNamed = false
    group.role = .head
    let place = NodePlace(path: [stage, group, ScopeLevel("0")], name: "conv[stage]")
    let read = try #require(NodePlace(text: place.text))
    #expect(read.path == place.path)
    #expect(read.name == place.name)
    for text in ["", "a/", "a[", "a[wrong]", "a\\", "[stage]"] { #expect(NodePlace(text: text) == nil, "\(text)") }
  }

  @Test func `a rule of fixed values survives`() throws {
    for values: FixedValues in [
      .uniform(-0.1), .relativePositionIndex(height: 7, width: 5), .logarithmicOffsets(height: 8, width: 3),
      .shiftedWindowMask(
        height: 14, width: 21, windowHeight: 7, windowWidth: 7, verticalShift: 3, horizontalShift: 0),
    ] {
      #expect(FixedValues(text: values.text) == values)
    }
    for text in ["", "uniform", "uniform x", "relativePositionIndex 1", "shiftedWindowMask 1 2 3 4 5 x", "other 1 2"] {
      #expect(FixedValues(text: text) == nil, "\(text)")
    }
  }
}
