import FoundationEssentials

extension Architecture {
  /// The parameters of this architecture.
  /// - Throws: an encoding error; none is known to occur.
  public var settings: Setting {
    get throws { try JSONDecoder().decode(Setting.self, from: JSONEncoder().encode(self)) }
  }

  /// This architecture with parameters changed in order, each given as `name=value`: `classes=10`, `stages[2].depth=9`.
  ///
  /// A list keeps its number of entries. A number stays above zero where it is, and at most ``SettingChange/maximum``
  /// unless it is a size, which may be any positive integer or a formula: no value makes a network that cannot be
  /// described in bounded time.
  /// - Parameter model: what errors call the architecture.
  /// - Throws: ``SettingError``.
  public func with(settings texts: [String], model: String) throws(SettingError) -> Self {
    guard var tree = try? settings else { return self }
    var changes: [(change: SettingChange, tree: Setting)] = []
    for text in texts {
      let change = try SettingChange(parsing: text)
      let current = try tree.value(at: change.steps, model: model)
      let value = try change.value.checked(against: current, at: change.steps, model: model) { [tree] steps in
        // Of all parameters that are now numbers only a size can also be a symbol.
        var probe = tree
        probe.replace(at: steps[...], with: .text("x"))
        return (try? Self(probe)) != nil
      }
      tree.replace(at: change.steps[...], with: value)
      changes.append((change, tree))
    }
    if let result = try? Self(tree) { return result }
    // The first change behind which there is no network is to blame.
    for (change, tree) in changes {
      do {
        _ = try Self(tree)
      } catch {
        throw .value(name: change.steps.name, value: "\(change.value)", reason: reason(error, change.value))
      }
    }
    return self
  }

  private init(_ tree: Setting) throws {
    self = try JSONDecoder().decode(Self.self, from: JSONEncoder().encode(tree))
  }

  private func reason(_ error: any Error, _ value: Setting) -> String {
    switch error as? DecodingError {
    case .typeMismatch(let type, _), .valueNotFound(let type, _):
      if type == Bool.self { return "it must be true or false" }
      if type == Int.self { return "it must be a whole number" }
      if type == Double.self { return "it must be a number" }
      if type == String.self { return "it must be a word or a formula" }
      return "it is of another kind"
    case .dataCorrupted(let context):
      // Of text the sentence comes from the parameter's own type; of a number from the decoder, which knows no more.
      if case .text = value { return context.debugDescription }
      return "it must be a whole number"
    case .keyNotFound(let key, _): return "'\(key.stringValue)' is missing"
    default: return "it cannot be read"
    }
  }
}

/// One `name=value`.
struct SettingChange {
  enum Step {
    case name(String)
    case index(Int)
  }

  /// The largest number for a parameter that is no size: repeats, kernels, multipliers.
  static let maximum = maximumDepth

  var steps: [Step] = []
  var value: Setting

  /// Reads `name=value`, where the name is identifiers joined by dots with indices in brackets.
  init(parsing text: String) throws(SettingError) {
    let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else { throw .syntax(String(text.prefix(100))) }
    guard text.utf8.count < 10_000 else {
      throw .value(name: String(sides[0].prefix(100)), value: "\(sides[1].prefix(20))...", reason: "it is too long")
    }
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
}

extension [SettingChange.Step] {
  /// The path as people write it: `stages[2].depth`.
  var name: String {
    reduce("") { text, step in
      switch step {
      case .name(let name): text.isEmpty ? name : "\(text).\(name)"
      case .index(let index): "\(text)[\(index)]"
      }
    }
  }
}

extension Setting {
  /// The value to which `steps` lead.
  /// - Throws: ``SettingError`` at the first step that leads nowhere.
  fileprivate func value(at steps: [SettingChange.Step], model: String) throws(SettingError) -> Setting {
    var current = self
    for (position, step) in steps.enumerated() {
      let parent = Array(steps[..<position]).name
      switch (step, current) {
      case (.name(let name), .group(let entries)):
        guard let entry = entries[name] else {
          let place = parent.isEmpty ? model : "'\(parent)' of \(model)"
          throw .unknown(name: name, model: place, known: entries.keys.sorted())
        }
        current = entry
      case (.index(let index), .list(let entries)):
        guard entries.indices.contains(index) else { throw .index(name: parent, index: index, count: entries.count) }
        current = entries[index]
      case (.name(let name), .list(let entries)):
        throw .part(name: name, of: parent, what: "a list of \(entries.count) entries: write \(parent)[0].\(name)")
      case (.index(let index), .group):
        throw .part(name: "[\(index)]", of: parent, what: "not a list")
      case (.name(let name), _):
        throw .part(name: name, of: parent, what: "a single value")
      case (.index(let index), _):
        throw .part(name: "[\(index)]", of: parent, what: "a single value")
      }
    }
    return current
  }

  /// Puts `value` where `steps` lead; they must lead somewhere.
  fileprivate mutating func replace(at steps: ArraySlice<SettingChange.Step>, with value: Setting) {
    guard let step = steps.first else {
      self = value
      return
    }
    switch (step, self) {
    case (.name(let name), .group(var entries)):
      entries[name]?.replace(at: steps.dropFirst(), with: value)
      self = .group(entries)
    case (.index(let index), .list(var entries)) where entries.indices.contains(index):
      entries[index].replace(at: steps.dropFirst(), with: value)
      self = .list(entries)
    default: break
    }
  }

  /// This value in the place of `current`: numbers in range, lists as long, groups with what they leave out.
  /// - Parameter isSize: whether the parameter to which some steps lead is a size.
  fileprivate func checked(
    against current: Setting, at steps: [SettingChange.Step], model: String, isSize: ([SettingChange.Step]) -> Bool
  ) throws(SettingError) -> Setting {
    func refused(_ reason: String) -> SettingError {
      .value(name: steps.name, value: "\(self)", reason: reason)
    }
    switch (self, current) {
    case (.list(let new), .list(let old)):
      guard new.count == old.count else {
        throw refused("it has \(new.count) entries, but the list keeps its \(old.count)")
      }
      var result: [Setting] = []
      for (index, pair) in zip(new, old).enumerated() {
        result.append(try pair.0.checked(against: pair.1, at: steps + [.index(index)], model: model, isSize: isSize))
      }
      return .list(result)
    case (.group(let new), .group(var old)):
      for (name, value) in new.sorted(by: { $0.key < $1.key }) {
        guard let entry = old[name] else {
          throw .unknown(name: name, model: "'\(steps.name)' of \(model)", known: old.keys.sorted())
        }
        old[name] = try value.checked(against: entry, at: steps + [.name(name)], model: model, isSize: isSize)
      }
      return .group(old)
    case (_, .list(let old)): throw refused("it must be a list of \(old.count) entries")
    case (_, .group(let old)): throw refused("it has the parts \(old.keys.sorted().joined(separator: ", "))")
    case (.list, _), (.group, _): throw refused("it must be a single value")
    case (.integer, .integer), (.integer, .number), (.number, .integer), (.number, .number):
      let (new, old) = (magnitude, current.magnitude)
      // Of any parameter, a size or not.
      if case .integer(1...SettingChange.maximum) = self { return self }
      if isSize(steps) {
        guard case .integer(let size) = self, size > 0 else { throw refused("it must be a positive whole number") }
        return self
      }
      guard old > 0 ? new > 0 : new >= old else {
        throw refused(old > 0 ? "it must be above 0" : "it must be at least \(current)")
      }
      guard new <= max(Double(SettingChange.maximum), old) else {
        throw refused("it must be at most \(SettingChange.maximum)")
      }
      return self
    default: return self
    }
  }

  /// The number; 0 for anything else.
  private var magnitude: Double {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .null, .bool, .text, .list, .group: 0
    }
  }
}
