import CKernels

/// The output blocks that a sum's kernel computes together, in order, and the input blocks that each of them reads.
///
/// In a layer with groups a block of outputs reads the blocks that hold its groups' channels. Where groups begin or end
/// within a block, the weights of channels that an output does not read are 0: of groups much wider than a vector this
/// concerns few blocks, and no channel is moved.
struct Panels {
  struct Panel {
    /// The first output block, and how many: one or two.
    var block: Int
    var vectors: Int
    /// Blocks of input channels.
    var reads: Range<Int>
  }

  private(set) var panels: [Panel] = []

  /// Panels of whole layers: all outputs read all inputs.
  init(blocks: Int, inputBlocks: Int) {
    for block in stride(from: 0, to: blocks, by: 2) {
      panels.append(Panel(block: block, vectors: min(2, blocks - block), reads: 0..<inputBlocks))
    }
  }

  /// Panels of a layer with groups.
  init(groups: Int, inputsPerGroup: Int, outputsPerGroup: Int, lanes: Int) {
    let outputs = groups * outputsPerGroup
    let blocks = (outputs + lanes - 1) / lanes
    func reads(_ first: Int, _ count: Int) -> Range<Int> {
      let firstGroup = first * lanes / outputsPerGroup
      let lastGroup = (min((first + count) * lanes, outputs) - 1) / outputsPerGroup
      return firstGroup * inputsPerGroup / lanes..<((lastGroup + 1) * inputsPerGroup + lanes - 1) / lanes
    }
    var block = 0
    while block < blocks {
      let own = reads(block, 1)
      if block + 1 < blocks {
        let both = reads(block, 2)
        // A pair computes some products in vain where its blocks read different groups, but is a tenth faster.
        if 20 * both.count <= 11 * (own.count + reads(block + 1, 1).count) {
          panels.append(Panel(block: block, vectors: 2, reads: both))
          block += 2
          continue
        }
      }
      panels.append(Panel(block: block, vectors: 1, reads: own))
      block += 1
    }
  }
}

extension SumOrder {
  /// Which of the terms a panel sums.
  func terms(of panel: Panels.Panel) -> Range<Int> {
    let (first, count, tail) = segments(of: panel)
    return first * lanes..<(first + count) * lanes + tail * tailLanes
  }

  /// The panels as the kernel reads them, and the floats of all their weights.
  func describe(_ panels: Panels, lanes vector: Int) -> (panels: [CKPanel], weights: Int) {
    var weights = 0
    let described = panels.panels.map { panel in
      let (first, count, tail) = segments(of: panel)
      defer { weights += terms(of: panel).count * panel.vectors * vector }
      return CKPanel(
        block: panel.block, vectors: panel.vectors, firstSegment: first, segments: count, tailSegments: tail,
        weights: weights)
    }
    return (described, weights)
  }

  private func segments(of panel: Panels.Panel) -> (first: Int, count: Int, tail: Int) {
    let whole = segments / segmentsPerBlock
    return (
      panel.reads.lowerBound * segmentsPerBlock,
      (min(panel.reads.upperBound, whole) - min(panel.reads.lowerBound, whole)) * segmentsPerBlock,
      panel.reads.upperBound > whole ? tailSegments : 0
    )
  }
}
