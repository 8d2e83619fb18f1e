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

    /// The number of operations in `work`.
    // Asks for one tally at a time: of work in an array only what counts is then copied.
    @inline(__always)
    func count(_ work: @autoclosure () -> Arithmetic) -> Dimension {
      var total: Dimension = 0
      if multiplyAdds != 0 { total += work().multiplyAdds * multiplyAdds }
      if biasAdditions != 0 { total += work().biasAdditions * biasAdditions }
      if asWritten != 0 {
        total += work().additions * asWritten
        total += work().multiplications * asWritten
        total += work().comparisons * asWritten
      }
      if inputElements != 0 { total += work().inputElements * inputElements }
      if outputElements != 0 { total += work().outputElements * outputElements }
      if taps != 0 { total += work().taps * taps }
      return total
    }

    /// What the count of work is at most, in units of its largest tally.
    var weight: Int {
      let factors = [multiplyAdds, biasAdditions, asWritten * 3, inputElements, outputElements, taps]
      return factors.reduce(0) { $0 + abs($1) }
    }

    static func - (left: Rule, right: Rule) -> Rule {
      Rule(
        multiplyAdds: left.multiplyAdds - right.multiplyAdds, biasAdditions: left.biasAdditions - right.biasAdditions,
        asWritten: left.asWritten - right.asWritten, inputElements: left.inputElements - right.inputElements,
        outputElements: left.outputElements - right.outputElements, taps: left.taps - right.taps)
    }
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

  /// What holds for work of a kind that is called from a module or a function.
  func rule(for kind: Arithmetic.Kind, origin: Origin) -> Rule {
    let rule = rules[Int(kind.rawValue)]
    return rule.needsPlainModule && origin != .module ? Rule() : rule
  }

  /// The number of operations in `work`, called from a module or a function.
  public func count(_ work: Arithmetic, origin: Origin) -> Dimension {
    rule(for: work.kind, origin: origin).count(work)
  }

  /// The number of operations in a sum of tallies.
  public func count(_ tally: OperationTally) -> Dimension {
    var total: Dimension = 0
    for index in tally.entries.indices {
      let rule = rule(for: tally.entries[index].work.kind, origin: tally.entries[index].origin)
      total += rule.count(tally.entries[index].work)
    }
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

  /// The largest weight of any convention's rule.
  static let largestWeight = all.flatMap(\.rules).map(\.weight).max() ?? 1

  /// The convention of that name.
  public static func named(_ name: String) -> CountingConvention? { all.first { $0.name == name } }
}
