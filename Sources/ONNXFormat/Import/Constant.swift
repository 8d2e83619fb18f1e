import NetworkGraph
import SymbolicIntegers

/// A tensor whose elements do not depend on the graph's inputs.
struct Constant {
  /// Where a constant comes from: what decides whether it is a learnt tensor.
  enum Provenance {
    /// An initializer. Views and casts of one are still that tensor.
    case stored
    /// A ConstantOfShape whose shape is an initializer: a weight whose values were left out of the file. Views and casts
    /// of one are still that tensor; anything else computed from one is a fixed table.
    case fill
    /// A fixed number or table: a Constant node, or computed from such.
    case fixed
    /// Output `output` of an operator applied to a learnt tensor; the index of the ``Derivation``.
    case derived(Int, output: Int)
  }

  /// What the elements are, or where they come from.
  enum Content {
    /// Only the operator of a ``Derivation`` computes them.
    case unknown
    /// Not read yet.
    indirect case tensor(TensorProto)
    indirect case sparse(SparseTensorProto)
    case elements([Scalar])
    case repeated(Scalar)
    /// `start`, `start + step`, ...
    case sequence(start: Scalar, step: Scalar)
    /// Too much for shape arithmetic: an output of the ``Computation`` with this index.
    case computed(Int, output: Int)
    /// The index of the ``Dequantization``.
    case dequantized(Int)
  }

  var type: TensorType
  /// Index of the ``Root``: the tensor in the file of which this is a view.
  var root: Int
  var provenance: Provenance
  var content: Content
  /// Whether the stored tensor, a matrix, is the transpose of this one.
  var isTransposed = false

  /// Whether training would change it, were it an operand of an elementwise operator: a stored tensor of real numbers
  /// with more than one element. Scalars are fixed factors, whole numbers are indices.
  var isLearnt: Bool {
    switch provenance {
    case .stored, .fill: type.elementType.isFloatingPoint && type.shape.elementCount != 1
    case .fixed: false
    case .derived: true
    }
  }

  /// Whether what is computed from it is learnt too.
  var makesResultsLearnt: Bool {
    if case .fill = provenance { return false }
    return isLearnt
  }

  /// The elements, where they are known and not too many.
  func elements() throws(ONNXError) -> [Scalar]? {
    if isTransposed { return nil }
    switch content {
    case .unknown, .sparse, .computed, .dequantized: return nil
    case .elements(let elements): return elements
    case .repeated(let element):
      guard let count = type.shape.elementCount.constant, count <= Folding.elementLimit, count >= 0 else { return nil }
      return Array(repeating: element, count: count)
    case .sequence(let start, let step):
      guard let count = type.shape.elementCount.constant, count <= Folding.elementLimit, count >= 0 else { return nil }
      return Folding.sequence(start, step, count: count, isReal: type.elementType.isFloatingPoint)
    case .tensor(let tensor):
      if let values = try tensor.ints(atMost: Folding.elementLimit) { return values.map { .integer(Dimension($0)) } }
      if let values = try tensor.floats(atMost: Folding.elementLimit) { return values.map { .real($0) } }
      return nil
    }
  }
}

/// A constant tensor of the file, and what has become of it in the graph.
struct Root {
  var name: String
  /// The graph's parameter that it is, and that one's shape.
  var parameter: (index: Int, shape: Shape)?
  /// The node that provides it to operators, where one does.
  var source: Feature?
}

/// An operator applied to a learnt tensor and constants. It becomes a node where its result is used.
struct Derivation {
  var operation: Operator
  var operands: [Constant]
  var place: NodePlace
  /// Derivations inside one another.
  var depth: Int
  /// The outputs, once they are part of the graph.
  var features: [Feature]?

  /// Deeper ones become nodes at once, so that following them needs little stack.
  static let depthLimit = 64
}

/// An operator applied to fixed constants whose result is too large to be evaluated while reading.
struct Computation {
  enum Function {
    case operation(Operator)
    /// The first operand with slices replaced: index tuples are in the second, slices in the third.
    case scatterSlices
  }

  var function: Function
  /// Computed ones come from computations before this one.
  var operands: [Constant]
  var outputs: [TensorType]
}

/// A stored tensor of whole numbers that stand for real ones: `(number - zero) * scale`.
struct Dequantization {
  var numbers: TensorProto
  /// One number, or one for each position of ``axis``, or one for each block of positions. Neither is itself computed.
  var scale: Constant
  var zero: Constant?
  var axis: Int
  /// Positions that share a number; 0 without blocks.
  var blockSize: Int

  /// What makes two dequantizations of one tensor the same: the tensors that they read, and how.
  struct Key: Hashable {
    var root: Int
    var scale: Int
    var zero: Int?
    var axis: Int
    var blockSize: Int
  }
}

/// What a name in the file stands for.
enum Operand {
  case feature(Feature)
  case constant(Constant)

  var type: TensorType {
    switch self {
    case .feature(let feature): feature.type
    case .constant(let constant): constant.type
    }
  }
}
