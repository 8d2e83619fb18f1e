import NetworkGraph
import SymbolicIntegers

extension Graph {
  /// The sides of the input window that one position of the only output sees; nil where it sees the whole map.
  ///
  /// For the graphs of blocks: windows, joins and global pooling.
  func reachOfOutput() -> [Dimension]? {
    struct Reach {
      /// First and last input position that output position 0 sees, and input positions between outputs.
      var first: Dimension = 0
      var last: Dimension = 0
      var jump: Dimension = 1
    }
    var reaches: [[Reach]?] = []
    for node in nodes {
      if case .source = node.operation {
        reaches.append([Reach(), Reach()])
        continue
      }
      var merged: [Reach]?
      for input in node.inputs {
        guard let reach = reaches[input.node] else {
          merged = nil
          break
        }
        merged =
          merged.map { old in
            zip(old, reach).map {
              Reach(first: .minimum($0.first, $1.first), last: .maximum($0.last, $1.last), jump: $1.jump)
            }
          } ?? reach
      }
      if case .adaptivePool = node.operation { merged = nil }
      if let window = node.operation.semantics.window, merged != nil {
        merged = zip(merged ?? [], window.axes).map { reach, axis in
          Reach(
            first: reach.first - reach.jump * axis.before,
            last: reach.last + reach.jump * (axis.span - 1 - axis.before),
            jump: reach.jump * axis.stride)
        }
      }
      reaches.append(merged)
    }
    guard let output = outputs.first, let reach = reaches[output.value.node] else { return nil }
    return reach.map { $0.last - $0.first + 1 }
  }
}
