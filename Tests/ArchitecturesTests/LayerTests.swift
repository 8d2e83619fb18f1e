import Architectures
import NetworkGraph
import SymbolicIntegers
import TestSupport
import Testing

@Suite("Every layer against torchvision")
struct LayerTests {
  @Test("module calls equal the reference in order, settings, shapes, parameters and work", arguments: referenceModels)
  func layers(model: String) throws {
    let graph = try graph(of: model)
    // The reference lists calls of leaf modules. Additions, products, concatenations, flattening and what is called as
    // a function have no line there, and neither have the input and what only training runs.
    let nodes = graph.nodes.filter { node in
      if case .source = node.operation { false } else { node.origin != .function && !node.isTrainingOnly }
    }
    let rows = try Golden.rows("layers/\(model).csv")
    #expect(nodes.count == rows.count)
    for (node, row) in zip(nodes, rows) {
      let expected = Layer(row)
      let found = Layer(node, of: graph)
      #expect(found == expected)
      // After a first difference every further line differs too.
      if found != expected { break }
    }
  }

  @Test("names, shapes and order of the state dictionary equal the reference", arguments: referenceModels)
  func stateDictionary(model: String) throws {
    let graph = try graph(of: model)
    let rows = try Golden.rows("state_dict/\(model).csv")
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
      let sizes = row[column].split(separator: "x").compactMap { Int($0) }
      window.append(sizes.count == 1 ? [sizes[0], sizes[0]] : sizes)
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
    case .linear: type = "Linear"
    case .batchNorm(let norm):
      type = "BatchNorm2d"
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
    if let sliding = node.operation.semantics.window {
      let axes = sliding.axes
      // Padding that depends on the side has no numbers there.
      let isSymmetric = sliding.padding == .explicit && axes.allSatisfy { $0.before == $0.after }
      window = [
        axes.map(\.kernel), axes.map(\.stride), isSymmetric ? axes.map(\.before) : [], axes.map(\.dilation),
      ]
      // The reference gives average pools no dilation.
      if type == "AvgPool2d" { window.removeLast() }
    }
  }
}
