import FoundationEssentials

/// The parameters of an architecture as a tree of named values: what `--set` edits.
///
/// Every architecture is `Codable`, so the tree is its encoded form; names are the property names of its family.
public indirect enum Setting: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([Setting])
  case group([String: Setting])
}

/// Why a setting could not be changed.
public enum SettingError: Error, Hashable, Sendable {
  /// The text is not `name=value` with a name like `stages[2].depth`.
  case syntax(String)
  /// There is no such parameter; `known` are the ones beside it.
  case unknown(name: String, model: String, known: [String])
  /// The index lies outside the list.
  case index(name: String, index: Int, count: Int)
  /// The value is of another kind than the parameter, or out of its range.
  case value(name: String, value: String, reason: String)
}

extension SettingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .syntax(let text): "'\(text)' is not a setting: write name=value, for example stages[2].depth=9"
    case .unknown(let name, let model, let known):
      "\(model) has no parameter '\(name)': there are \(known.joined(separator: ", "))"
    case .index(let name, let index, let count):
      "'\(name)' has \(count) entries, counted from 0, so there is none at \(index)"
    case .value(let name, let value, let reason): "'\(value)' does not fit parameter '\(name)': \(reason)"
    }
  }
}

extension Setting: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([Setting].self) {
      self = .list(value)
    } else {
      self = .group(try container.decode([String: Setting].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .group(let value): try container.encode(value)
    }
  }

  /// A value as people write it: a number, `true`, `false`, a list in brackets, else text.
  init(parsing text: String) {
    let decoded = try? JSONDecoder().decode(Setting.self, from: Data(text.utf8))
    self = decoded ?? .text(text)
  }
}

extension Architecture {
  /// The parameters of this architecture.
  /// - Throws: an encoding error; none is known to occur.
  public var settings: Setting {
    get throws { try JSONDecoder().decode(Setting.self, from: JSONEncoder().encode(self)) }
  }

  /// This architecture with parameters changed, each given as `name=value`: `classes=10`, `stages[2].depth=9`.
  /// - Parameter model: what errors call the architecture.
  /// - Throws: ``SettingError``.
  public func with(settings texts: [String], model: String) throws(SettingError) -> Self {
    guard !texts.isEmpty else { return self }
    guard var tree = try? settings else { return self }
    for text in texts {
      let path = try SettingPath(parsing: text)
      try path.apply(to: &tree, at: path.steps[...], model: model)
    }
    do {
      return try JSONDecoder().decode(Self.self, from: JSONEncoder().encode(tree))
    } catch {
      throw describe(error, texts)
    }
  }

  private func describe(_ error: any Error, _ texts: [String]) -> SettingError {
    let text = texts.joined(separator: ", ")
    guard let error = error as? DecodingError else {
      return .value(name: text, value: text, reason: "it cannot be read")
    }
    switch error {
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      return .value(name: name(context.codingPath), value: text, reason: "a value of type \(type) is needed")
    case .dataCorrupted(let context):
      return .value(name: name(context.codingPath), value: text, reason: context.debugDescription)
    case .keyNotFound(let key, _):
      return .value(name: key.stringValue, value: text, reason: "it is missing")
    @unknown default:
      return .value(name: text, value: text, reason: "it cannot be read")
    }
  }

  private func name(_ path: [any CodingKey]) -> String {
    path.reduce("") { name, key in
      if let index = key.intValue { return "\(name)[\(index)]" }
      return name.isEmpty ? key.stringValue : "\(name).\(key.stringValue)"
    }
  }
}

/// Where a setting goes and what it becomes.
private struct SettingPath {
  enum Step {
    case name(String)
    case index(Int)
  }

  var steps: [Step] = []
  var value: Setting

  /// Reads `name=value`, where the name is identifiers joined by dots with indices in brackets.
  init(parsing text: String) throws(SettingError) {
    let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty, text.count < 10_000 else { throw .syntax(text) }
    value = Setting(parsing: String(sides[1]))
    for part in sides[0].split(separator: ".", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
      guard let name = pieces.first, !name.isEmpty else { throw .syntax(text) }
      steps.append(.name(String(name)))
      for piece in pieces.dropFirst() {
        guard piece.hasSuffix("]"), let index = Int(piece.dropLast()) else { throw .syntax(text) }
        steps.append(.index(index))
      }
    }
  }

  func apply(to tree: inout Setting, at rest: ArraySlice<Step>, model: String) throws(SettingError) {
    guard let step = rest.first else {
      tree = value
      return
    }
    switch (step, tree) {
    case (.name(let name), .group(var entries)):
      guard var entry = entries[name] else {
        throw .unknown(name: name, model: model, known: entries.keys.sorted())
      }
      try apply(to: &entry, at: rest.dropFirst(), model: model)
      entries[name] = entry
      tree = .group(entries)
    case (.index(let index), .list(var entries)):
      guard entries.indices.contains(index) else {
        throw .index(name: written(upTo: rest.startIndex), index: index, count: entries.count)
      }
      try apply(to: &entries[index], at: rest.dropFirst(), model: model)
      tree = .list(entries)
    case (.name(let name), _):
      throw .unknown(name: name, model: "'\(written(upTo: rest.startIndex))' of \(model)", known: ["no parts"])
    case (.index, _):
      throw .syntax(written(upTo: rest.endIndex))
    }
  }

  private func written(upTo end: Int) -> String {
    steps[..<end].reduce("") { text, step in
      switch step {
      case .name(let name): text.isEmpty ? name : "\(text).\(name)"
      case .index(let index): "\(text)[\(index)]"
      }
    }
  }
}
