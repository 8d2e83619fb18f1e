import Analysis
import NetworkGraph
import SymbolicIntegers

extension ReceptiveFieldSummary {
  /// What a reader of the figures should know: gates left out, branches that are not aligned, padding in place of image.
  var warnings: [String] {
    var warnings: [String] = []
    if let cause = firstGlobalCause, let features = field.features {
      let sees = features.axes.contains { $0.globalCause != nil }
      warnings.append(
        sees
          ? "From \(name(cause)) on every unit also sees the whole image; sizes leave that out."
          : "From \(name(cause)) on units see the whole image.")
    }
    if let node = firstMisaligned {
      warnings.append(
        "\(name(node)) joins branches whose fields have different centres; sizes are of the union.")
    }
    if assumesDivisible {
      warnings.append("SAME padding of a symbolic side depends on it: paddings and centres are not told.")
    }
    let lost = lostNodes
    if !lost.isEmpty {
      let list = lost.prefix(3).map { "\(name($0)) (\(graph.nodes[$0].operation.semantics.name))" }
      warnings.append(
        "Not followed, so that what comes after may see everything: \(list.joined(separator: ", "))"
          + (lost.count > 3 ? " and \(lost.count - 3) more." : "."))
    }
    return warnings + paddingWarnings
  }

  private var inference: [Node] { graph.nodes.filter { !$0.isTrainingOnly } }

  private var firstGlobalCause: Int? {
    inference.lazy.compactMap { field.field(of: $0.id)?.axes.lazy.compactMap(\.globalCause).first }.first
  }

  private var firstMisaligned: Int? {
    inference.lazy.compactMap { field.field(of: $0.id)?.axes.lazy.compactMap(\.misalignedAt).first }.first
  }

  private var assumesDivisible: Bool {
    inference.contains { field.field(of: $0.id)?.axes.contains { $0.assumesDivisible } ?? false }
  }

  /// Nodes that lose what their inputs still told.
  private var lostNodes: [Int] {
    func isLost(_ node: Int) -> Bool { field.field(of: node)?.axes.contains { $0.isLost } ?? false }
    return inference.filter { node in isLost(node.id) && !node.inputs.contains { isLost($0.node) } }.map(\.id)
  }

  /// Windows whose taps never meet the map, and units that see only padding.
  private var paddingWarnings: [String] {
    var idle: [String] = []
    var blind: [String] = []
    for node in inference {
      guard let window = node.operation.semantics.window, let input = node.inputs.first else { continue }
      if case .transposedConvolution = node.operation { continue }
      for (index, axis) in window.axes.enumerated() {
        let shape = graph.type(of: input).shape
        guard index + 2 < shape.rank, let size = shape[index + 2].constant, axis.kernel <= 4096,
          let outputs = node.outputs[0].shape[index + 2].constant,
          let before = window.padding(shape[index + 2], axis: index).before.constant
        else { continue }
        let met = ReceptiveFieldSummary.tapsOnMap(axis, before: before, size: size, outputs: outputs)
        if met < axis.kernel {
          idle.append("\(name(node.id)) (\(met) of \(axis.kernel) taps on a side of \(size))")
          break
        }
      }
      for axis in window.axes.indices {
        func count(_ node: Int) -> Int { visible.ranges(of: node, axis: axis)?.lazy.filter { $0 == nil }.count ?? 0 }
        let own = count(node.id)
        if own > 0, count(input.node) == 0 {
          blind.append("\(name(node.id)) (\(own) of \(visible.ranges(of: node.id, axis: axis)?.count ?? 0))")
          break
        }
      }
    }
    func list(_ names: [String]) -> String {
      names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
    }
    var warnings: [String] = []
    if !blind.isEmpty { warnings.append("Units that see only padding: \(list(blind)).") }
    if !idle.isEmpty { warnings.append("Taps that read only padding, at this input size: \(list(idle)).") }
    return warnings
  }

  /// How many taps of a window lie on the map for some output position.
  static func tapsOnMap(_ axis: Window.Axis, before: Int, size: Int, outputs: Int) -> Int {
    (0..<axis.kernel).count { tap in
      // Positions advance by the stride from the first output's to the last's.
      let (reach, overflow) = tap.multipliedReportingOverflow(by: axis.dilation)
      let (first, overflow2) = reach.subtractingReportingOverflow(before)
      guard !overflow, !overflow2, first < size, axis.stride > 0 else { return false }
      guard first < 0 else { return true }
      let steps = (-first - 1) / axis.stride + 1
      let (way, overflow3) = steps.multipliedReportingOverflow(by: axis.stride)
      return !overflow3 && steps < outputs && first + way < size
    }
  }
}
