import NetworkGraph
import SymbolicIntegers

/// What of a network an ONNX file keeps: two networks with equal normal forms compute the same under the same names.
///
/// Reading back what ``ONNXExport`` wrote gives the normal form of what was written. It differs from the graph so:
/// - what only training runs is gone, and so are dropout, stochastic depth and identities: their readers read what they
///   pass on; tensors that nothing reads are gone with them, and the counters of normalisations;
/// - inputs come first, and each other tensor directly before the first node that reads it; parameters are in the order
///   in which nodes use them, under their full names;
/// - how a reference implementation runs it is gone: modules or functions, in place or not, what it keeps alive;
/// - real settings are rounded to single precision;
/// - SAME padding of plain sizes is its numbers; global pools are without sizes; a reshape is its result's sizes, and so
///   is a flattening of other than all axes but the first.
public struct NormalForm: Hashable, Sendable {
  /// A scope around a node.
  public struct Level: Hashable, Sendable {
    public var name: String
    public var role: Scope.Role
    public var isNamed: Bool
  }

  public struct Node: Hashable, Sendable {
    /// The scopes around it, outermost first.
    public var scopes: [Level]
    public var name: String
    /// 0 for the first node of this name in its scope, and so on.
    public var call: Int
    public var operation: Operator
    /// Positions of nodes in the normal form.
    public var inputs: [Value]
    public var outputs: [TensorType]
    /// Names of the parameters.
    public var parameters: [String]
  }

  public struct Parameter: Hashable, Sendable {
    public var name: String
    public var spec: ParameterSpec
  }

  public var name: String
  public var nodes: [Node] = []
  public var parameters: [Parameter] = []
  public var inputs: [Port] = []
  public var outputs: [Port] = []
}

extension Graph {
  /// What an ONNX file keeps of the network.
  public var normalForm: NormalForm {
    let inference = InferenceGraph(self)
    var result = NormalForm(name: name)
    var positions = Array(repeating: 0, count: nodes.count)
    func moved(_ value: Value) -> Value {
      let value = inference.resolved(value)
      return Value(node: positions[value.node], output: value.output)
    }
    struct Key: Hashable {
      var path: String
      var name: String
    }
    var calls: [Key: Int] = [:]
    var isListed = Array(repeating: false, count: parameters.count)
    for id in inference.nodes {
      let node = nodes[id]
      positions[id] = result.nodes.count
      let owned = node.parameters.filter { parameters[$0].spec.kind != .counter }
      for index in owned where !isListed[index] {
        isListed[index] = true
        result.parameters.append(
          NormalForm.Parameter(name: name(of: parameters[index]), spec: parameters[index].spec))
      }
      let call = calls[Key(path: path(ofScope: node.scope), name: node.name), default: 0]
      calls[Key(path: path(ofScope: node.scope), name: node.name)] = call + 1
      result.nodes.append(
        NormalForm.Node(
          scopes: levels(around: node), name: node.name, call: call,
          operation: node.operation.normalized(inputTypes(of: node), node.outputs),
          inputs: node.inputs.map { moved($0) },
          outputs: node.outputs, parameters: owned.map { name(of: parameters[$0]) }))
    }
    func moved(_ port: Port) -> Port {
      var port = port
      port.value = moved(port.value)
      return port
    }
    result.inputs = inputs.map(moved)
    result.outputs = inference.outputs.map(moved)
    return result
  }

  private func levels(around node: Node) -> [NormalForm.Level] {
    var levels: [NormalForm.Level] = []
    var scope = node.scope
    while scope != 0, let parent = scopes[scope].parent {
      levels.append(
        NormalForm.Level(name: scopes[scope].name, role: scopes[scope].role, isNamed: scopes[scope].isNamed))
      scope = parent
    }
    return levels.reversed()
  }
}

extension Operator {
  /// The same operator as a file says it, for given inputs and outputs.
  fileprivate func normalized(_ inputs: [TensorType], _ outputs: [TensorType]) -> Operator {
    let shape = inputs.first?.shape ?? []
    switch self {
    case .convolution(var operation):
      operation.slidingWindow = operation.slidingWindow.normalized(for: shape)
      operation.standardization?.epsilon.round()
      operation.standardization?.factor.round()
      return .convolution(operation)
    case .transposedConvolution(var operation):
      let padding = operation.outputPadding
      operation.outputPadding = PerAxis(operation.slidingWindow.axes.indices.map { padding[$0] })
      return .transposedConvolution(operation)
    case .pool(var operation):
      operation.slidingWindow = operation.slidingWindow.normalized(for: shape)
      if operation.kind == .average(.window), !operation.slidingWindow.ceilMode { operation.kind = .average(.padding) }
      return .pool(operation)
    case .adaptivePool(var operation):
      if operation.isGlobal { operation.outputSizes = nil }
      if case .average = operation.kind { operation.kind = .average(.padding) }
      return .adaptivePool(operation)
    case .batchNorm(var operation):
      operation.epsilon.round()
      return .batchNorm(operation)
    case .layerNorm(var operation):
      operation.epsilon.round()
      return .layerNorm(operation)
    case .groupNorm(var operation):
      operation.epsilon.round()
      return .groupNorm(operation)
    case .localResponseNorm(var operation):
      operation.alpha.round()
      operation.beta.round()
      operation.k.round()
      return .localResponseNorm(operation)
    case .globalResponseNorm(var operation):
      operation.epsilon.round()
      return .globalResponseNorm(operation)
    case .unitNormalization(var operation):
      operation.epsilon.round()
      return .unitNormalization(operation)
    case .matrixProduct(var operation):
      operation.factor.round()
      return .matrixProduct(operation)
    case .activation(let operation): return .activation(Activation(operation.function.normalized))
    case .elementwise(let operation): return .elementwise(Elementwise(operation.function))
    case .affine(let operation):
      return .affine(Affine(factor: operation.factor.rounded, offset: operation.offset.rounded))
    case .pad(var operation):
      if case .constant(let value) = operation.mode { operation.mode = .constant(value.rounded) }
      return .pad(operation)
    case .split(var operation):
      operation.axis = shape.normalized(axis: operation.axis) ?? operation.axis
      return .split(operation)
    case .view(let view): return .view(view.normalized(shape, to: outputs[0].shape))
    case .expand: return .expand(Expand(to: outputs[0].shape))
    case .resize(var operation):
      let isScaled = zip(operation.sizes, shape.dimensions).allSatisfy { size, side in
        if case .size(let size) = size { size == side } else { true }
      }
      operation.sizes = zip(operation.sizes, outputs[0].shape.dimensions).map { size, side in
        if isScaled, case .factor(let factor) = size, factor != 1 { .factor(factor.rounded) } else { .size(side) }
      }
      return .resize(operation)
    case .source, .linear, .softmax, .scale, .reduction, .concatenation, .slice, .transpose, .channelShuffle,
      .spaceDepth, .gather, .scatter, .tile, .roll, .identity, .opaque:
      return self
    }
  }
}

extension Window {
  fileprivate func normalized(for input: Shape) -> Window {
    guard padding != .explicit, let pads = pads(for: input) else { return self }
    var result = self
    result.padding = .explicit
    for index in axes.indices {
      result.axes[index].before = pads[index]
      result.axes[index].after = pads[index + axes.count]
    }
    return result
  }
}

extension View {
  fileprivate func normalized(_ input: Shape, to output: Shape) -> View {
    switch self {
    case .squeeze, .unsqueeze: return self
    case .flatten(let from, let through):
      let (first, last) = (input.normalized(axis: from), input.normalized(axis: through))
      if input.rank > 1, first == 1, last == input.rank - 1 { return .flatten(from: 1, through: -1) }
    case .reshape: break
    }
    return .reshape(output.dimensions.map { .size($0) })
  }
}

extension Activation.Function {
  fileprivate var normalized: Self {
    switch self {
    case .clip(let lower, let upper):
      lower == 0 && upper == 6 ? .relu6 : .clip(lower: lower.rounded, upper: upper.rounded)
    case .leakyReLU(let slope): .leakyReLU(slope: slope.rounded)
    case .thresholdedReLU(let threshold): .thresholdedReLU(threshold: threshold.rounded)
    case .hardSigmoid(let alpha, let beta): .hardSigmoid(alpha: alpha.rounded, beta: beta.rounded)
    case .elu(let alpha): .elu(alpha: alpha.rounded)
    case .selu(let alpha, let scale): .selu(alpha: alpha.rounded, scale: scale.rounded)
    case .celu(let alpha): .celu(alpha: alpha.rounded)
    case .relu, .relu6, .preLU, .sigmoid, .tanh, .silu, .hardSwish, .gelu, .geluTanh, .mish, .softplus, .softsign: self
    }
  }
}

extension Double {
  /// The shortest decimal of the nearest single-precision number.
  fileprivate var rounded: Double { Double(shortest: Float(self)) }

  fileprivate mutating func round() { self = rounded }
}
