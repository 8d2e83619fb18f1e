import NetworkGraph

/// How a network is trained, as far as its memory depends on it.
public struct TrainingOptions: Hashable, Sendable {
  /// The rule by which weights are updated, and with it the numbers it remembers for each weight.
  public enum Optimizer: String, Hashable, Sendable, CaseIterable {
    /// Gradient descent: nothing.
    case sgd
    /// A running mean of gradients.
    case momentum
    /// Running means of gradients and of their squares; Kingma and Ba 2015, arXiv:1412.6980. AdamW is the same.
    case adam

    /// Numbers for each weight.
    public var statesPerWeight: Int {
      switch self {
      case .sgd: 0
      case .momentum: 1
      case .adam: 2
      }
    }
  }

  /// The number formats of training.
  ///
  /// Mixed precision keeps weights, gradients and activations in 16 bits and, with the optimiser's state, a master copy of
  /// the weights in 32 bits; statistics of norms stay in 32 bits. With Adam these are 16 bytes for each weight.
  /// Source: Micikevicius et al. 2018, arXiv:1710.03740; Rajbhandari et al. 2020, arXiv:1910.02054, section 3.1.
  public enum Precision: String, Hashable, Sendable, CaseIterable {
    /// Everything as the graph has it, which is 32 bits.
    case full
    case float16
    case bfloat16

    /// What floating-point activations are stored as; nil for the graph's own types.
    var activations: ElementType? {
      switch self {
      case .full: nil
      case .float16: .float16
      case .bfloat16: .bfloat16
      }
    }
  }

  public var optimizer: Optimizer
  public var precision: Precision
  /// Blocks to a segment whose inside the backward pass computes again; nil to keep everything. At least 1.
  ///
  /// Chen et al. 2016, arXiv:1604.06174.
  public var blocksPerSegment: Int?

  public init(optimizer: Optimizer = .momentum, precision: Precision = .full, blocksPerSegment: Int? = nil) {
    self.optimizer = optimizer
    self.precision = precision
    self.blocksPerSegment = blocksPerSegment
  }
}
