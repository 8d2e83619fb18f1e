/// Checks layers against the schema: operators, keys, and which keys go together.
enum LayerReader {
  /// The layers that do more than apply an operator, with their own keys.
  static let structures: [(name: String, keys: [String])] = [
    ("block", ["use"]),
    ("branches", ["layers", "join", "axis"]),
    ("from", []),
    ("group", ["layers"]),
    ("head", ["layers"]),
    ("repeat", ["layers", "count", "index", "each"]),
    ("residual", ["layers", "shortcut", "projection", "optional", "join"]),
    ("save", []),
    ("stage", ["layers"]),
  ]

  /// Keys that every layer takes.
  static let commonKeys = ["name", "from", "save", "when"]

  /// Every word that can begin a layer.
  static let kinds = (OperatorForm.all.map(\.name) + structures.map(\.name)).sorted()

  /// The layers of a list.
  static func layers(_ item: Item, key: String, owner: String) throws(ArchitectureFileError) -> [Layer] {
    guard case .list(let items) = item.content else {
      throw ArchitectureFileError(
        item.place, .wrongType(key: key, owner: owner, expected: "a list of layers", found: item.summary))
    }
    var layers: [Layer] = []
    for item in items { layers.append(try layer(item)) }
    return layers
  }

  private static func layer(_ item: Item) throws(ArchitectureFileError) -> Layer {
    let (kind, place, value) = try kindAndSettings(item)
    if let form = OperatorForm.named(kind) { return try operation(form, place, value) }
    guard let structure = structures.first(where: { $0.name == kind }) else {
      throw ArchitectureFileError(place, .unknownLayer(kind, known: kinds))
    }
    if kind == "save" || kind == "from" { return try marker(kind, place, value) }
    if kind == "block" { return try use(place, value) }
    let fields = try Fields(
      shorthand(value, main: "layers"), owner: kind, known: structure.keys + commonKeys)
    var layer = try Layer(place: place, kind: kind, fields: fields, body: .scope(.plain, []))
    layer.body =
      switch kind {
      case "repeat": .repetition(try repetition(fields))
      case "residual": .residual(try residual(fields))
      case "branches": .branches(try branches(fields))
      case "stage": .scope(.stage, try layers(fields))
      case "head": .scope(.head, try layers(fields))
      default: .scope(.plain, try layers(fields))
      }
    return layer
  }

  /// The operator's name, where it stands, and what is written behind it.
  private static func kindAndSettings(_ item: Item) throws(ArchitectureFileError) -> (String, Place, Item) {
    let nothing = Item(place: item.place, content: .scalar("", isPlain: true))
    switch item.content {
    case .scalar(let text, _) where !item.isNull: return (text, item.place, nothing)
    case .mapping(let entries) where entries.count == 1: return (entries[0].key, entries[0].place, entries[0].value)
    case .mapping(let entries) where entries.count > 1:
      let keys = entries.prefix(3).map { "'\($0.key)'" }.joined(separator: ", ")
      throw ArchitectureFileError(
        entries[1].place,
        .notALayer("a mapping with \(entries.count) keys (\(keys)\(entries.count > 3 ? ", ..." : ""))"))
    default: throw ArchitectureFileError(item.place, .notALayer(item.summary))
    }
  }

  /// A mapping; a value that is none is taken for the main key's.
  private static func shorthand(_ value: Item, main: String?) -> Item {
    if value.isNull { return Item(place: value.place, content: .mapping([])) }
    if case .mapping = value.content { return value }
    guard let main else { return value }
    let entry = Item.Entry(key: main, place: value.place, value: value)
    return Item(place: value.place, content: .mapping([entry]))
  }

  private static func layers(_ fields: Fields) throws(ArchitectureFileError) -> [Layer] {
    try layers(fields.required("layers"), key: "layers", owner: fields.owner)
  }
}

extension LayerReader {
  private static func operation(
    _ form: OperatorForm, _ place: Place, _ value: Item
  ) throws(ArchitectureFileError) -> Layer {
    let fields = try Fields(shorthand(value, main: form.main), owner: form.name, known: form.keys + commonKeys)
    var settings: [String: Item] = [:]
    for key in form.required where fields[key] == nil {
      throw ArchitectureFileError(place, .missingKey(key, owner: form.name))
    }
    for key in form.keys { settings[key] = fields[key] }
    let layer = try Layer(
      place: place, kind: form.name, fields: fields, body: .operation(form, settings: settings))
    guard layer.from.count <= 1 || form.takesSeveral else {
      throw ArchitectureFileError(
        layer.from[1].place,
        .wrongType(key: "from", owner: form.name, expected: "one name", found: "a list of \(layer.from.count)"))
    }
    guard layer.save.count <= 1 || form.givesSeveral else {
      throw ArchitectureFileError(
        layer.save[1].place,
        .wrongType(key: "save", owner: form.name, expected: "one name", found: "a list of \(layer.save.count)"))
    }
    return layer
  }

  /// A layer that only names the tensor before it, or goes on from a named one.
  private static func marker(_ kind: String, _ place: Place, _ value: Item) throws(ArchitectureFileError) -> Layer {
    let words = value.isNull ? [] : try Word.list(value, key: kind, owner: "the layer")
    guard let word = words.first, words.count == 1 else {
      throw ArchitectureFileError(
        place, .wrongType(key: kind, owner: "the layer", expected: "one name", found: value.summary))
    }
    return Layer(place: place, kind: kind, body: kind == "save" ? .save(word) : .from(word))
  }

  private static func use(_ place: Place, _ value: Item) throws(ArchitectureFileError) -> Layer {
    let value = shorthand(value, main: "use")
    guard case .mapping(let entries) = value.content else {
      throw ArchitectureFileError(place, .missingKey("use", owner: "block"))
    }
    let own = ["use"] + commonKeys
    let fields = try Fields(
      Item(place: place, content: .mapping(entries.filter { own.contains($0.key) })), owner: "block", known: own)
    guard let block = try fields.words("use").first else {
      throw ArchitectureFileError(place, .missingKey("use", owner: "block"))
    }
    let arguments = entries.filter { !own.contains($0.key) && !$0.value.isNull }
    return try Layer(place: place, kind: "block", fields: fields, body: .use(block: block, arguments: arguments))
  }

  private static func repetition(_ fields: Fields) throws(ArchitectureFileError) -> Repetition {
    var each: [Item.Entry] = []
    if let item = fields["each"] {
      guard case .mapping(let entries) = item.content, !entries.isEmpty else {
        throw ArchitectureFileError(
          item.place,
          .wrongType(key: "each", owner: "repeat", expected: "a mapping of names to lists", found: item.summary))
      }
      for entry in entries { try Names.check(parameter: entry.key, at: entry.place) }
      each = entries
    }
    let index = try fields.words("index").first
    if let index { try Names.check(parameter: index.text, at: index.place) }
    guard fields["count"] != nil || !each.isEmpty else {
      throw ArchitectureFileError(fields.place, .missingKey("count", owner: "repeat"))
    }
    return Repetition(count: fields["count"], index: index, each: each, layers: try layers(fields))
  }

  private static func residual(_ fields: Fields) throws(ArchitectureFileError) -> Residual {
    let shortcuts = ["shortcut", "projection", "optional"].filter { fields[$0] != nil }
    guard shortcuts.count <= 1 else {
      throw ArchitectureFileError(fields.place, .eitherKey(owner: "residual", keys: shortcuts))
    }
    let shortcut: Residual.Shortcut
    if let item = fields["shortcut"] {
      let (name, layers) = try namedLayers(item, key: "shortcut")
      shortcut = .always(name: name, layers)
    } else if let item = fields["projection"] {
      let (name, layers) = try namedLayers(item, key: "projection")
      shortcut = .onChange(name: name, layers)
    } else if let item = fields["optional"] {
      guard let text = item.text, text == "true" || text == "false" else {
        throw ArchitectureFileError(
          item.place, .wrongType(key: "optional", owner: "residual", expected: "true or false", found: item.summary))
      }
      shortcut = text == "true" ? .optional : .identity
    } else {
      shortcut = .identity
    }
    return Residual(
      layers: try layers(fields), shortcut: shortcut, join: try join(fields, words: ["add", "multiply"]) ?? .add)
  }

  /// Layers as a list, or with a name as `{name: ..., layers: [...]}`.
  private static func namedLayers(
    _ item: Item, key: String
  ) throws(ArchitectureFileError) -> (name: Item?, layers: [Layer]) {
    let fields = try Fields(shorthand(item, main: "layers"), owner: key, known: ["name", "layers"])
    return (fields["name"], try layers(fields))
  }

  private static func branches(_ fields: Fields) throws(ArchitectureFileError) -> Branches {
    let item = try fields.required("layers")
    var branches: [(name: Item?, layers: [Layer])] = []
    switch item.content {
    case .list(let lists):
      for list in lists { branches.append((nil, try layers(list, key: "each branch", owner: "branches"))) }
    case .mapping(let entries):
      for entry in entries {
        let name = Item(place: entry.place, content: .scalar(entry.key, isPlain: false))
        branches.append((name, try layers(entry.value, key: entry.key, owner: "branches")))
      }
    case .scalar:
      break
    }
    guard !branches.isEmpty else {
      throw ArchitectureFileError(
        item.place,
        .wrongType(key: "layers", owner: "branches", expected: "a list of lists of layers", found: item.summary))
    }
    guard let join = try join(fields, words: ["concat", "add", "multiply"]) else {
      throw ArchitectureFileError(fields.place, .missingKey("join", owner: "branches"))
    }
    return Branches(branches: branches, join: join)
  }

  private static func join(_ fields: Fields, words: [String]) throws(ArchitectureFileError) -> Join? {
    var axis = 1
    if let item = fields["axis"] {
      guard let number = item.text.flatMap({ Int($0) }) else {
        throw ArchitectureFileError(
          item.place, .wrongType(key: "axis", owner: fields.owner, expected: "an integer", found: item.summary))
      }
      axis = number
    }
    guard let item = fields["join"] else { return nil }
    switch item.text {
    case "concat" where words.contains("concat"): return .concat(axis: axis)
    case "add": return .add
    case "multiply": return .multiply
    default:
      throw ArchitectureFileError(
        item.place,
        .wrongType(
          key: "join", owner: fields.owner, expected: "one of \(words.joined(separator: ", "))", found: item.summary))
    }
  }
}

extension Layer {
  /// A layer with the keys that every layer takes.
  fileprivate init(place: Place, kind: String, fields: Fields, body: Body) throws(ArchitectureFileError) {
    self.place = place
    self.kind = kind
    self.body = body
    name = fields["name"]
    from = try fields.words("from")
    save = try fields.words("save")
    when = fields["when"]
    for word in save { try Names.check(saved: word) }
  }
}
