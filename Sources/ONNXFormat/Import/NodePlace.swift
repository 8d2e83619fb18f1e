import NetworkGraph

/// One scope around a node.
struct ScopeLevel: Hashable {
  var name: String
  var role = Scope.Role.plain
  var isNamed = true

  init(_ name: String) {
    self.name = name
  }
}

/// Where a node goes: the scopes around it, outermost first, and its name.
struct NodePlace {
  var path: [ScopeLevel]
  var name: String

  /// The place of a node added for the sake of this one.
  func appending(_ suffix: String) -> NodePlace { NodePlace(path: path, name: "\(name)/\(suffix)") }
}

extension NodePlace: CustomStringConvertible {
  var description: String { path.lazy.filter(\.isNamed).map { "\($0.name)." }.joined() + name }
}

/// Finds scopes and names for the nodes of a file.
///
/// Exporters write the module hierarchy into node names (`/layer1/layer1.0/conv1/Conv`) or into the node's metadata
/// (`['', 'layer1', 'layer1.0', 'layer1.0.conv1', 'conv2d']`). The prefix that each level repeats is dropped
/// (`layer1`, `0`, `conv1`), and a module that holds one operator and no module gives that operator its name.
struct NodePlaces {
  /// Levels further in are left out.
  static let depthLimit = 32

  /// A module: the nodes whose text agrees up to their own names.
  private struct Module {
    var path: [ScopeLevel]
    /// Operators directly in it.
    var count = 0
  }

  private let outer: [ScopeLevel]
  private var modules: [Module] = []
  /// The module of each node; nil for a node in none.
  private var moduleOfNode: [Int?] = []

  /// - Parameter outer: scopes around all nodes.
  init(_ nodes: [NodeProto], inside outer: [ScopeLevel] = []) {
    self.outer = outer
    moduleOfNode.reserveCapacity(nodes.count)
    var known: [Substring: Int] = [:]
    var parents: Set<Substring> = []
    for index in nodes.indices {
      let text = Self.text(of: nodes[index])
      let name = text.lastLevel
      let key = text.value[..<name.startIndex]
      guard text.namesModule(key) else {
        moduleOfNode.append(nil)
        continue
      }
      let module: Int
      if let found = known[key] {
        module = found
      } else {
        module = modules.count
        known[key] = module
        let levels = text.levels
        modules.append(Module(path: Self.path(levels.dropLast(), inside: outer)))
        for level in levels.dropLast() { parents.insert(text.value[..<level.startIndex]) }
      }
      moduleOfNode.append(module)
      if nodes[index].opType != "Constant" { modules[module].count += 1 }
    }
    for (key, module) in known where parents.contains(key) { modules[module].count = 2 }
  }

  /// The scopes of levels of which each may repeat the one before.
  private static func path(_ levels: ArraySlice<Substring>, inside outer: [ScopeLevel]) -> [ScopeLevel] {
    var path = outer
    var previous: Substring = ""
    for level in levels {
      let rest = level.utf8.dropFirst(previous.utf8.count)
      let repeats = !previous.isEmpty && rest.first == UInt8(ascii: ".") && level.utf8.starts(with: previous.utf8)
      path.append(ScopeLevel(String(repeats ? Substring(rest.dropFirst()) : level)))
      previous = level
    }
    return path
  }

  /// The place of a node; `index` is its position in the file, which names it where the file does not.
  func place(of node: NodeProto, index: Int) -> NodePlace {
    if !node.metadataProps.isEmpty, let text = Note.place.text(in: node.metadataProps),
      let place = NodePlace(text: text)
    {
      return NodePlace(path: outer + place.path, name: place.name)
    }
    let text = Self.text(of: node)
    var place = NodePlace(path: outer, name: Self.name(of: node, text) ?? "\(node.opType)_\(index)")
    guard let module = moduleOfNode[index] else { return place }
    place.path = modules[module].path
    if modules[module].count == 1, place.path.count > outer.count, node.opType != "Constant" {
      place.name = place.path.removeLast().name
    }
    return place
  }

  /// A node's own name. Of the nodes that one call in Python becomes, all but the last tell their own name too.
  private static func name(of node: NodeProto, _ text: HierarchyText) -> String? {
    let level = text.lastLevel
    if level.isEmpty { return nil }
    guard text.isQuoted else { return String(level) }
    let own = node.name.hasPrefix("node_") ? node.name.dropFirst("node_".count) : node.name[...]
    return own.isEmpty || own == level ? String(level) : "\(level)/\(own)"
  }

  private static func text(of node: NodeProto) -> HierarchyText {
    if !node.metadataProps.isEmpty {
      for entry in node.metadataProps where entry.key == "pkg.torch.onnx.name_scopes" {
        let text = HierarchyText(value: entry.value, isQuoted: true)
        if !text.lastLevel.isEmpty { return text }
      }
    }
    return HierarchyText(value: node.name, isQuoted: false)
  }
}

/// A text of nested names: separated by slashes, or a Python list of strings.
private struct HierarchyText {
  let value: String
  let isQuoted: Bool

  private var separator: UInt8 { isQuoted ? UInt8(ascii: "'") : UInt8(ascii: "/") }

  /// Whether there is a name in what comes before the innermost one.
  func namesModule(_ start: Substring) -> Bool {
    start.utf8.contains { byte in
      byte != separator && !(isQuoted && (byte == UInt8(ascii: "[") || byte == UInt8(ascii: ",") || byte == 0x20))
    }
  }

  /// The innermost name; empty where there is none.
  var lastLevel: Substring {
    let bytes = value.utf8
    guard let last = bytes.lastIndex(of: separator) else { return isQuoted ? "" : value[...] }
    guard isQuoted else { return value[bytes.index(after: last)...] }
    guard let first = bytes[..<last].lastIndex(of: separator) else { return "" }
    return value[bytes.index(after: first)..<last]
  }

  /// The names from the outermost in.
  var levels: [Substring] {
    let limit = NodePlaces.depthLimit
    if !isQuoted {
      return value.utf8.split(separator: separator, maxSplits: limit).map { Substring($0) }
    }
    var result: [Substring] = []
    let parts = value.utf8.split(separator: separator, maxSplits: 2 * limit, omittingEmptySubsequences: false)
    for index in stride(from: 1, to: parts.count, by: 2) where !parts[index].isEmpty {
      result.append(Substring(parts[index]))
    }
    return result
  }
}
