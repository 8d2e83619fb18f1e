import NetworkGraph
import SymbolicIntegers

/// Training that keeps only the inputs of segments and computes their inside again when the backward pass gets there.
///
/// A segment is a run of blocks without anything between them, cut after every so many; in a network without blocks, of
/// stages. What lies in no block keeps what it always does.
/// Source: Chen et al. 2016, arXiv:1604.06174, section 4; PyTorch's `torch.utils.checkpoint`.
struct Checkpointing {
  /// What is kept throughout, and the largest segment's inside.
  let savedBytes: Dimension

  init(_ graph: Graph, _ trace: EagerTrace, blocksPerSegment: Int) {
    let segments = Self.segments(graph, trace, blocksPerSegment: Swift.max(1, blocksPerSegment))
    var savings = SavedStorages(trace)
    var always: Dimension = 0
    for (position, step) in trace.steps.enumerated() where segments[position] == nil { always += savings.add(step) }
    // For each node the segment that computes it.
    var origins: [Int?] = Array(repeating: nil, count: graph.nodes.count)
    for (position, step) in trace.steps.enumerated() {
      origins[step.node] = segments[position]
      guard let segment = segments[position] else { continue }
      for value in step.reads where origins[value.node] != segment {
        if let storage = trace.storage(of: value) { always += savings.add(storage) }
      }
    }
    var insides: [Dimension] = []
    var position = 0
    while position < trace.steps.count {
      guard let segment = segments[position] else {
        position += 1
        continue
      }
      var (inside, bytes) = (savings, Dimension(0))
      while position < trace.steps.count, segments[position] == segment {
        bytes += inside.add(trace.steps[position])
        position += 1
      }
      insides.append(bytes)
    }
    savedBytes = always + Dimension.largest(of: insides)
  }

  /// For each step the segment it is part of.
  private static func segments(_ graph: Graph, _ trace: EagerTrace, blocksPerSegment: Int) -> [Int?] {
    let role: Scope.Role = graph.scopes.contains { $0.role == .block } ? .block : .stage
    var (segment, blocks) = (0, 0)
    var previous: Int?
    return trace.steps.map { step in
      let node = graph.nodes[step.node]
      // The model's state has no place in the order of execution.
      if case .source = node.operation { return previous == nil ? nil : segment }
      let block = graph.scope(of: node, role: role)
      defer { previous = block }
      guard let block else { return nil }
      if block != previous {
        if previous == nil || blocks == blocksPerSegment { (segment, blocks) = (segment + 1, 0) }
        blocks += 1
      }
      return segment
    }
  }
}
