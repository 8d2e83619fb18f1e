import NetworkGraph
import SymbolicIntegers

/// What a network's design is known to suffer from, with what each remedy costs.
public enum LintRule: String, Sendable, CaseIterable {
  case channelsOfEight = "channels-of-8"
  case droppedInput = "dropped-input"
  case biasBeforeNorm = "bias-before-norm"
  case deadBranch = "dead-branch"
  case heavyClassifier = "heavy-classifier"
  case dropoutBeforeNorm = "dropout-before-norm"
  case smallReceptiveField = "small-receptive-field"

  /// What is wrong, in a sentence.
  public var title: String {
    switch self {
    case .channelsOfEight: "matrix units work on tiles of 8 channels; others are padded"
    case .droppedInput: "a window smaller than its stride never reads part of its input"
    case .biasBeforeNorm: "a batch norm subtracts the mean, and with it any bias before it"
    case .deadBranch: "no output depends on these layers"
    case .heavyClassifier: "linear layers at the end hold most parameters, and overfit"
    case .dropoutBeforeNorm: "dropout changes the variance that a later batch norm has stored"
    case .smallReceptiveField: "no unit of the last map sees the whole image"
    }
  }

  /// Where to read about it.
  public var source: String {
    switch self {
    case .channelsOfEight: "NVIDIA, Deep Learning Performance: Convolutional Layers, section 2; for 16-bit numbers"
    case .droppedInput: "He et al. 2019, arXiv:1812.01187, section 4.2 (ResNet-B and ResNet-D)"
    case .biasBeforeNorm: "Ioffe and Szegedy 2015, arXiv:1502.03167, section 3.2"
    case .deadBranch: "by definition"
    case .heavyClassifier: "Lin et al. 2014, arXiv:1312.4400, section 3.2"
    case .dropoutBeforeNorm: "Li et al. 2019, arXiv:1801.05134"
    case .smallReceptiveField: "Luo et al. 2016, arXiv:1701.04128; Araujo et al. 2019, Distill"
    }
  }
}

/// One place that a rule finds fault with.
public struct LintFinding: Sendable {
  /// What to do instead, and what that changes: parameters, multiply-accumulates, activations.
  public struct Remedy: Sendable {
    public var action: String
    /// Nil where the cost could not be computed; `action` says why.
    public var cost: NetworkDifference.Cost?
  }

  public var rule: LintRule
  /// The node's id.
  public var node: Int
  /// What is wrong here, in numbers.
  public var message: String
  public var remedy: Remedy
}

/// A network looked over for known faults of design.
///
/// Cost: a few passes over the nodes, and one revision of the graph where channels are not multiples of 8 or the
/// receptive field is small. Rules that compare numbers pass over sizes that are symbols.
public struct Lint: Sendable {
  public let analysis: NetworkAnalysis
  /// In order of rules, then of execution.
  public let findings: [LintFinding]

  public init(_ analysis: NetworkAnalysis) {
    self.init(analysis, ReceptiveField(analysis.graph))
  }

  /// - Parameter field: that of the same graph.
  public init(_ analysis: NetworkAnalysis, _ field: ReceptiveField) {
    self.analysis = analysis
    let network = LintedNetwork(analysis, field)
    findings =
      network.channelsOfEight() + network.droppedInputs() + network.biasesBeforeNorms() + network.deadBranches()
      + network.heavyClassifier() + network.dropoutsBeforeNorms() + network.smallReceptiveField()
  }

  /// The findings of one rule.
  public func findings(of rule: LintRule) -> [LintFinding] { findings.filter { $0.rule == rule } }
}
