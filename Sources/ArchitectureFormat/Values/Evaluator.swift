import SymbolicIntegers

/// Turns what is written into values, and counts the work that symbols make.
struct Evaluator {
  private var symbolicWork = 0

  /// The value of a scalar or of a list of scalars.
  /// - Parameters:
  ///   - key: what the value is for, as errors say it.
  ///   - owner: the layer or section that has the key.
  mutating func value(
    _ item: Item, in environment: Environment, key: String, owner: String
  ) throws(ArchitectureFileError) -> Value {
    switch item.content {
    case .scalar(let text, let isPlain):
      return try scalar(text, isPlain: isPlain, at: item.place, in: environment)
    case .list(let items):
      var values: [Value] = []
      for item in items { values.append(try value(item, in: environment, key: key, owner: owner)) }
      return Value(content: .list(values), place: item.place)
    case .mapping:
      throw ArchitectureFileError(
        item.place, .wrongType(key: key, owner: owner, expected: "a value", found: item.summary))
    }
  }

  /// The value of one word or formula.
  mutating func scalar(
    _ text: String, isPlain: Bool, at place: Place?, in environment: Environment
  ) throws(ArchitectureFileError) -> Value {
    if isPlain, text == "true" || text == "false" { return Value(content: .flag(text == "true"), place: place) }
    if let integer = Int(text) { return Value(content: .size(Dimension(integer)), place: place) }
    if let number = Self.number(text) { return Value(content: .number(number), place: place) }
    if let symbol = Symbol(text) {
      if var value = environment.value(of: symbol.name) {
        // A word keeps the place where it was written: there the misspelt name is.
        if case .word = value.content { return value }
        value.place = place
        return value
      }
      if let dimension = try environment.symbol(symbol.name, at: place) {
        return Value(content: .size(dimension), place: place)
      }
      return Value(content: .word(text), place: place)
    }
    return Value(content: .size(try formula(text, at: place, in: environment)), place: place)
  }

  /// The value of a formula of several parts.
  mutating func formula(
    _ text: String, at place: Place?, in environment: Environment
  ) throws(ArchitectureFileError) -> Dimension {
    guard text.utf8.count <= ArchitectureFileLimits.formulaLength else {
      throw ArchitectureFileError(
        place,
        .formula(
          "\(text.prefix(24))...",
          .tooLarge(
            count: text.utf8.count, limit: ArchitectureFileLimits.formulaLength)))
    }
    var fault: ArchitectureFileError?
    var isSymbolic = false
    do throws(DimensionError) {
      let result = try Dimension(parsing: text) { symbol throws(DimensionError) in
        do throws(ArchitectureFileError) {
          let dimension = try Self.operand(symbol.name, of: text, at: place, in: environment)
          isSymbolic = isSymbolic || !dimension.isConstant
          return dimension
        } catch {
          fault = error
          throw .unbound(symbol)
        }
      }
      if isSymbolic {
        symbolicWork += Self.work(text)
        try Self.check(symbolicWork, result)
      }
      return result
    } catch {
      if symbolicWork > ArchitectureFileLimits.symbolicWork {
        throw ArchitectureFileError(
          place,
          .tooMany(
            "units of work in formulas over symbols", limit: ArchitectureFileLimits.symbolicWork))
      }
      throw fault ?? ArchitectureFileError(place, .formula(text, error))
    }
  }

  /// What evaluating a formula over symbols may cost: the product of two sums has as many terms as both together.
  private static func work(_ text: String) -> Int {
    let powers = text.utf8.reduce(0) { $1 == UInt8(ascii: "^") ? $0 + 1 : $0 }
    let length = text.utf8.count + 100 * powers
    return length * length / 8
  }

  private static func check(_ count: Int, _ result: Dimension) throws(DimensionError) {
    let limit = ArchitectureFileLimits.sizeTerms
    if count > ArchitectureFileLimits.symbolicWork || result.expressionSize > limit {
      throw .tooLarge(count: result.expressionSize, limit: limit)
    }
  }

  private static func operand(
    _ name: String, of text: String, at place: Place?, in environment: Environment
  ) throws(ArchitectureFileError) -> Dimension {
    if let value = environment.value(of: name) {
      if case .size(let dimension) = value.content { return dimension }
      if case .word(let word) = value.content {
        throw ArchitectureFileError(value.place ?? place, .unknownName(word, known: environment.names))
      }
      throw ArchitectureFileError(
        place, .wrongType(key: name, owner: "formula '\(text)'", expected: "a whole number", found: value.summary))
    }
    if let dimension = try environment.symbol(name, at: place) { return dimension }
    throw ArchitectureFileError(place, .unknownName(name, known: environment.names))
  }

  /// A decimal number such as `0.5`, `1e-5`; nil for integers and all else.
  private static func number(_ text: String) -> Double? {
    guard text.utf8.count <= 64, text.utf8.contains(where: { $0 >= 48 && $0 <= 57 }),
      text.utf8.allSatisfy({ ($0 >= 48 && $0 <= 57) || "+-.eE".utf8.contains($0) }), let number = Double(text),
      number.isFinite
    else { return nil }
    return number
  }
}

extension Evaluator {
  /// A text with the formulas in braces replaced by their values: `layer{i+1}`.
  mutating func interpolated(
    _ text: String, at place: Place, in environment: Environment
  ) throws(ArchitectureFileError) -> String {
    guard text.contains("{") else { return text }
    var result = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      guard let close = rest[open...].firstIndex(of: "}") else { break }
      result += rest[..<open]
      let formula = String(rest[rest.index(after: open)..<close])
      result += try self.formula(formula, at: place, in: environment).description
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}
