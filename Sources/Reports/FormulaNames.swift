import SymbolicIntegers

/// Short names for the divisions that are rounded inside formulas: `H32` for `floor((H+31)/32)`.
///
/// A map's side behind five strides of 2 occurs in every term of a formula; named once, the terms can be read.
struct FormulaNames: Sendable {
  struct Entry: Sendable {
    var symbol: Symbol
    /// What it stands for, over the names before it.
    var definition: Dimension
    /// The same in words.
    var meaning: String
    /// At the reference sizes.
    var value: Int?
  }

  private(set) var entries: [Entry] = []
  private var names: [RoundedQuotient: Symbol] = [:]

  /// - Parameter reference: sizes at which values are shown.
  init(_ formulas: [Dimension], reference: [Symbol: Int]) {
    var taken = Set(formulas.flatMap(\.symbols))
    var quotients: [RoundedQuotient] = []
    var seen: Set<RoundedQuotient> = []
    for formula in formulas {
      for quotient in formula.roundedQuotients where seen.insert(quotient).inserted { quotients.append(quotient) }
    }
    // Sides of one symbol together, the finest first; inner quotients stay before outer ones, which have more symbols.
    let ordered = quotients.enumerated().sorted {
      let (left, right) = (Self.root($0.element), Self.root($1.element))
      switch (left, right) {
      case (let left?, let right?):
        return (left.symbol, $0.element.divisor, left.offset) < (right.symbol, $1.element.divisor, right.offset)
      case (nil, nil): return $0.offset < $1.offset
      default: return left != nil
      }
    }.map(\.element)
    for quotient in ordered {
      let base = Self.root(quotient).map { "\($0.symbol.name)\(quotient.divisor)" } ?? "q\(entries.count + 1)"
      let spellings = [base] + "abcdefghijklmnopqrstuvwxyz".map { "\(base)\($0)" }
      guard let name = spellings.lazy.compactMap({ Symbol($0) }).first(where: { !taken.contains($0) }) else { continue }
      taken.insert(name)
      entries.append(
        Entry(
          symbol: name, definition: quotient.dimension == Dimension(name) ? quotient.dimension : definition(quotient),
          meaning: Self.meaning(quotient), value: try? quotient.dimension.evaluated(with: reference)))
      names[quotient] = name
    }
  }

  /// The formula over the names.
  func applied(to formula: Dimension) -> Dimension { formula.naming(names) }

  /// The quotient with what stands inside it named.
  private func definition(_ quotient: RoundedQuotient) -> Dimension {
    quotient.numerator.naming(names).floorDivided(by: quotient.divisor)
  }

  /// The symbol and the number of a numerator `symbol + number`; nil for any other.
  private static func root(_ quotient: RoundedQuotient) -> (symbol: Symbol, offset: Int)? {
    let symbols = quotient.numerator.symbols
    guard symbols.count == 1, let offset = (quotient.numerator - Dimension(symbols[0])).constant else { return nil }
    return (symbols[0], offset)
  }

  private static func meaning(_ quotient: RoundedQuotient) -> String {
    guard let (symbol, offset) = root(quotient) else { return "rounded down" }
    if offset == 0 { return "\(symbol)/\(quotient.divisor) rounded down" }
    if offset == quotient.divisor - 1 { return "\(symbol)/\(quotient.divisor) rounded up" }
    return "(\(symbol)+\(offset))/\(quotient.divisor) rounded down"
  }
}

extension SmoothForm {
  /// The form in writing, coefficients with six digits.
  func formatted(_ style: DimensionStyle) -> String {
    if terms.isEmpty { return "0" }
    var text = ""
    for (index, term) in terms.enumerated() {
      let sign = term.coefficient < 0 ? (style.notation == .unicode ? "\u{2212}" : "-") : "+"
      if index > 0 { text += " \(sign) " } else if sign != "+" { text += sign }
      let product = term.powers.map { power -> String in
        var factor = Dimension(power.symbol)
        if power.exponent > 1 { factor = factor.power(power.exponent) }
        return factor.formatted(style)
      }
      let number = Self.digits(abs(term.coefficient), style)
      let times = style.notation == .latex ? " \\cdot " : style.notation == .unicode ? "\u{B7}" : "*"
      text += ((number == "1" && !product.isEmpty ? [] : [number]) + product).joined(separator: times)
    }
    return text
  }

  private static func digits(_ value: Double, _ style: DimensionStyle) -> String {
    var decimals = 0
    var scaled = value
    while scaled < 100_000, decimals < 9, scaled != scaled.rounded() {
      scaled *= 10
      decimals += 1
    }
    let text = Quantity.fixed(value, decimals: decimals)
    guard style.groupedDigits, let whole = text.split(separator: ".").first.map(String.init), let number = Int(whole)
    else { return text }
    return Dimension(number).formatted(style) + text.dropFirst(whole.count)
  }
}

/// A formula on lines of at most `columns` characters, broken before the signs that stand between its terms.
func brokenFormula(_ text: String, columns: Int) -> [String] {
  var parts: [String] = [""]
  var depth = 0
  var previous: Character = "("
  let characters = Array(text)
  for (index, character) in characters.enumerated() {
    if "([{\u{230A}".contains(character) { depth += 1 }
    if ")]}\u{230B}".contains(character) { depth -= 1 }
    let isSign = "+-\u{2212}".contains(character) && previous == " " && index + 1 < characters.count
    if isSign, depth == 0, characters[index + 1] == " " {
      parts[parts.count - 1].removeLast()
      parts.append("")
    }
    parts[parts.count - 1].append(character)
    previous = character
  }
  var lines: [String] = []
  for part in parts {
    if let last = lines.last, last.count + 1 + part.count <= columns {
      lines[lines.count - 1] += " " + part
    } else {
      lines.append(part)
    }
  }
  return lines
}
