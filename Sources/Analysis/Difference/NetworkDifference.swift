import NetworkGraph
import SymbolicIntegers

/// What changed from one network to another: layers aligned by structure, and the cost of each change.
///
/// Law: the costs of the changes sum exactly to the difference of the totals; the difference of a network with itself is
/// empty.
public struct NetworkDifference: Sendable {
  /// What layers cost.
  public struct Cost: Hashable, Sendable {
    public var parameters: Dimension = 0
    public var operations: Dimension = 0
    public var activations: Dimension = 0

    public init() {}

    /// The first number that left the range of 64-bit integers.
    var failure: DimensionError? { parameters.failure ?? operations.failure ?? activations.failure }

    static func + (left: Cost, right: Cost) -> Cost {
      var sum = left
      sum.parameters += right.parameters
      sum.operations += right.operations
      sum.activations += right.activations
      return sum
    }

    public static func - (left: Cost, right: Cost) -> Cost {
      var difference = left
      difference.parameters -= right.parameters
      difference.operations -= right.operations
      difference.activations -= right.activations
      return difference
    }
  }

  public enum Change: String, Sendable {
    case added, removed, changed
    /// The same operator reads other tensors.
    case rewired
    /// The batch norm behind a layer went into its weights and bias, as exporters do.
    case folded
  }

  /// One layer; in a ``summary`` also the layers of one block, or of equal blocks one after another.
  public struct Entry: Sendable {
    public var change: Change
    /// The node's or the block's path in the network that has it; in the second one for changes.
    public var name: String
    /// The path in the first network, where it differs.
    public var formerName: String?
    /// What the layers are, or what changed in one.
    public var detail: String
    public var nodes: Int
    /// How many equal blocks the entry stands for.
    public var blocks = 1
    public var stage: String
    public var before: Cost
    public var after: Cost
  }

  public struct Stage: Sendable {
    public var name: String
    public var before: Cost
    public var after: Cost
  }

  public let before: NetworkAnalysis
  public let after: NetworkAnalysis
  public let convention: CountingConvention
  /// Every layer that differs, in order of execution.
  public let entries: [Entry]
  public let stages: [Stage]
  /// Pairs of layers that are the same in both.
  public let unchanged: Int
  /// Pairs of layers that only follow another shape, at no cost.
  public let followed: Int

  public var isEmpty: Bool { entries.isEmpty }
  public var total: (before: Cost, after: Cost) {
    (stages.reduce(Cost()) { $0 + $1.before }, stages.reduce(Cost()) { $0 + $1.after })
  }

  public init(from before: NetworkAnalysis, to after: NetworkAnalysis, convention: CountingConvention = .macs) {
    self.before = before
    self.after = after
    self.convention = convention
    let (pathsBefore, pathsAfter) = (before.graph.scopePaths, after.graph.scopePaths)
    let blocks = before.graph.blockPaths(pathsBefore).union(after.graph.blockPaths(pathsAfter))
    let alignment = LayerAlignment(
      ComparedLayers(before.graph, scopePaths: pathsBefore, blocks: blocks),
      ComparedLayers(after.graph, scopePaths: pathsAfter, blocks: blocks))
    var comparison = LayerComparison(alignment, before, after, convention)
    comparison.run()
    entries = comparison.entries
    stages = comparison.stages
    unchanged = comparison.unchanged
    followed = comparison.followed
  }
}
