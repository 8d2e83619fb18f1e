import NetworkGraph
import SymbolicIntegers

/// How nodes are worded and shown in boxes.
struct Wording {
  let graph: Graph
  /// The leading axis that every feature map shares; left out where shapes are written.
  private let batch: Dimension?

  init(of graph: Graph) {
    self.graph = graph
    batch = graph.inputs.first.flatMap { graph.type(of: $0.value).shape.dimensions.first }
  }

  /// What a node does in a few words: `Conv 3×3 /2`, `MaxPool 2×2 /2`, `ReLU`.
  func operation(_ node: Node) -> String {
    let semantics = node.operation.semantics
    var name = semantics.name
    switch node.operation {
    case .convolution(let convolution):
      name = "Conv"
      if convolution.groups != 1 {
        let channels = node.inputs.first.map { graph.type(of: $0).shape }.flatMap { $0.rank > 1 ? $0[1] : nil }
        name = convolution.groups == channels ? "Depthwise conv" : "Group conv"
      }
    case .transposedConvolution: name = "Transposed conv"
    case .concatenation: name = "Concat"
    default: break
    }
    guard let window = semantics.window else { return name }
    func joined(_ value: (Window.Axis) -> Int) -> String {
      let values = window.axes.map(value)
      return values.allSatisfy { $0 == values[0] } ? "\(values[0])" : values.map(String.init).joined(separator: "×")
    }
    name += " " + window.axes.map { "\($0.kernel)" }.joined(separator: "×")
    if window.axes.contains(where: { $0.stride != 1 }) { name += " /\(joined(\.stride))" }
    if window.axes.contains(where: { $0.dilation != 1 }) { name += " dilated \(joined(\.dilation))" }
    return name
  }

  /// The node's outputs without the batch axis: `64×56×56`.
  func outputShape(_ node: Node) -> String {
    node.outputs.map(shape).joined(separator: ", ")
  }

  func shape(_ type: TensorType) -> String {
    guard type.isKnown else { return "unknown shape" }
    var shape = type.shape
    if shape.rank > 1, shape[0] == batch { shape.dimensions.removeFirst() }
    if shape.rank == 0 { return "scalar" }
    // A shape of one axis puts that axis in parentheses where it needs some.
    let sides = shape.dimensions.map { Shape([$0]).description }
    return TextMetrics.shortened(sides.joined(separator: "×"), to: 64)
  }

  /// Whether a run of nodes puts out the shape it reads, so that the shape need not be repeated.
  func keepsShape(from first: Node, through last: Node) -> Bool {
    guard let input = first.inputs.first, last.outputs.count == 1 else { return false }
    return graph.type(of: input).shape == last.outputs[0].shape
  }

  /// How a single node is drawn.
  func form(_ node: Node) -> Sketch.Form {
    switch node.operation {
    case .source(let source): source.kind == .input ? .terminal : .pill
    case .elementwise(let elementwise) where node.inputs.count > 1 && elementwise.function == .add: .addition
    case .elementwise(let elementwise) where node.inputs.count > 1 && elementwise.function == .multiply:
      .multiplication
    case .concatenation: .concatenation
    case .opaque: .unknown
    default: node.isWeighted ? .card : .pill
    }
  }
}

extension Node {
  /// Whether the node does the work networks are named for: convolutions, linear layers, matrix products.
  var isWeighted: Bool {
    switch operation {
    case .convolution, .transposedConvolution, .linear, .matrixProduct: true
    default: false
    }
  }

  /// Whether the node refines one tensor element by element or channel by channel: it belongs to what it follows.
  var isFollower: Bool {
    switch operation {
    case .batchNorm, .layerNorm, .groupNorm, .localResponseNorm, .activation, .softmax, .scale, .identity:
      inputs.count == 1
    default: false
    }
  }

  var isInput: Bool {
    if case .source(let source) = operation { return source.kind == .input }
    return false
  }

  /// Whether the node holds values that no input of the network reaches.
  var isConstant: Bool {
    if case .source(let source) = operation { return source.kind != .input }
    return false
  }

  /// Whether the node's output has nothing left of its input's spatial extent.
  var isPooledGlobally: Bool {
    switch operation {
    case .adaptivePool, .reduction: outputs.first?.shape.spatial.allSatisfy { $0 == 1 } == true
    default: false
    }
  }

  /// Whether the node brings several branches together.
  var isJunction: Bool { inputs.count > 1 && !isWeighted }
}
