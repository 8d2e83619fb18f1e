/// The entries of a mapping whose keys are known in advance.
struct Fields: Sendable {
  /// What errors call the mapping.
  let owner: String
  let place: Place
  private let entries: [String: Item.Entry]

  /// - Throws: ``ArchitectureFileError`` when `item` is no mapping or has a key that is not among `known`.
  init(_ item: Item, owner: String, known: [String]) throws(ArchitectureFileError) {
    guard case .mapping(let pairs) = item.content else {
      throw ArchitectureFileError(
        item.place,
        .wrongType(key: "content", owner: owner, expected: "a mapping of keys to values", found: item.summary))
    }
    var entries: [String: Item.Entry] = [:]
    for entry in pairs {
      guard known.contains(entry.key) else {
        throw ArchitectureFileError(entry.place, .unknownKey(entry.key, owner: owner, known: known))
      }
      entries[entry.key] = entry
    }
    self.owner = owner
    self.place = item.place
    self.entries = entries
  }

  /// What is written for `key`; nil where nothing is.
  subscript(key: String) -> Item? {
    guard let value = entries[key]?.value, !value.isNull else { return nil }
    return value
  }

  /// What is written for `key`, which must be there.
  func required(_ key: String) throws(ArchitectureFileError) -> Item {
    guard let item = self[key] else {
      throw ArchitectureFileError(entries[key]?.place ?? place, .missingKey(key, owner: owner))
    }
    return item
  }

  /// The word written for `key`; nil where there is none.
  func word(_ key: String) throws(ArchitectureFileError) -> String? {
    guard let item = self[key] else { return nil }
    guard let text = item.text, !text.isEmpty else {
      throw ArchitectureFileError(
        item.place, .wrongType(key: key, owner: owner, expected: "a word", found: item.summary))
    }
    return text
  }

  /// The words written for `key`, one or a list of them; empty where there is none.
  func words(_ key: String) throws(ArchitectureFileError) -> [Word] {
    guard let item = self[key] else { return [] }
    return try Word.list(item, key: key, owner: owner)
  }
}

/// A word and its place: a name given or used.
struct Word: Hashable, Sendable {
  var text: String
  var place: Place

  /// One word or a list of words.
  static func list(_ item: Item, key: String, owner: String) throws(ArchitectureFileError) -> [Word] {
    let items: [Item] = if case .list(let items) = item.content { items } else { [item] }
    var words: [Word] = []
    for item in items {
      guard let text = item.text, !item.isNull else {
        throw ArchitectureFileError(
          item.place, .wrongType(key: key, owner: owner, expected: "a name or a list of names", found: item.summary))
      }
      words.append(Word(text: text, place: item.place))
    }
    return words
  }
}
