import Yams

extension Item {
  /// The one document of a YAML text.
  ///
  /// Anchors with aliases are refused before the text is parsed: a few lines of them can stand for more nodes than any
  /// machine has memory for, and the parser already compares keys in full.
  init(parsing text: String) throws(ArchitectureFileError) {
    try TextCheck.run(text)
    let root: Yams.Node?
    do {
      root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
    } catch let error as YamlError {
      throw ArchitectureFileError(error)
    } catch {
      throw ArchitectureFileError(nil, .syntax("\(error)"))
    }
    guard let root else {
      // An empty file lacks whatever its schema requires.
      self.init(place: Place(line: 1, column: 1), content: .mapping([]))
      return
    }
    try self.init(root, depth: 0)
  }

  private init(_ node: Yams.Node, depth: Int) throws(ArchitectureFileError) {
    place = Place(node.mark)
    guard depth <= ArchitectureFileLimits.depth else { throw ArchitectureFileError(place, .tooDeep) }
    switch node {
    case .scalar(let scalar):
      content = .scalar(scalar.string, isPlain: scalar.style == .plain)
    case .sequence(let nodes):
      var items: [Item] = []
      for node in nodes { items.append(try Item(node, depth: depth + 1)) }
      content = .list(items)
    case .mapping(let pairs):
      var entries: [Entry] = []
      for (key, value) in pairs {
        guard let word = key.scalar?.string else { throw ArchitectureFileError(Place(key.mark), .compoundKey) }
        entries.append(Entry(key: word, place: Place(key.mark), value: try Item(value, depth: depth + 1)))
      }
      content = .mapping(entries)
    case .alias:
      throw ArchitectureFileError(place, .alias)
    }
  }
}

extension Place {
  fileprivate init(_ mark: Mark?) {
    self.init(line: mark?.line ?? 1, column: mark?.column ?? 1)
  }
}

extension ArchitectureFileError {
  fileprivate init(_ error: YamlError) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      // The parser's own limit is far above ours.
      self.init(Place(mark), problem.contains("nesting level") ? .tooDeep : .syntax(problem))
    case .duplicatedKeysInMapping(let duplicates, let context):
      self.init(Place(context.mark), .duplicateKey(duplicates.first ?? ""))
    case .reader(let problem, _, _, _):
      self.init(nil, .syntax(problem))
    case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
      self.init(nil, .syntax("it cannot be read"))
    }
  }
}

/// What must hold of a text before the YAML parser sees it.
private enum TextCheck {
  /// One walk over the characters: none that YAML forbids, and not both anchors and aliases.
  ///
  /// An anchor or alias begins a node, so what stands before it in its line is nothing or an indicator. The check looks
  /// at no quotes and no comments: it may see one where there is none, but never miss one.
  static func run(_ text: String) throws(ArchitectureFileError) {
    var place = Place(line: 1, column: 1)
    var beginsNode = true
    var sign: (place: Place, isAlias: Bool)?
    var hasAnchor = false
    var alias: Place?
    for scalar in text.unicodeScalars {
      guard isAllowed(scalar) else { throw ArchitectureFileError(place, .character(scalar.value)) }
      if let sign, !isSpace(scalar) {
        if sign.isAlias { alias = alias ?? sign.place } else { hasAnchor = true }
      }
      sign = nil
      if beginsNode, scalar == "*" || scalar == "&" { sign = (place, scalar == "*") }
      if isBreak(scalar) {
        beginsNode = true
        place = Place(line: scalar == "\r" ? place.line : place.line + 1, column: 1)
        continue
      }
      place.column += 1
      if scalar != " " && scalar != "\t" {
        beginsNode = "-:?,[{".unicodeScalars.contains(scalar) || scalar.value > 127
      }
    }
    if hasAnchor, let alias { throw ArchitectureFileError(alias, .alias) }
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || isBreak(scalar)
  }

  private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }

  /// YAML 1.1, production `c-printable`.
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
    default: false
    }
  }
}
