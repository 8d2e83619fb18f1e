import NetworkGraph
import SymbolicIntegers

/// The backward pass by operator: for each gradient its operations and its memory traffic.
///
/// Each rule counts the loop that the chain rule gives when it is written out: an inner product of k terms is k
/// multiply-adds as in the forward pass, a sum of k terms into one result k - 1 additions, a sum that is scattered over
/// results one addition a term; a division counts as a multiplication, a change of sign and a choice between two values as
/// nothing. What the forward pass computed and automatic differentiation keeps (``TrainingMemory``) is read, the rest is
/// computed again. Padded taps count as work, as they do forward. Conventions that count by elements (fvcore, thop) are
/// definitions of forward passes: their factors find nothing here.
///
/// Sources: the derivative of each definition, in the form of PyTorch's `derivatives.yaml` where several are possible.
struct BackwardRules {
  /// An operator with the types around it.
  struct Call {
    var inputs: [TensorType]
    var outputs: [TensorType]
    /// The operator's work forward.
    var forward: Arithmetic
    var parameters: [ParameterSpec]

    /// Elements of the first input.
    var inputElements: Dimension { elements(0) }
    /// Elements of all outputs.
    var outputElements: Dimension { Dimension.sum(outputs.map { $0.isKnown ? $0.shape.elementCount : 0 }) }

    func elements(_ input: Int) -> Dimension {
      inputs.indices.contains(input) && inputs[input].isKnown ? inputs[input].shape.elementCount : 0
    }

    /// Elements of the parameter called `name`; 0 where there is none.
    func parameter(_ name: String) -> Dimension {
      parameters.first { $0.name == name }?.shape.elementCount ?? 0
    }

    /// One kernel for each parameter, by its name; nil for buffers.
    func gradients(_ kernels: [String: TrainingKernel]) -> [TrainingKernel?] { parameters.map { kernels[$0.name] } }
  }

  /// What the backward pass of `node` can compute. Sources and operators without a derivative compute nothing.
  static func gradients(of node: Node, in graph: Graph) -> OperatorGradients {
    let call = Call(
      inputs: graph.inputTypes(of: node), outputs: node.outputs, forward: graph.arithmetic(of: node),
      parameters: node.parameters.map { graph.parameters[$0].spec })
    switch node.operation {
    case .source: return OperatorGradients(inputs: [])
    case .opaque: return OperatorGradients(inputs: call.inputs.map { _ in TrainingKernel(.none) })
    case .convolution(let operation): return convolution(operation, call)
    case .transposedConvolution(let operation): return product(call, hasBias: operation.bias)
    case .linear(let operation): return product(call, hasBias: operation.bias)
    case .matrixProduct(let operation): return matrixProduct(operation, call)
    case .batchNorm: return batchNorm(call)
    case .layerNorm(let norm): return layerNorm(norm, call)
    case .groupNorm(let norm): return groupNorm(norm, call)
    case .localResponseNorm(let norm): return localResponseNorm(norm, call)
    case .globalResponseNorm(let norm): return globalResponseNorm(norm, call)
    case .unitNormalization(let norm): return unitNormalization(norm, call)
    case .pool(let pool): return self.pool(pool.kind, call)
    case .adaptivePool(let pool): return self.pool(pool.kind, call)
    case .activation(let activation): return self.activation(activation, call)
    case .softmax(let softmax): return self.softmax(softmax, call)
    case .elementwise(let operation): return elementwise(operation, call)
    case .scale(let scale): return self.scale(scale, call)
    case .affine(let affine): return self.affine(affine, call)
    case .reduction(let reduction): return self.reduction(reduction, call)
    case .resize(let resize): return self.resize(resize, call)
    case .concatenation, .split, .slice, .pad, .view, .transpose, .channelShuffle, .spaceDepth, .gather, .scatter,
      .expand, .tile, .roll, .identity:
      return movement(node.operation, call)
    }
  }
}
