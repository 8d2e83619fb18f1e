import NetworkGraph

/// Which buffers lie inside the buffer of a concatenation.
///
/// A tensor lies in the last concatenation that joins it; earlier ones copy it. A concatenation of tensors that lie side
/// by side, in its order, in a later concatenation along the same axis is a view of that one: so the joins of a DenseNet
/// block are all views of the block's last.
struct ConcatenationViews {
  /// The buffer in which a buffer lies; itself outside concatenations.
  private(set) var root: [Int32]
  /// For nodes that are concatenations, whether each input is written at its place, and so not copied.
  private var writtenInPlace: [Int: [Bool]] = [:]

  /// A place in a concatenation.
  private struct Home {
    var node: Int
    var input: Int
  }

  /// No buffer lies in another.
  init(none count: Int) {
    root = (0..<count).map { Int32($0) }
  }

  init(_ graph: Graph, _ places: Places, _ buffers: [StorageGraph.Buffer]) {
    self.init(none: buffers.count)
    let concatenations = graph.nodes.filter { node in
      guard case .concatenation = node.operation else { return false }
      return !node.isTrainingOnly
    }
    if concatenations.isEmpty { return }
    var homes = ConcatenationViews.homes(concatenations, graph, places, buffers)
    var isView: Set<Int> = []
    for node in concatenations {
      guard let outer = ConcatenationViews.outer(of: node, graph, places, homes) else { continue }
      // The view takes the place of a buffer that could lie in yet another concatenation.
      isView.insert(node.id)
      homes[Int(places[Value(node: node.id)].buffer)] = Home(node: outer, input: -1)
    }
    // Later concatenations first, so that the buffer around a buffer is known.
    for node in concatenations.reversed() {
      let own = Int(places[Value(node: node.id)].buffer)
      if let home = homes[own] { root[own] = root[Int(places[Value(node: home.node)].buffer)] }
      writtenInPlace[node.id] = node.inputs.enumerated().map { index, input in
        if isView.contains(node.id) { return true }
        let buffer = Int(places[input].buffer)
        guard buffer >= 0, buffers[buffer].value == input, let home = homes[buffer], home.node == node.id,
          home.input == index
        else { return false }
        root[buffer] = root[own]
        return true
      }
    }
  }

  /// Whether an input of a node is written by its producer where the node's output has it.
  func isWrittenInPlace(input: Int, of node: Int) -> Bool {
    writtenInPlace[node]?[input] ?? false
  }

  /// For every buffer its place in the last concatenation that joins it, if a step can write it there.
  private static func homes(
    _ concatenations: [Node], _ graph: Graph, _ places: Places, _ buffers: [StorageGraph.Buffer]
  ) -> [Home?] {
    var homes = [Home?](repeating: nil, count: buffers.count)
    let outputs = Set(graph.outputs.lazy.map { places[$0.value].buffer })
    for node in concatenations {
      for (index, input) in node.inputs.enumerated() {
        let buffer = places[input].buffer
        guard buffer >= 0, !outputs.contains(buffer) else { continue }
        // Only a tensor that a step writes as a whole can be written elsewhere; of two places in one concatenation it
        // is written at the first.
        let place = buffers[Int(buffer)]
        guard place.value == input, !place.isInput, homes[Int(buffer)]?.node != node.id,
          graph.type(of: input).elementType == node.outputs[0].elementType
        else { continue }
        homes[Int(buffer)] = Home(node: node.id, input: index)
      }
    }
    return homes
  }

  /// The other concatenation in which all inputs of `node` lie side by side; nil if there is none.
  private static func outer(of node: Node, _ graph: Graph, _ places: Places, _ homes: [Home?]) -> Int? {
    func home(_ index: Int) -> Home? {
      let buffer = places[node.inputs[index]].buffer
      return buffer >= 0 ? homes[Int(buffer)] : nil
    }
    guard let first = home(0), first.node != node.id, first.input >= 0 else { return nil }
    let outer = graph.nodes[first.node]
    guard outer.operation == node.operation, first.input + node.inputs.count <= outer.inputs.count else { return nil }
    for (index, input) in node.inputs.enumerated() {
      guard let home = home(index), home.node == outer.id, home.input == first.input + index,
        outer.inputs[home.input] == input
      else { return nil }
    }
    return outer.id
  }
}
