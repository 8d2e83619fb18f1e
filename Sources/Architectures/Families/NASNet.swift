import NetworkGraph
import SymbolicIntegers

/// Networks of two cells found by reinforcement learning on CIFAR-10 (NASNet-A).
///
/// Zoph, Vasudevan, Shlens and Le 2018, figures 2 and 4; a network is called repeats @ penultimate filters. Names are
/// timm's (`nasnetalarge`).
public struct NASNet: Architecture {
  /// Normal cells in each of the three stages (the paper's N).
  public var repeats: Int
  /// Filters of each operator in the first stage, doubled from stage to stage: a 24th of the penultimate layer's.
  public var filters: Dimension
  /// Channels of the first convolution.
  public var stem: Dimension
  /// Whether the cell after a reduction reads the cell before the reduction's input in place of that input.
  public var skipsReductionInput: Bool
  public var dropout: Double
  public var classes: Dimension

  public init(
    repeats: Int, filters: Dimension, stem: Dimension, skipsReductionInput: Bool, dropout: Double = 0,
    classes: Dimension = 1000
  ) {
    self.repeats = repeats
    self.filters = filters
    self.stem = stem
    self.skipsReductionInput = skipsReductionInput
    self.dropout = dropout
    self.classes = classes
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    let first = image.scope("conv0", .stage) {
      $0.conv("conv", stem, kernel: 3, stride: 2, bias: false).batchNorm("bn", epsilon: 1e-3, origin: .derivedModule)
    }
    var previous = first.scope("cell_stem_0", .stage) { input in
      let filters = self.filters.floorDivided(by: 4)
      return reduced(input.activatedConvolution("conv_1x1", filters), input, filters)
    }
    var x = previous.scope("cell_stem_1", .stage) { input in
      let filters = self.filters.floorDivided(by: 2)
      return reduced(input.activatedConvolution("conv_1x1", filters), first.factorizedReduction(filters), filters)
    }
    // timm's code has a name for each cell's output until the last one's.
    var cells = [first, previous, x]
    var filters = self.filters
    let repeats = scaledDepth(repeats, by: 1)
    for stage in 0..<3 {
      if stage > 0 { filters *= 2 }
      x = x.group("stage\(stage + 1)") { input in
        var x = input
        if stage > 0 {
          let before = skipsReductionInput ? previous : x
          x = x.scope("reduction_cell_\(stage - 1)", .block) { reductionCell($0, previous, filters) }
          previous = before
          cells.append(x)
        }
        for index in 0..<repeats {
          let next = x.scope("cell_\(stage * repeats + index)", .block) {
            normalCell($0, previous, filters, isFirst: index == 0)
          }
          (previous, x) = (x, next)
          cells.append(x)
        }
        return stage == 2 ? x.relu("act") : x
      }
    }
    for cell in cells { cell.held(until: x) }
    return x.head { $0.pooledClassifier("last_linear", classes, dropout: dropout) }
  }

  /// Figure 4, right.
  private func reductionCell(_ input: Feature, _ previous: Feature, _ filters: Dimension) -> Feature {
    let left = previous.activatedConvolution("conv_prev_1x1", filters)
    return reduced(input.activatedConvolution("conv_1x1", filters), left, filters)
  }

  /// The combinations of a reduction cell of the current and the previous cell's output.
  private func reduced(_ current: Feature, _ previous: Feature, _ filters: Dimension) -> Feature {
    func separable(_ x: Feature, _ name: String, _ kernel: Int, stride: Int = 2) -> Feature {
      x.separable("comb_iter_\(name)", filters, kernel: kernel, stride: stride, isSecondInPlace: true)
    }
    var name = CellNames()
    let (current, previous) = (name(current), name(previous))
    let first = name.sum(separable(current, "0_left", 5), separable(previous, "0_right", 7))
    let second = name.sum(
      current.cellPool("comb_iter_1_left", .maximum, stride: 2), separable(previous, "1_right", 7))
    let third = name.sum(current.cellPool("comb_iter_2_left", .mean, stride: 2), separable(previous, "2_right", 5))
    let fourth = name.sum(first.cellPool("comb_iter_3_right", .mean), second)
    let fifth = name.sum(
      separable(first, "4_left", 3, stride: 1), current.cellPool("comb_iter_4_right", .maximum, stride: 2))
    return name.joined([second, third, fourth, fifth])
  }

  /// Figure 4, left.
  /// - Parameter isFirst: whether the previous cell's output is twice as large.
  private func normalCell(_ input: Feature, _ previous: Feature, _ filters: Dimension, isFirst: Bool) -> Feature {
    func separable(_ x: Feature, _ name: String, _ kernel: Int) -> Feature {
      x.separable("comb_iter_\(name)", filters, kernel: kernel, isSecondInPlace: true)
    }
    let left =
      isFirst
      ? previous.factorizedReduction(filters) : previous.activatedConvolution("conv_prev_1x1", filters)
    let right = input.activatedConvolution("conv_1x1", filters)
    if isFirst { input.builder.registersHere("path_1", "path_2", "final_path_bn") }
    var name = CellNames()
    let first = name.sum(separable(right, "0_left", 5), separable(left, "0_right", 3))
    let second = name.sum(separable(left, "1_left", 5), separable(left, "1_right", 3))
    let third = name.sum(right.cellPool("comb_iter_2_left", .mean), left)
    let fourth = name.sum(left.cellPool("comb_iter_3_left", .mean), left.cellPool("comb_iter_3_right", .mean))
    let fifth = name.sum(separable(right, "4_left", 3), right)
    return name.joined([left, first, second, third, fourth, fifth])
  }
}

extension NASNet {
  private static let paper = Paper(
    "Zoph, Vasudevan, Shlens, Le", 2018, "Learning Transferable Architectures for Scalable Image Recognition",
    "arXiv:1707.07012")

  static let catalog = [
    CatalogEntry(
      "nasnetamobile", family: "NASNet", paper, input: [1, 3, 224, 224],
      NASNet(repeats: 4, filters: 44, stem: 32, skipsReductionInput: false)),
    CatalogEntry(
      "nasnetalarge", family: "NASNet", paper, input: [1, 3, 331, 331],
      NASNet(repeats: 6, filters: 168, stem: 96, skipsReductionInput: true)),
  ]
}
