import NetworkGraph
import SymbolicIntegers

/// An input of an operator as PyTorch's eager execution meets it.
struct EagerOperand {
  var type: TensorType
  /// nil for row-major order.
  var layout: EagerLayout?
  /// Whether a gradient flows to it.
  var needsGradient: Bool
}

/// What PyTorch allocates to run one operator, and what autograd keeps of it for the backward pass.
///
/// One rule per operator; the rules are readings of PyTorch's CPU kernels and of `derivatives.yaml`, and hold to the byte
/// against measurements with `saved_tensors_hooks` and a dispatch mode that follows storages.
struct EagerCall {
  enum Output {
    /// A new storage; nil for row-major order.
    case fresh(EagerLayout?)
    /// The storage of an input: a view, an operator that writes in place, or none at all.
    case shared(input: Int, EagerLayout?)
    /// Nothing: part of a kernel that another node stands for.
    case absent
  }

  /// A storage that autograd keeps.
  enum Kept {
    case input(Int)
    case output
    /// A storage that no value of the graph names: a mask, statistics, a copy; its bytes.
    case extra(Dimension)
  }

  var output: Output = .fresh(nil)
  /// Bytes that live beside inputs and outputs at the operator's worst moment.
  var scratch: Dimension = 0
  var kept: [Kept] = []
}

/// How eager execution runs operators.
struct EagerRules {
  var isTraining: Bool
  /// What floating-point activations are stored as; nil for the graph's own types.
  var precision: ElementType?

  /// Bytes of statistics, which stay in 32 bits whatever the activations are.
  static let statisticBytes = 4
  /// Bytes of one index of a maximum.
  static let indexBytes = 8

  /// Bytes of a tensor; 0 where its type is not known.
  func bytes(_ type: TensorType) -> Dimension {
    guard type.isKnown else { return 0 }
    return type.shape.elementCount * elementBytes(type.elementType)
  }

  func elementBytes(_ type: ElementType) -> Int {
    type.isFloatingPoint ? (precision ?? type).byteCount : type.byteCount
  }

  /// What running `node` allocates and keeps.
  ///
  /// A factor is kept for the gradient of the other one. A convolution and a norm compute all their gradients in one
  /// kernel, which keeps what any of them needs.
  /// - Parameter trains: whether the node's own parameters are trained.
  func call(_ node: Node, _ inputs: [EagerOperand], trains: Bool) -> EagerCall {
    let outputs = node.outputs
    switch node.operation {
    case .source, .opaque: return EagerCall()
    case .convolution(let operation):
      return convolution(inputs, operation, trains: trains)
    case .transposedConvolution: return EagerCall(kept: keptOperands(inputs))
    case .pool(let pool): return self.pool(pool, inputs, outputs[0])
    case .adaptivePool(let pool): return adaptivePool(pool, inputs, outputs[0])
    case .batchNorm: return batchNorm(inputs)
    case .layerNorm(let norm): return layerNorm(norm, inputs)
    case .groupNorm(let norm): return groupNorm(norm, inputs)
    case .localResponseNorm(let norm): return localResponseNorm(norm, inputs)
    case .globalResponseNorm(let norm): return globalResponseNorm(norm, inputs)
    case .unitNormalization(let norm): return unitNormalization(norm, inputs)
    case .linear: return linear(inputs, trains: trains)
    case .matrixProduct(let product): return matrixProduct(product, inputs)
    case .activation(let activation): return self.activation(activation, inputs, outputs[0])
    case .softmax: return EagerCall(output: .fresh(dense(inputs[0])), kept: [.output])
    case .elementwise(let operation): return elementwise(operation, inputs, outputs[0])
    case .scale(let scale):
      let bytes = bytes(outputs[0])
      return EagerCall(
        output: .fresh(dense(inputs[0])), scratch: scale.bias ? bytes : 0, kept: trains ? [.input(0)] : [])
    case .affine(let affine): return self.affine(affine, inputs, outputs[0])
    case .reduction(let reduction): return self.reduction(reduction)
    case .concatenation: return EagerCall(output: .fresh(channelsLast(inputs[0], outputs[0].shape)))
    case .split, .slice, .view, .transpose, .expand: return view(node.operation, inputs, outputs[0])
    case .pad(let pad): return EagerCall(kept: pad.isConstant ? [] : [.input(0)])
    case .gather(let gather): return self.gather(gather)
    case .scatter: return EagerCall(kept: [.input(1)])
    case .channelShuffle, .spaceDepth, .tile, .roll: return EagerCall()
    case .resize: return EagerCall(output: .fresh(channelsLast(inputs[0], outputs[0].shape)))
    case .identity(let identity): return self.identity(identity, inputs, outputs[0])
    }
  }
}

// MARK: Layouts of outputs

extension EagerRules {
  /// The layout of an elementwise result: the operand's axes in their order in memory, without gaps.
  func dense(_ operand: EagerOperand) -> EagerLayout? {
    guard let layout = operand.layout else { return nil }
    return EagerLayout(dense: operand.type.shape, order: layout.order).unlessRowMajor(operand.type.shape)
  }

  /// The layout of a windowed operator's result: channels innermost where the operand's are.
  func channelsLast(_ operand: EagerOperand, _ shape: Shape) -> EagerLayout? {
    guard let layout = operand.layout, shape.rank > 2, layout.order.last == 1 else { return nil }
    return EagerLayout(dense: shape, order: [0] + (2..<shape.rank) + [1]).unlessRowMajor(shape)
  }
}

extension Pad {
  fileprivate var isConstant: Bool {
    if case .constant = mode { return true }
    return false
  }
}
