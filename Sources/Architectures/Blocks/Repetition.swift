import NetworkGraph

extension Feature {
  /// `body` applied `count` times in turn, in block scopes numbered from 0 behind `prefix`.
  ///
  /// A number of blocks outside 0 ... ``maximumDepth`` is an error of the graph.
  func repeated(_ count: Int, prefix: String = "", _ body: (Feature, _ position: Int) -> Feature) -> Feature {
    guard (0...maximumDepth).contains(count) else {
      builder.fail(
        .setting("a stage has 0 to \(maximumDepth) blocks", found: "\(count)"), at: prefix + "0",
        operatorName: "Repetition")
      return self
    }
    var x = self
    for position in 0..<count { x = x.scope("\(prefix)\(position)", .block) { body($0, position) } }
    return x
  }
}
