import SymbolicIntegers

/// What a word or formula of a description stands for.
struct Value: Hashable, Sendable {
  enum Content: Hashable, Sendable {
    /// A whole number, perhaps over symbols.
    case size(Dimension)
    /// A number with a fraction or exponent; formulas do not compute with these.
    case number(Double)
    case flag(Bool)
    /// A word that names neither a parameter nor a symbol, such as the name of an activation.
    case word(String)
    case list([Value])
  }

  var content: Content
  /// Where errors about the value point.
  var place: Place?

  /// What errors call the value.
  var summary: String {
    switch content {
    case .size(let size): "'\(size.description.prefix(60))'"
    case .number(let number): "\(number)"
    case .flag(let flag): "\(flag)"
    case .word(let word): "'\(word)'"
    case .list: "a list"
    }
  }

  /// The kind of value, for errors about a setting of another kind.
  var kind: String {
    switch content {
    case .size, .number: "a number"
    case .flag: "true or false"
    case .word: "a word"
    case .list: "a list"
    }
  }
}
