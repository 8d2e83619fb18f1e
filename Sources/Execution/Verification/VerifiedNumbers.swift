import Analysis
import NetworkGraph
import SymbolicIntegers

/// The comparisons, one function for each subject.
extension Verification {
  private func path(_ node: Int) -> String { graph.path(of: graph.nodes[node]) }

  func shapes(_ inspection: Inspection) -> Check {
    var check = Check(.shapes)
    let unwritten = Dictionary(inspection.unwritten.map { ($0.node, $0.elements) }, uniquingKeysWith: +)
    let overwritten = Dictionary(inspection.overwritten.map { ($0.node, $0.elements) }, uniquingKeysWith: +)
    for node in graph.nodes where inspection.writtenElements[node.id] > 0 || unwritten[node.id] != nil {
      check.expect(
        unwritten[node.id] == nil,
        "\(path(node.id)): \(unwritten[node.id] ?? 0) elements of \(node.outputs[0]) were not written")
      check.expect(
        overwritten[node.id] == nil,
        "\(path(node.id)): \(overwritten[node.id] ?? 0) elements of its place were in use")
    }
    check.expect(!inspection.leavesBlock, "something was written behind the planned block")
    check.total = inspection.writtenElements.reduce(0, +)
    return check
  }

  /// Counts the windows that fit, one by one.
  func windows() -> Check {
    var check = Check(.windows)
    for node in graph.nodes where !node.isTrainingOnly {
      guard let window = node.operation.semantics.window else { continue }
      if case .transposedConvolution = node.operation { continue }
      let input = graph.type(of: node.inputs[0]).shape
      for (index, axis) in window.axes.enumerated() {
        guard let size = input[index + 2].constant, let found = node.outputs[0].shape[index + 2].constant,
          let before = window.padding(input[index + 2], axis: index).before.constant,
          let after = window.padding(input[index + 2], axis: index).after.constant
        else { continue }
        var count = 0
        var start = -before
        let span = (axis.kernel - 1) * axis.dilation + 1
        // In ceil mode a window may reach beyond the padding, but starts before its end.
        while window.ceilMode
          ? start < size && (count == 0 || start - axis.stride + span < size + after)
          : start + span <= size + after
        {
          count += 1
          start += axis.stride
        }
        check.expect(
          count == found, "\(path(node.id)): \(count) windows fit into axis \(index), but \(found) are inferred")
      }
    }
    return check
  }

  func parameters(_ state: ModelState) -> Check {
    var check = Check(.parameters)
    var total = 0
    for (index, parameter) in graph.parameters.enumerated() {
      guard let allocated = state.values(ofParameter: index)?.count else { continue }
      let counted = parameter.spec.shape.elementCount
      check.expect(
        counted.constant == allocated,
        "\(graph.name(of: parameter)): \(counted) elements counted, but \(allocated) allocated")
      if parameter.spec.kind == .trainable { total += allocated }
    }
    if let analysis = try? NetworkAnalysis(graph), let counted = analysis.total.parameters.constant {
      check.expect(counted == total, "the model: \(counted) parameters counted, but \(total) allocated")
    }
    check.total = total
    return check
  }

  func multiplyAdds(_ executor: ReferenceExecutor) -> Check {
    var check = Check(.multiplyAdds)
    var total = 0
    for node in graph.nodes where !node.isTrainingOnly {
      let counted = graph.arithmetic(of: node).multiplyAdds
      let tally = executor.tallies[node.id]
      let done = tally.multiplyAdds + tally.paddedMultiplyAdds
      guard counted != 0 || done != 0 else { continue }
      check.expect(counted.constant == done, "\(path(node.id)): \(counted) by formula, but \(done) by its kernel")
      total += done
    }
    check.total = total
    return check
  }

  /// Pairs of an output and an input position that meet in a window, axis by axis: the product over the axes, for every
  /// pair of channels.
  func unpaddedMultiplyAdds(_ executor: ReferenceExecutor) -> Check {
    var check = Check(.unpaddedMultiplyAdds)
    var total = 0
    for node in graph.nodes where !node.isTrainingOnly {
      guard case .convolution(let convolution) = node.operation, let groups = convolution.groups.constant else {
        continue
      }
      let window = convolution.slidingWindow
      let input = graph.type(of: node.inputs[0]).shape
      let (inputs, outputs) = (input.sizes, node.outputs[0].shape.sizes)
      var pairs = outputs[0] * outputs[1] * (inputs[1] / max(groups, 1))
      for (index, axis) in window.axes.enumerated() {
        let before = window.padding(input[index + 2], axis: index).before.constant ?? 0
        var meetings = 0
        for output in 0..<outputs[index + 2] {
          for tap in 0..<axis.kernel
          where (0..<inputs[index + 2]).contains(output * axis.stride + tap * axis.dilation - before) {
            meetings += 1
          }
        }
        pairs *= meetings
      }
      let done = executor.tallies[node.id].multiplyAdds
      check.expect(pairs == done, "\(path(node.id)): \(pairs) pairs meet, but its kernel multiplied \(done)")
      total += done
    }
    check.total = total
    return check
  }

  func memory(_ executor: ReferenceExecutor, _ inspection: Inspection) -> Check {
    var check = Check(.memory)
    let plan = executor.plan
    check.expect(
      plan.liveness.peakBytes.constant == inspection.liveBytes,
      "\(plan.liveness.peakBytes) bytes live by analysis, but \(inspection.liveBytes) in the run")
    check.expect(
      plan.arena.bytes == inspection.highWaterMark,
      "\(plan.arena.bytes) bytes planned, but the run reached \(inspection.highWaterMark)")
    check.total = inspection.highWaterMark
    return check
  }

  /// - Returns: nil for a network whose first input is no map.
  func receptiveField(_ executor: ReferenceExecutor, samples: Int) -> Check? {
    let fields = VisibleField(graph)
    var candidates: [(node: Int, axes: [Int])] = []
    for node in executor.plan.steps {
      if let axes = fields.unitAxes(of: node), fields.ranges(of: node, axis: 0) != nil {
        candidates.append((node, axes))
      }
    }
    guard !candidates.isEmpty, samples > 0 else { return nil }
    var check = Check(.receptiveField)
    let count = min(samples, candidates.count)
    for sample in 0..<count {
      // Spread over the network, the last one included.
      let (node, axes) = candidates[(sample + 1) * candidates.count / count - 1]
      let sizes = graph.nodes[node].outputs[0].shape.sizes
      // Neither in the middle nor at an edge, and another place for each sample.
      let units = axes.map { sizes[$0] * (sample + 1) / (count + 1) }
      let part = Dictionary(zip(axes, units), uniquingKeysWith: { first, _ in first })
      guard let marks = executor.influences(on: node, at: part)?.first else { continue }
      let sides = graph.type(of: graph.inputs[0].value).shape.sizes
      for (axis, unit) in units.enumerated() {
        let reached = Verification.extent(of: marks, sides, axis: axis + sides.count - axes.count)
        let hull = fields.hull(of: unit, node: node, axis: axis)
        check.expect(
          reached?.lowerBound == hull?.start && reached?.upperBound == hull?.end,
          "\(path(node)), unit \(unit) of axis \(axis): \(hull.map { "\($0.start)...\($0.end)" } ?? "nothing") by "
            + "analysis, but marks reach \(reached.map { "\($0)" } ?? "nothing")")
      }
    }
    return check
  }

  /// The first and last position along one axis of a tensor that is marked at all.
  private static func extent(of marks: [Bool], _ sides: [Int], axis: Int) -> ClosedRange<Int>? {
    let inner = sides[(axis + 1)...].reduce(1, *)
    var extent: ClosedRange<Int>?
    for index in marks.indices where marks[index] {
      let place = index / inner % sides[axis]
      extent = extent.map { min($0.lowerBound, place)...max($0.upperBound, place) } ?? place...place
    }
    return extent
  }
}
