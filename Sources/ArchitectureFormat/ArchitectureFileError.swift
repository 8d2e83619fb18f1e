import NetworkGraph
import SymbolicIntegers

/// A position in a text; both count from 1, columns in Unicode scalars.
public struct Place: Hashable, Sendable {
  public var line: Int
  public var column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

/// Why a description gives no network, and where.
public struct ArchitectureFileError: Error, Hashable, Sendable {
  /// A block that was being laid out when the error occurred.
  public struct Use: Hashable, Sendable {
    public var block: String
    public var place: Place
  }

  public enum Fault: Hashable, Sendable {
    /// The file cannot be opened or read.
    case unreadable(reason: String)
    /// The path leads to a folder, a pipe or a device.
    case notAFile
    case tooManyBytes(Int)
    /// The bytes are not UTF-8.
    case notText
    /// A character that YAML does not allow.
    case character(UInt32)
    /// The text is not YAML.
    case syntax(String)
    case alias
    case tooDeep
    /// A list or mapping where the key of a mapping should be.
    case compoundKey
    case duplicateKey(String)
    case unknownKey(String, owner: String, known: [String])
    case missingKey(String, owner: String)
    /// A value of another kind than its key takes.
    case wrongType(key: String, owner: String, expected: String, found: String)
    /// Keys that exclude one another, or of which one is needed.
    case eitherKey(owner: String, keys: [String])
    /// A layer that is not written as one operator with its settings.
    case notALayer(String)
    case unknownLayer(String, known: [String])
    case unknownBlock(String, known: [String])
    /// Blocks that use one another in a circle.
    case recursion([String])
    /// A name in a formula that stands for nothing.
    case unknownName(String, known: [String])
    /// A name that cannot be used, with the rule it breaks.
    case badName(String, rule: String)
    /// A name that something else has in the same scope.
    case takenName(String, by: Place)
    case unknownSaved(String, known: [String])
    case formula(String, DimensionError)
    /// A symbol of an input's shape that a given shape leaves without a value.
    case lostSymbol(String, input: String)
    /// A condition that depends on symbols.
    case undecided(String)
    /// More layers, iterations or formulas than the limit of their kind.
    case tooMany(String, limit: Int)
    /// Lists of a repeat that say different things about the number of iterations.
    case iterations(String)
    /// The network's shapes do not fit.
    case network(GraphError)
    /// A setting given beside the file cannot be applied.
    case setting(String, problem: String)
    /// A shape given beside the file cannot be applied.
    case inputShape(String)
  }

  /// The file; empty for a text without one.
  public var path: String
  /// Where in the file; nil where the fault lies beside it.
  public var place: Place?
  public var fault: Fault
  /// Blocks around the place, innermost first.
  public var uses: [Use] = []

  init(_ place: Place?, _ fault: Fault) {
    path = ""
    self.place = place
    self.fault = fault
  }
}

extension ArchitectureFileError: CustomStringConvertible {
  /// One sentence behind `path:line:column:`.
  public var description: String {
    var text = path
    if let place { text += (text.isEmpty ? "" : ":") + "\(place.line):\(place.column)" }
    if !text.isEmpty { text += ": " }
    text += "\(fault)"
    for use in uses.prefix(3) { text += ", in block '\(use.block)' used at line \(use.place.line)" }
    return text
  }
}

extension ArchitectureFileError.Fault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let reason): "cannot be read: \(reason)"
    case .notAFile: "is not a file"
    case .tooManyBytes(let count):
      "has \(count) bytes, but a description has at most \(ArchitectureFileLimits.bytes)"
    case .notText: "is not UTF-8 text"
    case .character(let code): "the character U+\(Self.hexadecimal(code)) is not allowed in YAML"
    case .syntax(let problem): "this is not YAML: \(problem)"
    case .alias: "aliases (*name) are not read here: describe a block and use it"
    case .tooDeep:
      "lists and mappings are nested deeper than the limit of \(ArchitectureFileLimits.depth) levels"
    case .compoundKey: "a key is a word, not a list or mapping"
    case .duplicateKey(let key): "the key '\(key)' occurs twice"
    case .unknownKey(let key, let owner, let known):
      "\(owner) has no key '\(key)'" + Spelling.hint(key, among: known)
    case .missingKey(let key, let owner): "\(owner) needs the key '\(key)'"
    case .wrongType(let key, let owner, let expected, let found):
      "'\(key)' of \(owner) must be \(expected), but is \(found)"
    case .eitherKey(let owner, let keys):
      "\(owner) takes exactly one of \(keys.joined(separator: ", "))"
    case .notALayer(let found):
      "a layer is an operator's name or one entry 'operator: {settings}', but this is \(found)"
    case .unknownLayer(let name, let known): "there is no layer '\(name)'" + Spelling.hint(name, among: known)
    case .unknownBlock(let name, let known): "there is no block '\(name)'" + Spelling.hint(name, among: known)
    case .recursion(let names): "blocks use one another in a circle: " + names.joined(separator: " uses ")
    case .unknownName(let name, let known):
      "'\(name)' is neither a parameter nor a symbol here" + Spelling.hint(name, among: known)
    case .badName(let name, let rule): "'\(name)' cannot be a name: \(rule)"
    case .takenName(let name, let place): "the name '\(name)' is taken by line \(place.line)"
    case .unknownSaved(let name, let known):
      "no tensor was saved as '\(name)' before this layer" + Spelling.hint(name, among: known)
    case .formula(let text, let error): "'\(text)': \(error)"
    case .lostSymbol(let symbol, let input):
      "'\(symbol)' has no value: the shape given for input '\(input)' does not determine it"
    case .undecided(let text): "the condition '\(text)' depends on symbols"
    case .tooMany(let what, let limit): "the network has more than \(limit) \(what)"
    case .iterations(let problem): problem
    case .network(let error): "\(error)"
    case .setting(let text, let problem): "setting '\(text)': \(problem)"
    case .inputShape(let problem): problem
    }
  }

  private static func hexadecimal(_ code: UInt32) -> String {
    let digits = String(code, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
