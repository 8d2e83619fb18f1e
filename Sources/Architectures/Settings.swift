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
  /// There is no such parameter; `known` are the ones in its place.
  case unknown(name: String, model: String, known: [String])
  /// A part is named of what has none: a single value, or a list without an index.
  case part(name: String, of: String, what: String)
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
    case .part(let name, let parent, let what): "there is no '\(name)' in '\(parent)', which is \(what)"
    case .index(let name, let index, let count):
      "'\(name)' has \(count) entries, counted from 0, so there is none at \(index)"
    case .value(let name, let value, let reason): "'\(value)' does not fit parameter '\(name)': \(reason)"
    }
  }
}

extension Setting: CustomStringConvertible {
  /// The value as `--set` reads it, shortened nowhere.
  public var description: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let value): value
    case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
    case .group(let entries): entries.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: ", ")
    }
  }

  /// The parameters by name, each as deep as names and indices lead: a list of plain values is one entry.
  public var entries: [(name: String, value: Setting)] {
    func visit(_ value: Setting, _ name: String, _ result: inout [(name: String, value: Setting)]) {
      switch value {
      case .group(let entries) where name.isEmpty:
        for (key, entry) in entries.sorted(by: { $0.key < $1.key }) { visit(entry, key, &result) }
      case .list(let values) where values.contains(where: \.isComposite):
        for (index, entry) in values.enumerated() { visit(entry, "\(name)[\(index)]", &result) }
      default: result.append((name, value))
      }
    }
    var result: [(name: String, value: Setting)] = []
    visit(self, "", &result)
    return result
  }

  private var isComposite: Bool {
    switch self {
    case .list, .group: true
    case .null, .bool, .integer, .number, .text: false
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
