import NetworkGraph
import SymbolicIntegers

/// Networks of one cell found by progressive search (PNASNet-5).
///
/// Liu et al. 2018, figure 1 and table 5. Names are timm's (`pnasnet5large`).
public struct PNASNet: Architecture {
  /// Cells in each of the three stages; the first of the second and third has stride 2 (the paper's N).
  public var repeats: Int
  /// Filters of each operator in the first stage, doubled from stage to stage (the paper's F).
  public var filters: Dimension
  /// Channels of the first convolution.
  public var stem: Dimension
  public var dropout: Double
  public var classes: Dimension

  public init(
    repeats: Int, filters: Dimension, stem: Dimension, dropout: Double = 0, classes: Dimension = 1000
  ) {
    self.repeats = repeats
    self.filters = filters
    self.stem = stem
    self.dropout = dropout
    self.classes = classes
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    let first = image.scope("conv_0", .stage) {
      $0.conv("conv", stem, kernel: 3, stride: 2, bias: false).batchNorm("bn", epsilon: 1e-3, origin: .derivedModule)
    }
    var previous = first.scope("cell_stem_0", .stage) { input in
      let filters = self.filters.floorDivided(by: 4)
      return combined(input, input.activatedConvolution("conv_1x1", filters), filters, stride: 2, isStem: true)
    }
    var x = previous.scope("cell_stem_1", .stage) {
      cell($0, first, self.filters.floorDivided(by: 2), stride: 2, isPreviousLarger: true)
    }
    // timm's code has a name for each cell's output until the last one's.
    var cells = [first, previous, x]
    var filters = self.filters
    let repeats = scaledDepth(repeats, by: 1)
    var isPreviousLarger = true
    for stage in 0..<3 {
      if stage > 0 { filters *= 2 }
      x = x.group("stage\(stage + 1)") { input in
        var x = input
        for index in 0..<repeats {
          let stride = stage > 0 && index == 0 ? 2 : 1
          let next = x.scope("cell_\(stage * repeats + index)", .block) {
            cell($0, previous, filters, stride: stride, isPreviousLarger: isPreviousLarger)
          }
          (previous, x, isPreviousLarger) = (x, next, stride == 2)
          cells.append(x)
        }
        return stage == 2 ? x.relu("act", inPlace: false) : x
      }
    }
    for cell in cells { cell.held(until: x) }
    return x.head { $0.pooledClassifier("last_linear", classes, dropout: dropout) }
  }

  private func cell(
    _ input: Feature, _ previous: Feature, _ filters: Dimension, stride: Int, isPreviousLarger: Bool
  ) -> Feature {
    let left =
      isPreviousLarger
      ? previous.scope("conv_prev_1x1") { $0.factorizedReduction(filters) }
      : previous.activatedConvolution("conv_prev_1x1", filters)
    return combined(left, input.activatedConvolution("conv_1x1", filters), filters, stride: stride)
  }

  /// The five combinations of figure 1 of the previous and the current cell's output.
  /// - Parameter isStem: whether `left` is the first convolution's output, whose channels a pool cannot change.
  private func combined(
    _ left: Feature, _ right: Feature, _ filters: Dimension, stride: Int, isStem: Bool = false
  ) -> Feature {
    func separable(_ x: Feature, _ name: String, _ kernel: Int, stride: Int) -> Feature {
      x.separable("comb_iter_\(name)", filters, kernel: kernel, stride: stride, isSecondInPlace: false)
    }
    func pooled(_ x: Feature, _ name: String) -> Feature { x.cellPool("comb_iter_\(name)", .maximum, stride: stride) }
    var name = CellNames()
    let (left, right) = (name(left), name(right))
    let first = name.sum(
      separable(left, "0_left", 5, stride: stride),
      isStem
        ? left.scope("comb_iter_0_right") {
          $0.cellPool("max_pool", .maximum, stride: stride).conv("conv", filters, kernel: 1, bias: false).cellNorm("bn")
        } : pooled(left, "0_right"))
    let second = name.sum(separable(right, "1_left", 7, stride: stride), pooled(right, "1_right"))
    let third = name.sum(
      separable(right, "2_left", 5, stride: stride), separable(right, "2_right", 3, stride: stride))
    let fourth = name.sum(separable(third, "3_left", 3, stride: 1), pooled(right, "3_right"))
    let fifth = name.sum(
      separable(left, "4_left", 3, stride: stride),
      stride == 1 ? right : right.activatedConvolution("comb_iter_4_right", filters, stride: stride))
    return name.joined([first, second, third, fourth, fifth])
  }
}

extension PNASNet {
  private static let paper = Paper(
    "Liu, Zoph, Neumann, Shlens, Hua, Li, Fei-Fei, Yuille, Huang, Murphy", 2018,
    "Progressive Neural Architecture Search",
    "arXiv:1712.00559")

  static let catalog = [
    CatalogEntry(
      "pnasnet5mobile", family: "PNASNet", paper, input: [1, 3, 224, 224], PNASNet(repeats: 3, filters: 54, stem: 32)),
    CatalogEntry(
      "pnasnet5large", family: "PNASNet", paper, input: [1, 3, 331, 331], PNASNet(repeats: 4, filters: 216, stem: 96)),
  ]
}
