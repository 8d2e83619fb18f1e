import NetworkGraph
import SymbolicIntegers

/// A named policy that turns raw tallies into one number of operations.
///
/// A convention is data: for each kind of work the factors on its tallies. Adding an operator or a convention touches
/// neither the other operators nor the other conventions.
public struct CountingConvention: Sendable {
  /// Factors on the tallies of one kind of work.
  struct Rule: Sendable {
    var multiplyAdds = 0
    var biasAdditions = 0
    /// On additions, multiplications and comparisons as the definition is written.
    var asWritten = 0
    var inputElements = 0
    var outputElements = 0
    var taps = 0
    /// Whether only calls of the framework's own module class count.
    var needsPlainModule = false
  }

  /// Stable key, as options and files spell it.
  public let name: String
  /// The unit of its numbers.
  public let unit: String
  /// What is counted, and who counts so, in a phrase.
  public let definition: String
  private let rules: [Rule]

  init(name: String, unit: String, definition: String, rule: (Arithmetic.Kind) -> Rule) {
    self.name = name
    self.unit = unit
    self.definition = definition
    rules = Arithmetic.Kind.allCases.map(rule)
  }

  /// The number of operations in `work`, called from a module or a function.
  public func count(_ work: Arithmetic, origin: Origin) -> Dimension {
    let rule = rules[Int(work.kind.rawValue)]
    if rule.needsPlainModule && origin != .module { return 0 }
    var total: Dimension = 0
    func add(_ factor: Int, _ tally: Dimension) {
      if factor != 0 && tally != 0 { total += tally * factor }
    }
    add(rule.multiplyAdds, work.multiplyAdds)
    add(rule.biasAdditions, work.biasAdditions)
    add(rule.asWritten, work.additions)
    add(rule.asWritten, work.multiplications)
    add(rule.asWritten, work.comparisons)
    add(rule.inputElements, work.inputElements)
    add(rule.outputElements, work.outputElements)
    add(rule.taps, work.taps)
    return total
  }

  /// The number of operations in a sum of tallies.
  public func count(_ tally: OperationTally) -> Dimension {
    var total: Dimension = 0
    tally.forEach { total += count($0, origin: $1) }
    return total
  }
}

extension Arithmetic.Kind {
  /// Work made of inner products, whose multiply-adds every convention counts.
  public var isProduct: Bool {
    switch self {
    case .convolution, .transposedConvolution, .linear, .matrixProduct: true
    default: false
    }
  }
}

extension CountingConvention {
  public static let macs = CountingConvention(
    name: "macs", unit: "MACs",
    definition: "multiply-accumulates of convolutions, linear layers, matrix products"
  ) { $0.isProduct ? Rule(multiplyAdds: 1) : Rule() }

  public static let macsBias = CountingConvention(
    name: "macs-bias", unit: "MACs",
    definition: "macs and one addition per output that has a bias, as pycls counts"
  ) { $0.isProduct ? Rule(multiplyAdds: 1, biasAdditions: 1) : Rule() }

  public static let flops = CountingConvention(
    name: "flops", unit: "FLOPs",
    definition: "two per multiply-accumulate, nothing else, as torch counts"
  ) { $0.isProduct ? Rule(multiplyAdds: 2) : Rule() }

  public static let fvcore = CountingConvention(
    name: "fvcore", unit: "ops",
    definition: "macs, norms (2n or 5n), inputs of adaptive pools, as fvcore counts"
  ) { kind in
    switch kind {
    case .convolution, .transposedConvolution, .linear, .matrixProduct: Rule(multiplyAdds: 1)
    case .batchNorm: Rule(outputElements: 2)
    case .layerNorm, .groupNorm, .instanceNorm: Rule(outputElements: 5)
    case .adaptiveAveragePool: Rule(inputElements: 1)
    case .nearestResize: Rule(outputElements: 1)
    case .linearResize: Rule(outputElements: 4)
    default: Rule()
    }
  }

  public static let thop = CountingConvention(
    name: "thop", unit: "ops",
    definition: "macs, norm modules (4n), averaging pools, as thop counts"
  ) { kind in
    switch kind {
    case .convolution, .transposedConvolution, .linear, .matrixProduct: Rule(multiplyAdds: 1)
    case .batchNorm, .layerNorm, .instanceNorm: Rule(outputElements: 4, needsPlainModule: true)
    case .adaptiveAveragePool: Rule(outputElements: 1, taps: 1, needsPlainModule: true)
    case .averagePool: Rule(outputElements: 1, needsPlainModule: true)
    case .softmax: Rule(outputElements: 3, taps: -1, needsPlainModule: true)
    case .nearestResize: Rule(outputElements: 1, needsPlainModule: true)
    case .linearResize: Rule(outputElements: 11, needsPlainModule: true)
    default: Rule()
    }
  }

  public static let allOperations = CountingConvention(
    name: "all-operations", unit: "ops",
    definition: "every addition, multiplication and comparison as written"
  ) { _ in Rule(multiplyAdds: 2, biasAdditions: 1, asWritten: 1) }

  /// Every convention, in the order reports list them.
  public static let all: [CountingConvention] = [.macs, .macsBias, .flops, .fvcore, .thop, .allOperations]

  /// The convention of that name.
  public static func named(_ name: String) -> CountingConvention? { all.first { $0.name == name } }
}
