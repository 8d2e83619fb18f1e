/// Checks a whole file against the schema.
enum DescriptionReader {
  static let keys = ["name", "input", "symbols", "parameters", "blocks", "layers", "outputs"]

  static func read(_ item: Item) throws(ArchitectureFileError) -> Description {
    let fields = try Fields(item, owner: "the file", known: keys)
    let list = try fields.required("layers")
    let description = Description(
      name: try name(fields), inputs: try inputs(fields), symbols: try symbols(fields),
      parameters: try parameters(fields), blocks: try blocks(fields),
      layers: try LayerReader.layers(list, key: "layers", owner: "the file"), place: list.place,
      outputs: try outputs(fields))
    try BlockCheck(description.blocks).run(description.layers)
    return description
  }

  private static func name(_ fields: Fields) throws(ArchitectureFileError) -> String? {
    guard let name = try fields.word("name"), let item = fields["name"] else { return nil }
    guard name.count <= 128, !name.contains(where: \.isNewline) else {
      throw ArchitectureFileError(
        item.place, .badName(String(name.prefix(64)), rule: "use one line of up to 128 characters"))
    }
    return name
  }

  private static func inputs(_ fields: Fields) throws(ArchitectureFileError) -> [Item.Entry] {
    let item = try fields.required("input")
    guard case .mapping(let entries) = item.content else {
      return [Item.Entry(key: "input", place: item.place, value: item)]
    }
    guard !entries.isEmpty else { throw ArchitectureFileError(item.place, .missingKey("input", owner: "the file")) }
    var names = Names()
    for entry in entries { try names.take(entry.key, at: entry.place) }
    return entries
  }

  private static func symbols(_ fields: Fields) throws(ArchitectureFileError) -> [Word] {
    let words = try fields.words("symbols")
    for word in words { try Names.check(parameter: word.text, at: word.place) }
    return words
  }

  private static func parameters(_ fields: Fields) throws(ArchitectureFileError) -> [Item.Entry] {
    let entries = try mapping(fields, "parameters", "names to values")
    for entry in entries {
      try Names.check(parameter: entry.key, at: entry.place)
      if entry.value.isNull {
        throw ArchitectureFileError(entry.place, .missingKey("a value of '\(entry.key)'", owner: "parameters"))
      }
    }
    return entries
  }

  private static func blocks(_ fields: Fields) throws(ArchitectureFileError) -> [String: Block] {
    var blocks: [String: Block] = [:]
    for entry in try mapping(fields, "blocks", "names to blocks") {
      let owner = "block '\(entry.key)'"
      try Names.check(parameter: entry.key, at: entry.place)
      let inner = try Fields(entry.value, owner: owner, known: ["parameters", "layers"])
      var parameters: [(name: String, place: Place, standard: Item?)] = []
      for parameter in try mapping(inner, "parameters", "names to default values") {
        try Names.check(parameter: parameter.key, at: parameter.place)
        guard !(["use"] + LayerReader.commonKeys).contains(parameter.key) else {
          throw ArchitectureFileError(
            parameter.place, .badName(parameter.key, rule: "every use of a block has a key of that name"))
        }
        parameters.append((parameter.key, parameter.place, parameter.value.isNull ? nil : parameter.value))
      }
      blocks[entry.key] = Block(
        name: Word(text: entry.key, place: entry.place), parameters: parameters,
        layers: try LayerReader.layers(inner.required("layers"), key: "layers", owner: owner))
    }
    return blocks
  }

  private static func mapping(
    _ fields: Fields, _ key: String, _ what: String
  ) throws(ArchitectureFileError) -> [Item.Entry] {
    guard let item = fields[key] else { return [] }
    guard case .mapping(let entries) = item.content else {
      throw ArchitectureFileError(
        item.place,
        .wrongType(key: key, owner: fields.owner, expected: "a mapping of \(what)", found: item.summary))
    }
    return entries
  }

  private static func outputs(_ fields: Fields) throws(ArchitectureFileError) -> [(name: String, saved: Word)] {
    guard let item = fields["outputs"] else { return [] }
    var names = Names()
    var outputs: [(name: String, saved: Word)] = []
    guard case .mapping(let entries) = item.content else {
      for word in try fields.words("outputs") {
        try names.take(word.text, at: word.place)
        outputs.append((word.text, word))
      }
      return outputs
    }
    for entry in entries {
      try names.take(entry.key, at: entry.place)
      guard let text = entry.value.text, !entry.value.isNull else {
        throw ArchitectureFileError(
          entry.value.place,
          .wrongType(
            key: entry.key, owner: "outputs", expected: "the name of a saved tensor", found: entry.value.summary))
      }
      outputs.append((entry.key, Word(text: text, place: entry.value.place)))
    }
    return outputs
  }
}

/// Checks how blocks use one another: every one used exists and gets the parameters it has, and none uses itself.
struct BlockCheck {
  private let blocks: [String: Block]

  init(_ blocks: [String: Block]) { self.blocks = blocks }

  /// Checks the uses among `layers` and in every block.
  func run(_ layers: [Layer]) throws(ArchitectureFileError) {
    try visit(layers) { (use, arguments) throws(ArchitectureFileError) in try check(use, arguments) }
    var finished: Set<String> = []
    for block in blocks.values.sorted(by: { ($0.name.place.line, $0.name.text) < ($1.name.place.line, $1.name.text) }) {
      try visit(block.layers) { (use, arguments) throws(ArchitectureFileError) in try check(use, arguments) }
      var path: [String] = []
      try follow(block, &path, &finished)
    }
  }

  private func check(_ use: Word, _ arguments: [Item.Entry]) throws(ArchitectureFileError) {
    guard let block = blocks[use.text] else {
      throw ArchitectureFileError(use.place, .unknownBlock(use.text, known: blocks.keys.sorted()))
    }
    let known = block.parameters.map(\.name)
    for argument in arguments where !known.contains(argument.key) {
      throw ArchitectureFileError(
        argument.place,
        .unknownKey(argument.key, owner: "block '\(use.text)'", known: known + ["use"] + LayerReader.commonKeys))
    }
    for parameter in block.parameters
    where parameter.standard == nil && !arguments.contains(where: { $0.key == parameter.name }) {
      throw ArchitectureFileError(use.place, .missingKey(parameter.name, owner: "block '\(use.text)'"))
    }
  }

  private func follow(
    _ block: Block, _ path: inout [String], _ finished: inout Set<String>
  ) throws(ArchitectureFileError) {
    guard !finished.contains(block.name.text) else { return }
    path.append(block.name.text)
    defer { path.removeLast() }
    guard path.count <= ArchitectureFileLimits.depth else { throw ArchitectureFileError(block.name.place, .tooDeep) }
    try visit(block.layers) { (use, _) throws(ArchitectureFileError) in
      if let start = path.firstIndex(of: use.text) {
        throw ArchitectureFileError(use.place, .recursion(path[start...] + [use.text]))
      }
      if let inner = blocks[use.text] { try follow(inner, &path, &finished) }
    }
    finished.insert(block.name.text)
  }

  /// Calls `body` for every use of a block in `layers` and in the lists inside them.
  private func visit(
    _ layers: [Layer], _ body: (Word, [Item.Entry]) throws(ArchitectureFileError) -> Void
  ) throws(ArchitectureFileError) {
    for layer in layers {
      switch layer.body {
      case .operation, .save, .from: break
      case .use(let block, let arguments): try body(block, arguments)
      case .scope(_, let layers): try visit(layers, body)
      case .repetition(let repetition): try visit(repetition.layers, body)
      case .branches(let branches): for branch in branches.branches { try visit(branch.layers, body) }
      case .residual(let residual):
        try visit(residual.layers, body)
        switch residual.shortcut {
        case .identity, .optional: break
        case .always(_, let layers), .onChange(_, let layers): try visit(layers, body)
        }
      }
    }
  }
}
