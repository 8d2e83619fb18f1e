import NetworkGraph
import SymbolicIntegers
import Tensors

/// Evaluates the computations that the constants of one graph need, all at once and each once.
struct ConstantEvaluation {
  /// Elements that all computations together may have as operands and results.
  static let elementLimit = 1 << 22

  private let computations: [Computation]
  private let reader: ConstantReader
  /// The outputs of each needed computation, or why there are none.
  private var results: [Int: Result<[[Scalar]], TensorError>] = [:]
  private var elementCount = 0

  /// - Parameter constants: those whose values are asked for.
  init(_ computations: [Computation], for constants: some Sequence<Constant>, _ reader: ConstantReader) {
    self.computations = computations
    self.reader = reader
    for index in Self.needed(computations, by: constants) {
      do throws(TensorError) {
        results[index] = .success(try evaluate(computations[index]))
      } catch {
        results[index] = .failure(error)
      }
    }
  }

  /// The elements of a constant with computed content; nil for any other constant.
  func elements(of constant: Constant) throws(TensorError) -> [Scalar]? {
    guard case .computed(let index, let output) = constant.content else { return nil }
    guard let result = results[index] else { throw reader.unsupported("a constant is not computed") }
    return try result.get()[output]
  }

  /// The computations that lead to `constants`, each after those it reads.
  private static func needed(_ computations: [Computation], by constants: some Sequence<Constant>) -> [Int] {
    var isNeeded = Array(repeating: false, count: computations.count)
    func mark(_ constant: Constant) {
      if case .computed(let index, _) = constant.content { isNeeded[index] = true }
    }
    for constant in constants { mark(constant) }
    for index in computations.indices.reversed() where isNeeded[index] { computations[index].operands.forEach(mark) }
    return computations.indices.filter { isNeeded[$0] }
  }

  private mutating func evaluate(_ computation: Computation) throws(TensorError) -> [[Scalar]] {
    var shapes: [[Int]] = []
    for type in computation.outputs { shapes.append(try spend(type)) }
    var operands: [FoldedTensor] = []
    for operand in computation.operands {
      let shape = try spend(operand.type)
      let elements: [Scalar]
      if let computed = try self.elements(of: operand) {
        elements = computed
      } else {
        elements = try reader.scalars(operand)
      }
      // A file's data may be fewer than its shape says.
      guard elements.count == Folding.count(shape) else {
        throw TensorError.elementCount(shape: shape, found: elements.count)
      }
      operands.append(FoldedTensor(shape: shape, elements: elements))
    }
    let result: [[Scalar]]?
    let title: String
    switch computation.function {
    case .operation(let operation):
      title = operation.semantics.name
      let elementType = computation.operands.first?.type.elementType ?? .float32
      result = Folding.evaluate(operation, operands, elementType: elementType, producing: shapes)
    case .scatterSlices:
      title = "ScatterND"
      result = Folding.scattered(operands[0], operands[1], operands[2]).map { [$0] }
    }
    guard let result else { throw reader.unsupported("\(title) of constants cannot be evaluated") }
    return result
  }

  /// The plain shape of a tensor, whose elements count.
  private mutating func spend(_ type: TensorType) throws(TensorError) -> [Int] {
    guard let shape = Folding.shape(type.shape, atMost: Self.elementLimit) else {
      throw reader.unsupported(
        type.shape.isConstant
          ? "a computed constant of shape \(type.shape) has more than \(Self.elementLimit) elements"
          : "the shape of a computed constant, \(type.shape), depends on symbols")
    }
    elementCount += Folding.count(shape) + 1
    guard elementCount <= Self.elementLimit else {
      throw reader.unsupported("its computed constants have more than \(Self.elementLimit) elements together")
    }
    return shape
  }
}
