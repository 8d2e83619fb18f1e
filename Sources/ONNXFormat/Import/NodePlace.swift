/// Where a node goes: the scopes around it, outermost first, and its name.
struct NodePlace {
  var path: [String]
  var name: String

  /// The place of a node added for the sake of this one.
  func appending(_ suffix: String) -> NodePlace { NodePlace(path: path, name: "\(name)/\(suffix)") }
}

/// Finds scopes and names for the nodes of a file.
///
/// Exporters write the module hierarchy into node names (`/layer1/layer1.0/conv1/Conv`) or into the node's metadata
/// (`['', 'layer1', 'layer1.0', 'layer1.0.conv1', 'conv2d']`). The prefix that each level repeats is dropped
/// (`layer1`, `0`, `conv1`), and a module that holds one operator gives that operator its name.
struct NodePlaces {
  /// Further levels become part of the name.
  static let depthLimit = 32

  private let outer: [String]
  /// How many operators a module holds directly; a large number where other modules lie in it.
  private var content: [String: Int] = [:]

  /// - Parameter outer: scopes around all nodes.
  init(_ nodes: [NodeProto], inside outer: [String] = []) {
    self.outer = outer
    for node in nodes where node.opType != "Constant" {
      let levels = Self.levels(of: node)
      guard levels.count > 1 else { continue }
      let module = levels.dropLast()
      if content.updateValue(content[Self.key(module), default: 0] + 1, forKey: Self.key(module)) != nil { continue }
      var around = module.dropLast()
      while !around.isEmpty, content.updateValue(1 << 32, forKey: Self.key(around)) == nil {
        around = around.dropLast()
      }
    }
  }

  private static func key(_ module: ArraySlice<Substring>) -> String { module.joined(separator: "/") }

  /// The place of a node; `index` is its position in the file, which names it where the file does not.
  func place(of node: NodeProto, index: Int) -> NodePlace {
    let levels = Self.levels(of: node)
    guard let last = levels.last else { return NodePlace(path: outer, name: "\(node.opType)_\(index)") }
    guard levels.count > 1 else { return NodePlace(path: outer, name: String(last)) }
    var path: [String] = []
    var previous: Substring = ""
    for level in levels.dropLast() {
      let isNested = level.utf8.count > previous.utf8.count + 1 && level.hasPrefix(previous) && !previous.isEmpty
      let rest = isNested ? level.dropFirst(previous.count) : level
      path.append(String(isNested && rest.first == "." ? rest.dropFirst() : level))
      previous = level
    }
    let isAlone = content[Self.key(levels.dropLast())] == 1
    let name = isAlone && node.opType != "Constant" ? path.removeLast() : String(last)
    return NodePlace(path: outer + path, name: name)
  }

  /// The levels of a node's name, the last one being its own.
  private static func levels(of node: NodeProto) -> [Substring] {
    for entry in node.metadataProps where entry.key == "pkg.torch.onnx.name_scopes" {
      let levels = quoted(entry.value)
      if !levels.isEmpty { return levels }
    }
    guard node.name.utf8.contains(UInt8(ascii: "/")) else { return node.name.isEmpty ? [] : [node.name[...]] }
    let leading = node.name.split(separator: "/", maxSplits: depthLimit, omittingEmptySubsequences: true)
    return leading
  }

  /// The strings of a Python list of strings that is not empty.
  private static func quoted(_ text: String) -> [Substring] {
    let parts = text.split(separator: "'", maxSplits: 2 * depthLimit, omittingEmptySubsequences: false)
    var result: [Substring] = []
    for index in stride(from: 1, to: parts.count, by: 2) where !parts[index].isEmpty { result.append(parts[index]) }
    return result
  }
}
