import NetworkGraph

/// The reference computation of a step: the one place in this back end where the closed set of operators is opened.
/// - Throws: ``ExecutionError/unsupported(node:reason:)``.
func referenceKernel(for step: Step) throws(ExecutionError) -> ReferenceKernel {
  switch step.operation {
  case .source, .opaque: throw .unsupported(node: step.path, reason: "nothing computes it")
  case .convolution(let operation): try convolution(operation, step)
  case .transposedConvolution(let operation): try transposedConvolution(operation, step)
  case .pool(let operation): try pool(operation, step)
  case .adaptivePool(let operation): adaptivePool(operation, step)
  case .batchNorm(let operation): try batchNorm(operation, step)
  case .layerNorm(let operation): layerNorm(operation, step)
  case .groupNorm(let operation): groupNorm(operation, step)
  case .localResponseNorm(let operation): localResponseNorm(operation, step)
  case .globalResponseNorm(let operation): try globalResponseNorm(operation, step)
  case .unitNormalization(let operation): unitNormalization(operation, step)
  case .linear(let operation): try linear(operation, step)
  case .matrixProduct(let operation): matrixProduct(operation, step)
  case .activation(let operation): try activation(operation, step)
  case .softmax(let operation): softmax(operation, step)
  case .elementwise(let operation): try elementwise(operation, step)
  case .scale(let operation): try scale(operation, step)
  case .affine(let operation):
    mapping(step) { Float(Double($0) * operation.factor + operation.offset) }
  case .reduction(let operation): reduction(operation, step)
  case .concatenation(let operation): concatenation(operation, step)
  case .split(let operation):
    copying(zip(step.input.layout.split(operation), step.outputs).map { ($0, step.input.base, $1) })
  case .slice(let operation): copying(step.input.layout.sliced(operation), step)
  case .pad(let operation): pad(operation, step)
  case .view, .identity(.identity), .identity(.dropout), .identity(.stochasticDepth):
    copying(step.input, to: step.output)
  case .transpose(let operation): copying(step.input.layout.transposed(operation.permutation), step)
  case .channelShuffle(let operation): channelShuffle(operation, step)
  case .spaceDepth(let operation): spaceDepth(operation, step)
  case .gather(let operation): gather(operation, step)
  case .scatter(let operation): scatter(operation, step)
  case .expand: copying(step.input.layout.expanded(to: step.output.shape), step)
  case .tile(let operation): tile(operation, step)
  case .roll(let operation): roll(operation, step)
  case .resize(let operation): resize(operation, step)
  case .identity(.cast(let type)): cast(to: type, step)
  }
}
