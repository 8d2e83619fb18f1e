import NetworkGraph
import SymbolicIntegers

/// Operators made of inner products: convolutions, linear layers, matrix products.
extension BackwardRules {
  /// y = w * x + b: dx and dw each take every product of the forward pass once more, with dy in the place of y.
  ///
  /// Every multiply-add `y[o] += w[t] * x[i]` of the forward loop is `dx[i] += w[t] * dy[o]` in one backward loop and
  /// `dw[t] += x[i] * dy[o]` in the other, so both count as many; the sizes of groups, strides and dilations are in the
  /// loop already. db sums dy over all positions and samples.
  static func product(_ call: Call, hasBias: Bool) -> OperatorGradients {
    let (x, y) = (call.inputElements, call.outputElements)
    let kind = call.forward.kind
    let weight = call.parameter("weight") + (call.parameters.isEmpty ? call.elements(1) : 0)
    let terms = Arithmetic(kind, multiplyAdds: call.forward.multiplyAdds)
    let input = TrainingKernel(terms, moves: y + weight + x)
    let kernel = TrainingKernel(terms, moves: y + x + weight)
    let channels = call.parameter("bias") + (call.parameters.isEmpty ? call.elements(2) : 0)
    let bias = TrainingKernel(Arithmetic(kind, biasAdditions: hasBias ? y - channels : 0), moves: y + channels)
    return OperatorGradients(
      inputs: Array([input, kernel, bias].prefix(call.inputs.count)),
      parameters: call.gradients(["weight": kernel, "bias": bias]))
  }

  /// A convolution; where its weight is standardised, dw goes on through the standardisation, a layer norm without weight
  /// over each output channel's weights, and through the gain.
  static func convolution(_ operation: Convolution, _ call: Call) -> OperatorGradients {
    var gradients = product(call, hasBias: operation.bias)
    guard let standardization = operation.standardization, call.inputs.count == 1 else { return gradients }
    let (weights, slices) = (call.parameter("weight"), operation.outputChannels)
    guard let position = call.parameters.firstIndex(where: { $0.name == "weight" }),
      var kernel = gradients.parameters[position]
    else { return gradients }
    let inner = normalizedInput(.convolution, elements: weights, slices: slices, isWeighted: standardization.gain)
    let normalized = normalizedValues(.convolution, elements: weights)
    kernel.work += inner.work
    kernel.work += normalized.work
    kernel.elementsMoved += inner.elementsMoved + normalized.elementsMoved
    gradients.parameters[position] = kernel
    if let gain = call.parameters.firstIndex(where: { $0.name == "gain" }) {
      gradients.parameters[gain] = TrainingKernel(
        Arithmetic(.convolution, additions: weights - slices, multiplications: weights), moves: weights * 2 + slices)
    }
    return gradients
  }

  /// y = a b: da = dy bT and db = aT dy, each with the multiply-adds of y; a factor on the product scales dy once.
  static func matrixProduct(_ operation: MatrixProduct, _ call: Call) -> OperatorGradients {
    let y = call.outputElements
    let terms = Arithmetic(.matrixProduct, multiplyAdds: call.forward.multiplyAdds)
    let moved = y + call.elements(0) + call.elements(1)
    let scaled = TrainingKernel(Arithmetic(.matrixProduct, multiplications: y), moves: y * 2)
    return OperatorGradients(
      shared: operation.factor == 1 ? nil : scaled,
      inputs: call.inputs.map { _ in TrainingKernel(terms, moves: moved) })
  }
}
