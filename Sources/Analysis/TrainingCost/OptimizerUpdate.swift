import NetworkGraph
import SymbolicIntegers

/// The update of trained weights after a step: operations and bytes, with weight decay.
///
/// For each weight w with gradient g, decay first, `g + decay w` (one product, one sum), or for Adam `w - rate decay w`
/// with the factor `1 - rate decay` computed once (one product):
/// - SGD: `w - rate g`: a product and a sum.
/// - momentum: `v = mu v + g`, `w - rate v`: two products, two sums. Sutskever et al. 2013.
/// - Adam: `m = b1 m + (1 - b1) g` (two products, a sum), `v = b2 v + (1 - b2) g g` (three products, a sum), then
///   `w - rate m / (sqrt v / c + epsilon)`: a root, two divisions, a product, two sums. Kingma and Ba 2015,
///   arXiv:1412.6980, section 2; decoupled decay Loshchilov and Hutter 2019, arXiv:1711.05101.
///
/// Bytes: gradient, weight and state read once, weight and state written once. In mixed precision gradients have 16 bits,
/// weights and state 32, and a copy of the weights in 16 bits is written for the next step.
public struct OptimizerUpdate: Sendable {
  public let work: Arithmetic
  public let bytesMoved: Dimension

  /// - Parameter weights: elements of the trained parameters.
  public init(of weights: Dimension, _ options: TrainingOptions) {
    var work = Arithmetic(.elementwise)
    let (additions, multiplications, roots) =
      switch options.optimizer {
      case .sgd: (2, 2, 0)
      case .momentum: (3, 3, 0)
      case .adam: (4, 9, 1)
      }
    work.additions = weights * additions
    work.multiplications = weights * multiplications
    work.transcendentals = weights * roots
    self.work = work
    // In mixed precision the gradient and the copy written have 2 bytes each, else the gradient alone has 4.
    bytesMoved = weights * (2 * (1 + options.optimizer.statesPerWeight) * 4 + 4)
  }
}
