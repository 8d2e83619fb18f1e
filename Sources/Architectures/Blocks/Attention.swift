import NetworkGraph
import SymbolicIntegers

/// Queries, keys and values, each ... x heads x positions x size of a head.
struct AttentionHeads {
  var queries: Feature
  var keys: Feature
  var values: Feature

  /// Cuts ... x positions x 3 channels into the three, and each of them into heads.
  ///
  /// Vaswani et al. 2017, arXiv:1706.03762, section 3.2.2.
  init(_ input: Feature, heads: Dimension) {
    let leading = Array(input.shape.dimensions.dropLast())
    let axes = leading.count
    let size = input.size(-1).floorDivided(by: heads * 3)
    let parts = input.reshaped(leading + [3, heads, size])
      .transposed([axes] + Array(0..<Swift.max(0, axes - 1)) + [axes + 1, Swift.max(0, axes - 1), axes + 2])
      .split(3, axis: 0, "unbind").map { $0.squeezed(axis: 0) }
    (queries, keys, values) = (parts[0], parts[1], parts[parts.count - 1])
  }

  /// How much each position attends to each: `factor * queries x keys^T`, ... x heads x positions x positions.
  func scores(factor: Double) -> Feature { queries.product(keys, transposesRight: true, factor: factor) }

  /// The cosines between queries and keys.
  var cosines: Feature {
    let unit = Operator.unitNormalization(UnitNormalization())
    return queries.apply(unit, "normalize", .function)
      .product(keys.apply(unit, "normalize", .function), transposesRight: true)
  }

  /// The values weighted by `attention` and joined over heads: ... x positions x channels.
  func attended(by attention: Feature) -> Feature {
    let x = attention.product(values)
    let rank = x.shape.rank
    let leading = Array(x.shape.dimensions.dropLast(3))
    guard rank >= 3 else { return x }
    return x.transposed(Array(0..<(rank - 3)) + [rank - 2, rank - 3, rank - 1])
      .reshaped(leading + [x.size(-2), x.size(-1) * x.size(-3)])
  }
}

extension Feature {
  /// Size of an axis, which may count from the end; 1 where there is no such axis.
  func size(_ axis: Int) -> Dimension { shape.normalized(axis: axis).map { shape[$0] } ?? 1 }
}

/// `1 / sqrt(channels)`, by which scores of queries and keys are multiplied.
///
/// A symbolic number of channels has no such value; 1/2 stands for it, so that the multiplication counts.
func attentionFactor(channels: Dimension) -> Double {
  channels.constant.map { 1 / Double(Swift.max(1, $0)).squareRoot() } ?? 0.5
}
