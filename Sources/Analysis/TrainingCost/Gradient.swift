import NetworkGraph
import SymbolicIntegers

/// One step of a program that trains: its arithmetic, and the elements it reads and writes.
public struct TrainingKernel: Sendable {
  public var work: Arithmetic
  /// Floating-point elements read and written, each operand and result once: the traffic of a program that runs one
  /// kernel after the other and keeps nothing in between.
  public var elementsMoved: Dimension
  /// 64-bit indices of maxima and of gathered positions, read or written.
  public var indicesMoved: Dimension

  public init(_ work: Arithmetic, moves elements: Dimension = 0, indices: Dimension = 0) {
    self.work = work
    elementsMoved = elements
    indicesMoved = indices
  }

  /// Bytes read and written where a floating-point element takes `elementBytes`.
  public func bytesMoved(elementBytes: Int) -> Dimension {
    elementsMoved * elementBytes + indicesMoved * EagerRules.indexBytes
  }
}

/// A gradient that the backward pass computes at one node, and what that takes.
public struct Gradient: Sendable {
  public enum Target: Hashable, Sendable {
    /// Of the loss with respect to the node's input at this position.
    case input(Int)
    /// With respect to a parameter, by its index in the graph.
    case parameter(Int)
    /// Sums that gradients of inputs and parameters are both made of.
    case shared
    /// The sum over the readers of an output or the uses of a parameter: each sends a gradient of its own.
    case accumulation
  }

  public var target: Target
  public var kernel: TrainingKernel
}

/// What the backward pass of one operator can compute: one kernel for each gradient, nil where there is none.
///
/// Forward, a tensor y is computed from tensors x and parameters w. Backward, dy stands for the gradient of the loss with
/// respect to y, and each kernel computes one dx or dw from it by the chain rule.
struct OperatorGradients {
  /// What several of the gradients need and one kernel computes.
  var shared: TrainingKernel?
  /// One for each input; nil where the output does not depend on it smoothly.
  var inputs: [TrainingKernel?]
  /// One for each parameter the operator owns, in its order; nil for buffers.
  var parameters: [TrainingKernel?] = []
}
