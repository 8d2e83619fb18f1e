extension Dimension {
  /// Reads the plain-text form: integers, symbols, `+ - * ^ ( )`, `floor(a/b)`, `ceil(a/b)`, `max`, `min` and `a//b`.
  ///
  /// `//` divides, rounds toward minus infinity and binds like `*`; `^` takes an integer exponent. Throws
  /// ``DimensionError/syntax(column:expected:found:)`` for text of another form, and the failure when the expression
  /// has no value, for example because it overflows.
  public init(parsing text: String) throws(DimensionError) {
    var parser = try DimensionParser(text)
    self = try parser.parseAll()
  }

  /// Reads the plain-text form with every symbol replaced as it is read, so that `a//b` can divide by a symbol that
  /// stands for a number. Throws what ``init(parsing:)`` and `value` throw.
  public init(
    parsing text: String, replacing value: @escaping (Symbol) throws(DimensionError) -> Dimension
  ) throws(DimensionError) {
    var parser = try DimensionParser(text, value: value)
    self = try parser.parseAll()
  }
}

/// A recursive-descent reader of the plain-text form, bounded in length and depth.
struct DimensionParser {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0
  private let value: ((Symbol) throws(DimensionError) -> Dimension)?

  /// - Parameter value: what a symbol stands for; nil for itself.
  init(
    _ text: String, value: ((Symbol) throws(DimensionError) -> Dimension)? = nil
  ) throws(DimensionError) {
    self.value = value
    let count = text.utf8.count
    if count > DimensionLimits.textLength { throw .tooLarge(count: count, limit: DimensionLimits.textLength) }
    bytes = Array(text.utf8)
  }

  mutating func parseAll() throws(DimensionError) -> Dimension {
    let result = try parseSum()
    if !isAtEnd { throw unexpected("an operator or the end") }
    if let failure = result.failure { throw failure }
    return result
  }

  /// `symbol = sum`.
  mutating func parseAssumption() throws(DimensionError) -> (symbol: Symbol, value: Dimension) {
    skipSpaces()
    guard let first = peek, first.isASCIILetter else { throw unexpected("a symbol") }
    let symbol = try parseSymbol()
    try expect("=")
    let value = try parseSum()
    if let failure = value.failure { throw failure }
    return (symbol, value)
  }

  var isAtEnd: Bool {
    mutating get {
      skipSpaces()
      return position == bytes.count
    }
  }

  /// Reads `token` or throws.
  mutating func expect(_ token: String) throws(DimensionError) {
    if !accept(token) { throw unexpected("'\(token)'") }
  }

  private mutating func parseSum() throws(DimensionError) -> Dimension {
    depth += 1
    defer { depth -= 1 }
    if depth > DimensionLimits.textDepth { throw .tooDeep(limit: DimensionLimits.textDepth) }
    var sum = try parseProduct(isNegated: parseSigns())
    while true {
      if accept("+") {
        sum += try parseProduct(isNegated: parseSigns())
      } else if accept("-") {
        sum += try parseProduct(isNegated: !parseSigns())
      } else {
        return sum
      }
    }
  }

  /// Reads signs before a product; true when they amount to a minus.
  private mutating func parseSigns() -> Bool {
    var isNegated = false
    while true {
      if accept("-") {
        isNegated.toggle()
      } else if !accept("+") {
        return isNegated
      }
    }
  }

  private mutating func parseProduct(isNegated: Bool) throws(DimensionError) -> Dimension {
    var product = try parsePower(isNegated: isNegated)
    while true {
      if accept("//") {
        product = product.floorDivided(by: try parsePower(isNegated: parseSigns()))
      } else if accept("*") {
        product *= try parsePower(isNegated: parseSigns())
      } else {
        return product
      }
    }
  }

  /// The sign belongs to an integer itself, so that the smallest `Int` can be read; it binds less than `^`.
  private mutating func parsePower(isNegated: Bool) throws(DimensionError) -> Dimension {
    skipSpaces()
    let start = position
    if let first = peek, first.isASCIIDigit {
      let magnitude = try parseMagnitude()
      guard accept("^") else {
        return Dimension(try signed(magnitude, isNegated: isNegated, start: start))
      }
      let base = Dimension(try signed(magnitude, isNegated: false, start: start))
      let power = base.power(try parseExponent())
      return isNegated ? -power : power
    }
    var base = try parsePrimary()
    if accept("^") { base = base.power(try parseExponent()) }
    return isNegated ? -base : base
  }

  private mutating func parseExponent() throws(DimensionError) -> Int {
    skipSpaces()
    let start = position
    guard let first = peek, first.isASCIIDigit else { throw unexpected("an exponent of digits") }
    return try signed(parseMagnitude(), isNegated: false, start: start)
  }

  private mutating func parsePrimary() throws(DimensionError) -> Dimension {
    guard let first = peek else { throw unexpected("a number, a symbol or '('") }
    if first.isASCIILetter { return try parseNamed() }
    try expectOpening()
    let value = try parseSum()
    try expect(")")
    return value
  }

  private mutating func expectOpening() throws(DimensionError) {
    if !accept("(") { throw unexpected("a number, a symbol or '('") }
  }

  private mutating func parseNamed() throws(DimensionError) -> Dimension {
    if acceptName("floor") { return try parseQuotient { $0.floorDivided(by: $1) } }
    if acceptName("ceil") { return try parseQuotient { $0.ceilDivided(by: $1) } }
    if acceptName("max") { return try parseArguments { .maximum($0, $1) } }
    if acceptName("min") { return try parseArguments { .minimum($0, $1) } }
    let symbol = try parseSymbol()
    return try value?(symbol) ?? Dimension(symbol)
  }

  /// `(a/b)`; without `/b` the value itself.
  private mutating func parseQuotient(
    _ divide: (Dimension, Dimension) -> Dimension
  ) throws(DimensionError) -> Dimension {
    try expect("(")
    let dividend = try parseSum()
    if accept(")") { return dividend }
    if !accept("/") { throw unexpected("'/' or ')'") }
    let divisor = try parsePower(isNegated: parseSigns())
    try expect(")")
    return divide(dividend, divisor)
  }

  private mutating func parseArguments(
    _ combine: (Dimension, Dimension) -> Dimension
  ) throws(DimensionError) -> Dimension {
    try expect("(")
    var result = try parseSum()
    while accept(",") { result = combine(result, try parseSum()) }
    if !accept(")") { throw unexpected("',' or ')'") }
    return result
  }
}

extension DimensionParser {
  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpaces() {
    while let byte = peek, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { position += 1 }
  }

  private mutating func accept(_ token: String) -> Bool {
    skipSpaces()
    guard bytes[position...].starts(with: token.utf8) else { return false }
    position += token.utf8.count
    return true
  }

  /// The end of the name that begins here.
  private var endOfName: Int {
    bytes[position...].firstIndex { !$0.isASCIILetter && !$0.isASCIIDigit && $0 != UInt8(ascii: "_") } ?? bytes.count
  }

  private mutating func acceptName(_ name: String) -> Bool {
    guard endOfName - position == name.utf8.count else { return false }
    return accept(name)
  }

  private mutating func parseSymbol() throws(DimensionError) -> Symbol {
    let end = endOfName
    guard let symbol = Symbol(String(decoding: bytes[position..<end], as: UTF8.self)) else {
      throw unexpected("a symbol of at most \(Symbol.maximumLength) characters that is no function")
    }
    position = end
    return symbol
  }

  private mutating func parseMagnitude() throws(DimensionError) -> UInt {
    let start = position
    var value: UInt = 0
    while let digit = peek, digit.isASCIIDigit {
      let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = scaled.addingReportingOverflow(UInt(digit - UInt8(ascii: "0")))
      if overflow || carry { throw outOfRange(start) }
      value = sum
      position += 1
    }
    return value
  }

  private func signed(_ magnitude: UInt, isNegated: Bool, start: Int) throws(DimensionError) -> Int {
    if isNegated, magnitude == Int.min.magnitude { return .min }
    guard let value = Int(exactly: magnitude) else { throw outOfRange(start) }
    return isNegated ? -value : value
  }

  private func outOfRange(_ start: Int) -> DimensionError {
    let digits = bytes[start...].prefix { $0.isASCIIDigit }
    let text = String(decoding: digits.prefix(40), as: UTF8.self) + (digits.count > 40 ? "..." : "")
    return .syntax(column: column(start), expected: "an integer of at most \(Int.max)", found: text)
  }

  private func unexpected(_ expected: String) -> DimensionError {
    let rest = String(decoding: bytes[position...].prefix(64), as: UTF8.self)
    let found = rest.first.map { "'\($0)'" } ?? "the end"
    return .syntax(column: column(position), expected: expected, found: found)
  }

  private func column(_ position: Int) -> Int {
    String(decoding: bytes[..<position], as: UTF8.self).count + 1
  }
}
