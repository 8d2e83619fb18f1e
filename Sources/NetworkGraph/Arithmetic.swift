import SymbolicIntegers

/// What one operator computes, as raw tallies: no counting convention is applied yet.
///
/// A *multiply-add* is one term of an inner product; padded taps count as work. The other tallies are what a naive
/// evaluation of the definition does. A division counts as a multiplication, a subtraction as an addition.
public struct Arithmetic: Hashable, Sendable {
  /// What the work belongs to. Conventions differ by it.
  public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
    case none
    case convolution, transposedConvolution, linear, matrixProduct
    case batchNorm, layerNorm, groupNorm, instanceNorm, localResponseNorm
    case maxPool, averagePool, adaptiveAveragePool
    case activation, softmax, elementwise, scale, reduction
    case nearestResize, linearResize
  }

  public var kind: Kind
  /// Terms of inner products.
  public var multiplyAdds: Dimension
  /// Additions of a bias to a finished inner product.
  public var biasAdditions: Dimension
  public var additions: Dimension
  public var multiplications: Dimension
  public var comparisons: Dimension
  /// Evaluations of exp, log, tanh, erf, sqrt and the like.
  public var transcendentals: Dimension
  /// Elements of the first input.
  public var inputElements: Dimension
  /// Elements of all outputs.
  public var outputElements: Dimension
  /// Elements of the input that the windows of a pool read, or reduced slices of a softmax: what thop counts by.
  public var taps: Dimension

  public init(
    _ kind: Kind, inputElements: Dimension = 0, outputElements: Dimension = 0, multiplyAdds: Dimension = 0,
    biasAdditions: Dimension = 0, additions: Dimension = 0, multiplications: Dimension = 0,
    comparisons: Dimension = 0, transcendentals: Dimension = 0, taps: Dimension = 0
  ) {
    self.kind = kind
    self.multiplyAdds = multiplyAdds
    self.biasAdditions = biasAdditions
    self.additions = additions
    self.multiplications = multiplications
    self.comparisons = comparisons
    self.transcendentals = transcendentals
    self.inputElements = inputElements
    self.outputElements = outputElements
    self.taps = taps
  }

  /// Data movement and sources: no arithmetic.
  public static let none = Arithmetic(.none)
}
