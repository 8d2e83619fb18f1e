import NetworkGraph
import SymbolicIntegers

extension EagerMemory {
  /// How many bytes are alive while a node runs: what it writes, and all that is still needed.
  public func explain(_ node: Node, in graph: Graph) -> Explanation {
    var result = Explanation(
      .memory,
      "While an operator runs, what it reads and writes is alive, and so is all that a later one still reads or the "
        + "program still names. Weights are left out.",
      source: "PyTorch, storages followed by a TorchDispatchMode")
    var elements: [(name: String, value: Dimension)] = []
    for (index, output) in node.outputs.enumerated() where output.isKnown {
      let name = node.outputs.count == 1 ? "output" : "output \(index)"
      let size = Dimension(output.elementType.byteCount)
      let bytes = output.shape.elementCount * size
      result.equation(
        name,
        [
          "elements * bytes of \(output.elementType)", "\(output.shape.elementCount.factor) * \(size.written)",
          bytes.written,
        ])
      elements.append((name, bytes))
    }
    let runs = steps.filter { $0.node == node.id }
    guard let first = runs.first else {
      result.rule +=
        " This operator runs nothing: its output is a view of its input, or a tensor that is there already."
      result.equation("alive", ["nothing of its own"])
      return result
    }
    let alive = runs.dropFirst().reduce(first.liveBytes) { Dimension.maximum($0, $1.liveBytes) }
    let own = elements.reduce(Dimension(0)) { $0 + $1.value }
    let rest = alive - own
    if let rest = rest.constant, rest < 0 {
      result.equation("alive", ["the output takes the place of an input", alive.written])
    } else {
      result.equation(
        "alive",
        [
          "output + all else that is alive: inputs, shortcuts, the image", "\(own.factor) + \(rest.factor)",
          alive.written,
        ])
    }
    if let peak = peakBytes.constant, let alive = alive.constant, peak > 0 {
      let tenths = Int((Double(alive) / Double(peak) * 1000).rounded())
      result.equation(
        "share of the peak",
        [
          "\(tenths / 10).\(tenths % 10) %"
            + (alive == peak ? ": this is the peak" : " of \(peakBytes.written)")
            + (peakNode.map { alive == peak ? "" : ", at \(graph.path(of: graph.nodes[$0]))" } ?? "")
        ])
    }
    result.value = alive
    return result
  }
}
