import SymbolicIntegers

extension NetworkDifference {
  /// The entries with the layers of one block that changed alike joined, and equal blocks one after another too.
  public var summary: [Entry] {
    var blocks: [Entry] = []
    var start = 0
    while start < entries.count {
      let first = entries[start]
      let block = Self.block(of: first.name)
      var end = start + 1
      while end < entries.count, !block.isEmpty, entries[end].change == first.change,
        Self.isInside(entries[end].name, block), first.formerName == nil, entries[end].formerName == nil
      {
        end += 1
      }
      blocks.append(end - start > 1 ? Self.joined(entries[start..<end], block: block) : first)
      start = end
    }
    var folded: [Entry] = []
    for entry in blocks {
      guard entry.nodes > 1, var last = folded.last, last.isAlike(entry) else {
        folded.append(entry)
        continue
      }
      let first = last.name.split(separator: " ").first.map(String.init) ?? last.name
      last.name = "\(first) ... \(entry.name)"
      last.nodes += entry.nodes
      last.blocks += 1
      last.before = last.before + entry.before
      last.after = last.after + entry.after
      folded[folded.count - 1] = last
    }
    return folded
  }

  private static func block(of path: String) -> String {
    path.lastIndex(of: ".").map { String(path[..<$0]) } ?? ""
  }

  private static func isInside(_ path: String, _ block: String) -> Bool { path.hasPrefix(block + ".") }

  private static func joined(_ run: ArraySlice<Entry>, block: String) -> Entry {
    var entry = run[run.startIndex]
    entry.name = block
    entry.nodes = run.reduce(0) { $0 + $1.nodes }
    for other in run.dropFirst() {
      entry.before = entry.before + other.before
      entry.after = entry.after + other.after
    }
    // What carries the cost tells what a block is; a block without any is told by its first layers.
    let costly = run.filter { $0.before.operations != 0 || $0.after.operations != 0 }
    let shown = (costly.isEmpty ? run : costly[...]).prefix(3).map { layer in
      "\(layer.name.dropFirst(block.count + 1)) \(layer.detail)"
    }
    entry.detail = shown.joined(separator: "; ") + (costly.count > 3 ? "; ..." : "")
    return entry
  }
}

extension NetworkDifference.Entry {
  /// Whether a block follows this one with the same layers and costs.
  fileprivate func isAlike(_ other: Self) -> Bool {
    func times(_ cost: NetworkDifference.Cost) -> [Dimension] {
      [cost.parameters * blocks, cost.operations * blocks, cost.activations * blocks]
    }
    func values(_ cost: NetworkDifference.Cost) -> [Dimension] { [cost.parameters, cost.operations, cost.activations] }
    return change == other.change && detail == other.detail && nodes == other.nodes * blocks
      && values(before) == times(other.before) && values(after) == times(other.after)
  }
}
