import NetworkGraph
import SymbolicIntegers

/// Which layers of two networks stand for one another.
///
/// In four steps, each within the gaps of the one before: blocks of equal layers; blocks of one path or of the same
/// operators, and their layers; equal layers; and then layers of one kind, the more alike the better. Cost: bounded at each step; on networks of 1,000 layers a few milliseconds.
struct LayerAlignment {
  /// What is compared of a layer, as numbers that are equal where the things are.
  private struct Traits: Likenable {
    var key: Int32
    var family: Int32
    var operatorName: Int32
    var name: Int32
    var output: Int32
    /// Of the multiply-adds; 0 for none.
    var work: Int32

    func likeness(to other: Traits) -> Int32 {
      guard family == other.family else { return 0 }
      return 10 + (key == other.key ? 5 : 0) + (output == other.output ? 4 : 0) + (name == other.name ? 3 : 0)
        + (operatorName == other.operatorName ? 3 : 0) + (work == other.work && work > 0 ? 6 : 0)
    }
  }

  /// What is compared of a block.
  private struct Block: Likenable {
    var content: Int32
    var operators: Int32
    var path: Int32
    /// Whether the block is more than the network's outermost scope.
    var isNamed: Bool

    func likeness(to other: Block) -> Int32 {
      guard isNamed, other.isNamed else { return 0 }
      return (path == other.path ? 8 : 0) + (operators == other.operators ? 6 : 0) + (content == other.content ? 4 : 0)
    }
  }

  let left: ComparedLayers
  let right: ComparedLayers
  /// For each position of `left` that of its partner in `right`; -1 for none. And the other way round.
  private(set) var partners: [Int]
  private(set) var reversePartners: [Int]
  private let leftTraits: [Traits]
  private let rightTraits: [Traits]

  init(_ left: ComparedLayers, _ right: ComparedLayers) {
    self.left = left
    self.right = right
    partners = Array(repeating: -1, count: left.nodes.count)
    reversePartners = Array(repeating: -1, count: right.nodes.count)
    var operators = Numbering<Operator>()
    var types = Numbering<TensorType>()
    var keys = Numbering<[Int32]>()
    var names = Numbering<String>()
    var amounts = Numbering<Dimension>()
    _ = amounts.number(of: 0)
    /// By the number of an operator that of its name.
    var operatorNames: [Int32] = []
    func traits(_ layers: ComparedLayers) -> [Traits] {
      zip(layers.nodes, layers.keys).map { id, key in
        let node = layers.graph.nodes[id]
        let operation = operators.number(of: key.operation)
        if operation == operatorNames.count { operatorNames.append(names.number(of: key.operation.semantics.name)) }
        let (input, output) = (types.number(of: key.input), types.number(of: key.output))
        let work = key.operation.isProduct ? layers.graph.arithmetic(of: node).multiplyAdds : 0
        return Traits(
          key: keys.number(of: [operation, input, output]), family: node.operation.family,
          operatorName: operatorNames[Int(operation)], name: names.number(of: node.name), output: output,
          work: amounts.number(of: work))
      }
    }
    leftTraits = traits(left)
    rightTraits = traits(right)
    alignBlocks()
    let (leftKeys, rightKeys) = (leftTraits.map(\.key), rightTraits.map(\.key))
    forEachGap { alignment, a, b in
      for pair in EditScript(leftKeys[a], rightKeys[b]).pairs { alignment.pair(pair.left, pair.right) }
    }
    forEachGap { $0.alignSimilar($1, $2) }
  }

  private mutating func pair(_ a: Int, _ b: Int) {
    partners[a] = b
    reversePartners[b] = a
  }

  private mutating func alignBlocks() {
    var contents = Numbering<[Int32]>()
    var operators = Numbering<[Int32]>()
    var paths = Numbering<String>()
    func blocks(_ layers: ComparedLayers, _ traits: [Traits]) -> [Block] {
      layers.units.map { unit in
        let traits = traits[unit.range]
        return Block(
          content: contents.number(of: traits.map(\.key)), operators: operators.number(of: traits.map(\.operatorName)),
          path: paths.number(of: layers.scopePaths[unit.scope]),
          isNamed: !layers.scopePaths[unit.scope].isEmpty)
      }
    }
    let (a, b) = (blocks(left, leftTraits), blocks(right, rightTraits))
    let (contentsA, contentsB) = (a.map(\.content), b.map(\.content))
    var (startA, startB) = (0, 0)
    for pair in EditScript(contentsA[...], contentsB[...]).pairs + [(a.count, b.count)] {
      let similar = similarPairs(a[startA..<pair.left], b[startB..<pair.right])
      for (x, y) in similar ?? [] { alignSimilar(left.units[x].range, right.units[y].range) }
      (startA, startB) = (pair.left + 1, pair.right + 1)
      guard pair.left < a.count else { break }
      for (x, y) in zip(left.units[pair.left].range, right.units[pair.right].range) { self.pair(x, y) }
    }
  }

  /// Calls `body` with each pair of runs without partners between layers that have some.
  private mutating func forEachGap(_ body: (inout LayerAlignment, Range<Int>, Range<Int>) -> Void) {
    var (startA, startB) = (0, 0)
    var gaps: [(Range<Int>, Range<Int>)] = []
    for a in 0...left.nodes.count {
      let b = a == left.nodes.count ? right.nodes.count : partners[a]
      guard b >= 0 else { continue }
      if startA < a && startB < b { gaps.append((startA..<a, startB..<b)) }
      (startA, startB) = (a + 1, b + 1)
    }
    for (a, b) in gaps { body(&self, a, b) }
  }

  private mutating func alignSimilar(_ a: Range<Int>, _ b: Range<Int>) {
    guard let pairs = similarPairs(leftTraits[a], rightTraits[b]) else { return alignByPath(a, b) }
    for (x, y) in pairs { pair(x, y) }
  }

  private mutating func alignByPath(_ a: Range<Int>, _ b: Range<Int>) {
    var positions: [String: Int] = [:]
    for y in b { positions[right.path(of: right.nodes[y])] = y }
    var last = b.lowerBound - 1
    for x in a {
      guard let y = positions[left.path(of: left.nodes[x])], y > last,
        leftTraits[x].likeness(to: rightTraits[y]) > 0
      else {
        continue
      }
      pair(x, y)
      last = y
    }
  }
}

extension Operator {
  /// Operators that can take one another's place.
  fileprivate var family: Int32 {
    switch self {
    case .convolution, .transposedConvolution: 0
    case .pool, .adaptivePool: 1
    case .batchNorm, .layerNorm, .groupNorm, .localResponseNorm, .globalResponseNorm: 2
    case .linear: 3
    case .matrixProduct: 4
    case .activation, .softmax: 5
    case .elementwise, .scale, .affine: 6
    case .reduction, .unitNormalization: 7
    case .concatenation: 8
    case .split, .slice, .gather, .scatter: 9
    case .pad, .roll, .transpose, .channelShuffle, .spaceDepth, .tile, .resize: 10
    case .source: 11
    case .identity, .view, .expand, .opaque: 12
    }
  }
}

/// Small numbers for values: equal ones for equal values.
private struct Numbering<Value: Hashable> {
  private var numbers: [Value: Int32] = [:]
  /// Often the same value is asked for again.
  private var last: (value: Value, number: Int32)?

  mutating func number(of value: Value) -> Int32 {
    if let last, last.value == value { return last.number }
    let next = Int32(clamping: numbers.count)
    let number = numbers[value, default: next]
    if number == next { numbers[value] = next }
    last = (value, number)
    return number
  }
}
