/// Writes polynomials in one style; `isCompact` leaves out the spaces, as inside the brackets of a floor quotient.
struct DimensionRenderer {
  private let style: DimensionStyle
  private(set) var output = ""

  init(_ style: DimensionStyle) { self.style = style }

  mutating func write(_ polynomial: Polynomial, isCompact: Bool = false) {
    let terms = polynomial.writtenTerms()
    if terms.isEmpty { output += "0" }
    for (index, term) in terms.enumerated() {
      let isNegative = term.coefficient < 0
      if index == 0 {
        if isNegative { output += minus }
      } else {
        output += isCompact ? "" : " "
        output += isNegative ? minus : "+"
        output += isCompact ? "" : " "
      }
      write(term, isCompact: isCompact)
    }
  }

  private var minus: String { style.notation == .unicode ? "\u{2212}" : "-" }

  /// Writes the magnitude of a term.
  private mutating func write(_ term: WrittenTerm, isCompact: Bool) {
    let isNumber = term.factors.isEmpty && term.extremum == nil
    var needsSign = false
    if isNumber || term.coefficient.magnitude != 1 {
      output += integer(term.coefficient.magnitude)
      needsSign = true
    }
    for factor in term.factors {
      if needsSign { output += times }
      needsSign = true
      write(factor.atom, isCompact: isCompact)
      if factor.exponent != 1 { output += power(factor.exponent) }
    }
    if let extremum = term.extremum {
      if needsSign { output += times }
      write(extremum, isCompact: isCompact)
    }
  }

  private var times: String {
    switch style.notation {
    case .text: "*"
    case .unicode: "\u{B7}"
    case .latex: " \\cdot "
    }
  }

  private mutating func write(_ atom: Atom, isCompact: Bool) {
    switch atom {
    case .symbol(let symbol): output += style.notation == .latex ? symbol.latex : symbol.name
    case .floor(let quotient): write(quotient)
    case .maximum(let maximum): write(.init(maximum), isCompact: isCompact)
    }
  }

  private mutating func write(_ quotient: FloorQuotient) {
    if style.notation == .latex {
      output += "\\left\\lfloor \\frac{"
      write(quotient.numerator, isCompact: true)
      output += "}{\(integer(quotient.divisor.magnitude))} \\right\\rfloor"
      return
    }
    let isSum = quotient.numerator.writtenTerms().count > 1
    output += style.notation == .unicode ? "\u{230A}" : "floor("
    output += isSum ? "(" : ""
    write(quotient.numerator, isCompact: true)
    output += isSum ? ")/" : "/"
    output += integer(quotient.divisor.magnitude)
    output += style.notation == .unicode ? "\u{230B}" : ")"
  }

  private mutating func write(_ extremum: WrittenTerm.Extremum, isCompact: Bool) {
    let name = extremum.isMinimum ? "min" : "max"
    output += style.notation == .latex ? "\\\(name)\\left(" : "\(name)("
    for (index, argument) in extremum.arguments.enumerated() {
      if index > 0 { output += isCompact ? "," : ", " }
      write(argument, isCompact: isCompact)
    }
    output += style.notation == .latex ? "\\right)" : ")"
  }

  private func power(_ exponent: Int) -> String {
    switch style.notation {
    case .text: "^\(exponent)"
    case .unicode: String(String(exponent).map { Self.superscripts[$0.wholeNumberValue ?? 0] })
    case .latex: "^{\(exponent)}"
    }
  }

  private static let superscripts: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]

  private func integer(_ magnitude: UInt) -> String {
    let digits = String(magnitude)
    guard style.groupedDigits else { return digits }
    let separator = style.notation == .latex ? "{,}" : ","
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { result += separator }
      result.append(digit)
    }
    return result
  }
}

extension Symbol {
  /// The name in LaTeX: letters upright when there are several, digits and what follows an underscore as a subscript.
  fileprivate var latex: String {
    let base = name.prefix { $0.isLetter }
    let subscripts = name.dropFirst(base.count).split(separator: "_").map { Self.upright($0) }
    let letters = Self.upright(base)
    return subscripts.isEmpty ? letters : "\(letters)_{\(subscripts.joined(separator: ","))}"
  }

  private static func upright(_ text: Substring) -> String {
    text.count > 1 && text.contains(where: \.isLetter) ? "\\mathrm{\(text)}" : String(text)
  }
}
