import SymbolicIntegers

/// An expression that is evaluated node by node in plain integers: the reference for what a dimension means.
indirect enum ExpressionTree: CustomStringConvertible {
  case integer(Int)
  case symbol(Int)
  case sum(ExpressionTree, ExpressionTree)
  case difference(ExpressionTree, ExpressionTree)
  case product(ExpressionTree, ExpressionTree)
  case negation(ExpressionTree)
  case floor(ExpressionTree, Int)
  case ceiling(ExpressionTree, Int)
  case remainder(ExpressionTree, Int)
  case maximum(ExpressionTree, ExpressionTree)
  case minimum(ExpressionTree, ExpressionTree)

  static let names = ["x", "y", "z"]

  /// A random tree with `leaves` leaves, negative numbers among them.
  init(leaves: Int, using generator: inout SeededGenerator) {
    guard leaves > 1 else {
      let isSymbol = Int.random(in: 0..<10, using: &generator) < 7
      self =
        isSymbol
        ? .symbol(Int.random(in: 0..<Self.names.count, using: &generator))
        : .integer(Int.random(in: -12...12, using: &generator))
      return
    }
    func part(_ leaves: Int) -> ExpressionTree { ExpressionTree(leaves: leaves, using: &generator) }
    let split = Int.random(in: 1..<leaves, using: &generator)
    // Divisions take one operand; a constant added inside makes the nested-bracket law meet every residue.
    let divisor = [-7, -3, -2, -1, 1, 2, 2, 3, 4, 5, 8].randomElement(using: &generator) ?? 2
    switch Int.random(in: 0..<12, using: &generator) {
    case 0, 1: self = .sum(part(split), part(leaves - split))
    case 2, 3: self = .difference(part(split), part(leaves - split))
    case 4: self = .product(part(split), part(leaves - split))
    case 5: self = .negation(part(leaves - 1))
    case 6, 7: self = .floor(.sum(part(leaves - 1), part(1)), divisor)
    case 8: self = .ceiling(part(leaves - 1), divisor)
    case 9: self = .remainder(part(leaves - 1), divisor)
    case 10: self = .maximum(part(split), part(leaves - split))
    default: self = .minimum(part(split), part(leaves - split))
    }
  }

  /// The value for values of x, y and z; the caller keeps them small enough not to overflow.
  func value(_ values: [Int]) -> Int {
    switch self {
    case .integer(let value): value
    case .symbol(let index): values[index]
    case .sum(let left, let right): left.value(values) + right.value(values)
    case .difference(let left, let right): left.value(values) - right.value(values)
    case .product(let left, let right): left.value(values) * right.value(values)
    case .negation(let operand): -operand.value(values)
    case .floor(let operand, let divisor): referenceFloor(operand.value(values), divisor)
    case .ceiling(let operand, let divisor): -referenceFloor(-operand.value(values), divisor)
    case .remainder(let operand, let divisor):
      operand.value(values) - divisor * referenceFloor(operand.value(values), divisor)
    case .maximum(let left, let right): max(left.value(values), right.value(values))
    case .minimum(let left, let right): min(left.value(values), right.value(values))
    }
  }

  /// The same expression as a dimension, in `symbols` for x, y and z.
  func dimension(_ symbols: [Dimension]) -> Dimension {
    switch self {
    case .integer(let value): Dimension(value)
    case .symbol(let index): symbols[index]
    case .sum(let left, let right): left.dimension(symbols) + right.dimension(symbols)
    case .difference(let left, let right): left.dimension(symbols) - right.dimension(symbols)
    case .product(let left, let right): left.dimension(symbols) * right.dimension(symbols)
    case .negation(let operand): -operand.dimension(symbols)
    case .floor(let operand, let divisor): operand.dimension(symbols).floorDivided(by: divisor)
    case .ceiling(let operand, let divisor): operand.dimension(symbols).ceilDivided(by: divisor)
    case .remainder(let operand, let divisor): operand.dimension(symbols).modulo(divisor)
    case .maximum(let left, let right): .maximum(left.dimension(symbols), right.dimension(symbols))
    case .minimum(let left, let right): .minimum(left.dimension(symbols), right.dimension(symbols))
    }
  }

  var description: String {
    switch self {
    case .integer(let value): "(\(value))"
    case .symbol(let index): Self.names[index]
    case .sum(let left, let right): "(\(left) + \(right))"
    case .difference(let left, let right): "(\(left) - \(right))"
    case .product(let left, let right): "\(left) * \(right)"
    case .negation(let operand): "(-\(operand))"
    case .floor(let operand, let divisor): "floor(\(operand)/(\(divisor)))"
    case .ceiling(let operand, let divisor): "ceil(\(operand)/(\(divisor)))"
    case .remainder(let operand, let divisor): "(\(operand) mod \(divisor))"
    case .maximum(let left, let right): "max(\(left), \(right))"
    case .minimum(let left, let right): "min(\(left), \(right))"
    }
  }
}
