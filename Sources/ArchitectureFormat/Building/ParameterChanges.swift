import SymbolicIntegers

/// New values for a file's parameters, given beside it as `name=value` or `name[index]=value`.
struct ParameterChanges {
  private struct Change {
    var text: String
    var name: String
    /// The position in a list; nil for the whole value.
    var index: Int?
    var value: Item
  }

  private var changes: [Change] = []
  /// Names in the new values that are no parameters: symbols.
  private(set) var symbols: Set<String> = []

  /// - Throws: ``ArchitectureFileError`` for text of another form and for a parameter that the file does not have.
  init(_ texts: [String], parameters: [Item.Entry]) throws(ArchitectureFileError) {
    let names = parameters.map(\.key)
    for text in texts {
      guard let change = try Self.parse(text) else {
        throw ArchitectureFileError(
          nil, .setting(String(text.prefix(60)), problem: "write name=value or name[index]=value"))
      }
      guard names.contains(change.name) else {
        let hint =
          names.isEmpty ? "the file has no parameters" : "there is no such parameter" + Self.listed(change.name, names)
        throw ArchitectureFileError(nil, .setting(text, problem: hint))
      }
      changes.append(change)
      collectSymbols(change.value, parameters: names)
    }
  }

  private static func listed(_ name: String, _ names: [String]) -> String {
    let list = ": there are " + names.joined(separator: ", ")
    return Spelling.nearest(name, among: names).map { "\(list) (did you mean \($0)?)" } ?? list
  }

  private static func parse(_ text: String) throws(ArchitectureFileError) -> Change? {
    guard text.utf8.count <= 4096, let equals = text.firstIndex(of: "=") else { return nil }
    var name = text[..<equals].trimmed
    var index: Int?
    if name.hasSuffix("]"), let bracket = name.firstIndex(of: "[") {
      guard let number = Int(name[name.index(after: bracket)...].dropLast()), number >= 0 else { return nil }
      index = number
      name = String(name[..<bracket])
    }
    let written = text[text.index(after: equals)...].trimmed
    guard !name.isEmpty, !written.isEmpty else { return nil }
    let value: Item
    do throws(ArchitectureFileError) {
      value = try Item(parsing: written)
    } catch {
      throw ArchitectureFileError(nil, .setting(text, problem: "\(error.fault)"))
    }
    return Change(text: text, name: name, index: index, value: value.withoutPlace)
  }

  private mutating func collectSymbols(_ item: Item, parameters: [String]) {
    switch item.content {
    case .list(let items): for item in items { collectSymbols(item, parameters: parameters) }
    case .mapping: break
    case .scalar(let text, _):
      // A lone word may be the name of an activation; a parameter of numbers makes it a symbol when it is applied.
      guard Symbol(text) == nil, text.utf8.count <= ArchitectureFileLimits.formulaLength else { return }
      var names: [String] = []
      _ = try? Dimension(parsing: text) { symbol throws(DimensionError) in
        names.append(symbol.name)
        return Dimension(symbol)
      }
      symbols.formUnion(names.filter { !parameters.contains($0) })
    }
  }

  /// The value of a parameter with the changes to it.
  func applied(
    to value: Value, of name: String, _ evaluator: inout Evaluator, _ environment: Environment
  ) throws(ArchitectureFileError) -> Value {
    var result = value
    for change in changes where change.name == name {
      do throws(ArchitectureFileError) {
        let new = try evaluator.value(change.value, in: environment, key: name, owner: "parameters")
        result = try replaced(result, by: new, change, environment)
      } catch {
        if case .setting = error.fault { throw error }
        throw ArchitectureFileError(nil, .setting(change.text, problem: "\(error.fault)"))
      }
    }
    return result
  }

  private func replaced(
    _ old: Value, by new: Value, _ change: Change, _ environment: Environment
  ) throws(ArchitectureFileError) -> Value {
    guard let index = change.index else { return try fitted(new, to: old, change, environment) }
    guard case .list(var values) = old.content else {
      throw ArchitectureFileError(nil, .setting(change.text, problem: "'\(change.name)' is no list"))
    }
    guard values.indices.contains(index) else {
      throw ArchitectureFileError(
        nil,
        .setting(change.text, problem: "'\(change.name)' has \(values.count) entries, counted from 0"))
    }
    values[index] = try fitted(new, to: values[index], change, environment)
    return Value(content: .list(values), place: old.place)
  }

  /// A new value of the old one's kind.
  private func fitted(
    _ new: Value, to old: Value, _ change: Change, _ environment: Environment
  ) throws(ArchitectureFileError) -> Value {
    var new = new
    new.place = old.place
    if case .word(let word) = new.content, old.kind == "a number" {
      let symbol = Dimension.symbol(word)
      new.content = .size(environment.assumptions?.applied(to: symbol) ?? symbol)
    }
    guard new.kind == old.kind else {
      throw ArchitectureFileError(
        nil, .setting(change.text, problem: "'\(change.name)' is \(old.kind), not \(new.kind)"))
    }
    return new
  }
}

extension Item {
  /// The same content without a place of its own in the file.
  fileprivate var withoutPlace: Item {
    var item = self
    item.place = Place(line: 1, column: 1)
    if case .list(let items) = content { item.content = .list(items.map(\.withoutPlace)) }
    return item
  }
}
