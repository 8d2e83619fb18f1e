/// What a command's text may name of the candidate it is run for.
public enum Placeholder: String, CaseIterable, Sendable {
  case depth, width, resolution, alpha, beta, gamma, phi
  /// A file that is written for the command: the network as a description, and as an ONNX model.
  case yaml = "model.yaml"
  case onnx = "model.onnx"

  public var isFile: Bool { self == .yaml || self == .onnx }
}

/// Why a command's text cannot be used.
public enum CommandTemplateError: Error, Hashable, Sendable, CustomStringConvertible {
  case empty
  case unclosedQuote(Character, offset: Int)
  case trailingBackslash
  /// A sign that only a shell understands.
  case needsShell(Character, offset: Int)
  case unknownPlaceholder(String)
  case unclosedPlaceholder(String)

  public var description: String {
    switch self {
    case .empty: "the command is empty"
    case .unclosedQuote(let quote, let offset): "the quotation mark \(quote) at character \(offset + 1) is not closed"
    case .trailingBackslash: "the command ends in a backslash, which stands before a character"
    case .needsShell(let sign, let offset):
      "'\(sign)' at character \(offset + 1) means something to a shell only: quote it, or give --shell"
    case .unclosedPlaceholder(let name):
      "'{\(name)' is not closed: write '{\(name)}'; a bracket that is meant as such is doubled, '{{'"
    case .unknownPlaceholder(let name):
      "there is nothing called {\(name)}: there are "
        + Placeholder.allCases.map { "{\($0.rawValue)}" }.joined(separator: ", ")
        + "; a bracket that is meant as such is doubled, '{{'"
    }
  }
}

/// A user's command with places for a candidate's values: `python train.py --width {width} {model.yaml}`.
///
/// Without a shell the text is split into arguments first and filled in afterwards, so no value is ever split: words are
/// separated by white space, '...' is taken as it is, in "..." and outside a backslash takes the next character as it is.
public struct CommandTemplate: Hashable, Sendable {
  enum Piece: Hashable, Sendable {
    case text(String)
    case place(Placeholder)
  }

  private let words: [[Piece]]
  private let isShell: Bool
  /// What the text names.
  public let placeholders: Set<Placeholder>

  /// - Parameter shell: whether `/bin/sh` reads the text, with pipes and variables.
  public init(parsing text: String, shell: Bool = false) throws(CommandTemplateError) {
    isShell = shell
    let texts = shell ? [text] : try Self.split(text)
    guard texts.contains(where: { $0.contains { !$0.isWhitespace } }) else { throw .empty }
    var words: [[Piece]] = []
    for text in texts { words.append(try Self.pieces(text, shell: shell)) }
    self.words = words
    placeholders = Set(
      words.joined().compactMap { piece in if case .place(let place) = piece { place } else { nil } })
  }

  /// The arguments with values filled in; the first is the program.
  public func arguments(_ value: (Placeholder) -> String) -> [String] {
    let filled = words.map { word in
      word.map { piece in
        switch piece {
        case .text(let text): text
        case .place(let place): isShell ? Self.quotedForShell(value(place)) : value(place)
        }
      }.joined()
    }
    return isShell ? ["/bin/sh", "-c"] + filled : filled
  }

  private static func quotedForShell(_ value: String) -> String {
    let isPlain = value.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "-"),
        UInt8(ascii: "_"), UInt8(ascii: "+"):
        true
      default: false
      }
    }
    return isPlain && !value.isEmpty ? value : "'\(value.replacing("'", with: "'\\''"))'"
  }

  private static func split(_ text: String) throws(CommandTemplateError) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: (sign: Character, offset: Int)?
    var isEscaped = false
    for (offset, character) in text.enumerated() {
      if isEscaped {
        // In double quotes a backslash is itself before what needs none.
        if quote != nil, !"\"\\$`".contains(character) { word = (word ?? "") + "\\" }
        word = (word ?? "") + String(character)
        isEscaped = false
      } else if character == "\\", quote?.sign != "'" {
        isEscaped = true
      } else if let open = quote {
        if character == open.sign { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "'" || character == "\"" {
        quote = (character, offset)
        word = word ?? ""
      } else if character.isWhitespace {
        if let word { words.append(word) }
        word = nil
      } else if "|&;<>`".contains(character) {
        throw .needsShell(character, offset: offset)
      } else {
        word = (word ?? "") + String(character)
      }
    }
    if isEscaped { throw .trailingBackslash }
    if let quote { throw .unclosedQuote(quote.sign, offset: quote.offset) }
    if let word { words.append(word) }
    return words
  }

  /// Finds the places; `{{` is a bracket, and in a shell `${` begins a variable.
  private static func pieces(_ text: String, shell: Bool) throws(CommandTemplateError) -> [Piece] {
    var pieces: [Piece] = []
    var literal = ""
    var rest = text[...]
    while let character = rest.first {
      rest = rest.dropFirst()
      guard character == "{", !(shell && literal.last == "$") else {
        literal.append(character)
        continue
      }
      if rest.first == "{" {
        literal.append("{")
        rest = rest.dropFirst()
        continue
      }
      let name = rest.prefix { $0.isLetter || $0 == "." || $0 == "_" }
      guard !name.isEmpty, rest.dropFirst(name.count).first == "}" else {
        if Placeholder(rawValue: String(name)) != nil { throw .unclosedPlaceholder(String(name)) }
        literal.append("{")
        continue
      }
      guard let place = Placeholder(rawValue: String(name)) else { throw .unknownPlaceholder(String(name)) }
      if !literal.isEmpty { pieces.append(.text(literal)) }
      literal = ""
      pieces.append(.place(place))
      rest = rest.dropFirst(name.count + 1)
    }
    if !literal.isEmpty || pieces.isEmpty { pieces.append(.text(literal)) }
    return pieces
  }
}
