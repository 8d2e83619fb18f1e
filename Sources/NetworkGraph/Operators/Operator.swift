/// Every operator a graph can hold. Closed: a forgotten operator is a compile error wherever one is read.
public enum Operator: Hashable, Sendable {
  case source(Source)
  case convolution(Convolution)
  case transposedConvolution(TransposedConvolution)
  case pool(Pool)
  case adaptivePool(AdaptivePool)
  case batchNorm(BatchNorm)
  case layerNorm(LayerNorm)
  case groupNorm(GroupNorm)
  case localResponseNorm(LocalResponseNorm)
  case linear(Linear)
  case matrixProduct(MatrixProduct)
  case activation(Activation)
  case softmax(Softmax)
  case elementwise(Elementwise)
  case scale(Scale)
  case affine(Affine)
  case reduction(Reduction)
  case concatenation(Concatenation)
  case split(Split)
  case slice(Slice)
  case pad(Pad)
  case view(View)
  case transpose(Transpose)
  case channelShuffle(ChannelShuffle)
  case spaceDepth(SpaceDepth)
  case gather(Gather)
  case scatter(Scatter)
  case expand(Expand)
  case tile(Tile)
  case roll(Roll)
  case resize(Resize)
  case identity(Identity)
  case opaque(Opaque)

  /// The operator's description: the one place where the closed set is opened.
  public var semantics: any OperatorSemantics {
    switch self {
    case .source(let operation): operation
    case .convolution(let operation): operation
    case .transposedConvolution(let operation): operation
    case .pool(let operation): operation
    case .adaptivePool(let operation): operation
    case .batchNorm(let operation): operation
    case .layerNorm(let operation): operation
    case .groupNorm(let operation): operation
    case .localResponseNorm(let operation): operation
    case .linear(let operation): operation
    case .matrixProduct(let operation): operation
    case .activation(let operation): operation
    case .softmax(let operation): operation
    case .elementwise(let operation): operation
    case .scale(let operation): operation
    case .affine(let operation): operation
    case .reduction(let operation): operation
    case .concatenation(let operation): operation
    case .split(let operation): operation
    case .slice(let operation): operation
    case .pad(let operation): operation
    case .view(let operation): operation
    case .transpose(let operation): operation
    case .channelShuffle(let operation): operation
    case .spaceDepth(let operation): operation
    case .gather(let operation): operation
    case .scatter(let operation): operation
    case .expand(let operation): operation
    case .tile(let operation): operation
    case .roll(let operation): operation
    case .resize(let operation): operation
    case .identity(let operation): operation
    case .opaque(let operation): operation
    }
  }
}
