import Analysis
import Charts
import NetworkGraph
import SymbolicIntegers

extension TimelineChart {
  /// Live bytes against the steps of a network, with the largest tensors as bands.
  /// - Returns: nil when sizes depend on symbols.
  public init?(_ liveness: Liveness) {
    guard let peak = liveness.peakBytes.constant else { return nil }
    let (storage, graph) = (liveness.storage, liveness.storage.graph)
    let sizes = storage.buffers.map { $0.bytes.constant ?? 0 }
    let largest = storage.buffers.indices.filter { !liveness.lifetimes[$0].isEmpty && sizes[$0] > 0 }.sorted {
      (sizes[$1], $0) < (sizes[$0], $1)
    }.prefix(8)
    let bands = largest.map { buffer in
      let name = graph.path(of: graph.nodes[storage.buffers[buffer].value.node])
      return Band(
        name, MemoryTables.units(Dimension(sizes[buffer])).decimal, liveness.lifetimes[buffer],
        height: Double(sizes[buffer]))
    }
    let units = MemoryTables.units(liveness.peakBytes)
    let place = liveness.peakStep.map { ": " + storage.name(of: $0) } ?? ""
    var subtitle = ["peak \(Quantity(Dimension(peak)).exact) bytes (\(units.decimal), \(units.binary))\(place)"]
    subtitle.append(
      "coloured: the eight largest tensors, from when they are computed until nothing needs them; grey: all others")
    self.init(
      title: "\(graph.name), input \(Report.inputText(graph)): live bytes of inference", subtitle: subtitle,
      horizontalTitle: "\(liveness.order.count) steps in order of execution",
      vertical: Chart.Axis("live bytes", unit: "B"),
      totals: liveness.liveBytes.map { Double($0.constant ?? 0) }, bands: Array(bands),
      sections: TimelineChart.sections(liveness), peakLabel: "peak \(units.decimal)")
  }

  /// The stages of the network, each from the first step of its nodes.
  private static func sections(_ liveness: Liveness) -> [Section] {
    let storage = liveness.storage
    var stage = Array(repeating: -1, count: storage.graph.nodes.count)
    let groups = storage.graph.groups(by: .stage)
    for (index, group) in groups.enumerated() { for node in group.nodes { stage[node] = index } }
    var sections: [Section] = []
    var current = -1
    for (position, step) in liveness.order.enumerated() {
      let next = stage[storage.steps[step].firstNode]
      guard next >= 0, next != current else { continue }
      sections.append(Section(groups[next].name, start: position))
      current = next
    }
    return sections
  }
}
