import Architectures
import NetworkGraph
import SymbolicIntegers
import TestSupport
import Testing

@Suite("Every layer against torchvision and timm")
struct LayerTests {
  @Test("module calls equal the reference in order, settings, shapes, parameters and work", arguments: referenceModels)
  func layers(model: String) throws {
    let graph = try graph(of: model)
    let rows = try Golden.rows("layers/\(fileName(of: model))")
    // timm's modules of stochastic depth exist only where whoever trains sets a probability.
    let dropsBlocks = rows.contains { $0["type"] == "StochasticDepth" }
    // The reference lists calls of leaf modules. Additions, products, concatenations, flattening and what is called as
    // a function have no line there, and neither have the input and what only training runs.
    let nodes = graph.nodes.filter { node in
      switch node.operation {
      case .source: false
      case .identity(.stochasticDepth): dropsBlocks
      default: node.origin != .function && !node.isTrainingOnly
      }
    }
    #expect(nodes.count == rows.count)
    for (node, row) in zip(nodes, rows) {
      let expected = Layer(row)
      var found = Layer(node, of: graph)
      if expected.probability == nil { found.probability = nil }
      #expect(found == expected)
      // After a first difference every further line differs too.
      if found != expected { break }
    }
  }

  @Test(
    "names, shapes and order of the state dictionary equal the reference",
    arguments: referenceModels.filter { !$0.contains("@") })
  func stateDictionary(model: String) throws {
    let graph = try graph(of: model)
    let rows = try Golden.rows("state_dict/\(fileName(of: model))")
    let found = graph.parameters.map { graph.name(of: $0) + " " + ($0.spec.shape.rank == 0 ? "" : "\($0.spec.shape)") }
    #expect(found == rows.map { $0["name"] + " " + $0["shape"] })
  }
}

/// What the reference says of one call of a module.
private struct Layer: Equatable {
  var name: String
  var type: String
  var call: Int
  var window: [[Int]] = []
  var groups: Int?
  var shape: String
  var parameters: Int
  var macs: Int
  var epsilon: Double?
  var isInPlace: Bool?
  var probability: Double?

  init(_ row: Golden.Row) {
    name = row["name"]
    type = row["type"]
    call = row.number("call_index") ?? -1
    for column in ["kernel", "stride", "padding", "dilation"] where !row[column].isEmpty {
      // Of paddings that differ, before:after.
      let sizes = row[column].split(separator: "x").map { $0.split(separator: ":").compactMap { Int($0) } }
      let axes = sizes.count == 1 ? [sizes[0], sizes[0]] : sizes
      window.append(axes.flatMap { column != "padding" || $0.count == 2 ? $0 : $0 + $0 })
    }
    groups = row.number("groups")
    shape = row["out_shape"]
    parameters = row.number("params") ?? -1
    macs = row.number("macs") ?? -1
    epsilon = Double(row["epsilon"])
    isInPlace = row.number("in_place").map { $0 == 1 }
    probability = Double(row["probability"])
  }

  init(_ node: Node, of graph: Graph) {
    name = graph.modulePath(of: node)
    call = node.call
    shape = "\(node.outputs[0].shape)"
    macs = graph.arithmetic(of: node).multiplyAdds.constant ?? -1
    var count: Dimension = 0
    for index in node.parameters where graph.parameters[index].spec.kind == .trainable {
      count += graph.parameters[index].spec.shape.elementCount
    }
    parameters = count.constant ?? -1
    switch node.operation {
    case .convolution(let convolution):
      type = "Conv2d"
      groups = convolution.groups.constant
      epsilon = convolution.standardization?.epsilon
    case .linear: type = "Linear"
    case .batchNorm(let norm):
      type = "BatchNorm2d"
      epsilon = norm.epsilon
    case .layerNorm(let norm):
      type = "LayerNorm"
      epsilon = norm.epsilon
    case .globalResponseNorm(let norm):
      type = "GlobalResponseNorm"
      epsilon = norm.epsilon
    case .activation(let activation):
      type = activation.name
      isInPlace = activation.inPlace
    case .pool(let pool): type = pool.kind == .maximum ? "MaxPool2d" : "AvgPool2d"
    case .adaptivePool: type = "AdaptiveAvgPool2d"
    case .identity(.dropout(let probability)):
      type = "Dropout"
      self.probability = probability
    case .identity(.stochasticDepth): type = "StochasticDepth"
    default: type = node.operation.semantics.name
    }
    if let shape = node.operation.semantics.window {
      let axes = shape.axes
      let sizes = graph.inputTypes(of: node)[0].shape.spatial
      let paddings = zip(axes.indices, sizes).flatMap { axis, size in
        let padding = shape.padding(size, axis: axis)
        return [padding.before.constant ?? -1, padding.after.constant ?? -1]
      }
      window = [axes.map(\.kernel), axes.map(\.stride), paddings, axes.map(\.dilation)]
      // The reference gives average pools no dilation.
      if type == "AvgPool2d" { window.removeLast() }
    }
  }
}
