/// A named integer unknown such as an input height `H`.
///
/// A name is an ASCII letter followed by ASCII letters, digits and underscores, at most ``maximumLength`` characters,
/// and is none of ``reservedNames``. Symbols are ordered by name, case-sensitively (`H` before `W` before `h`).
public struct Symbol: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The longest accepted name, in characters.
  public static let maximumLength = 128

  /// The names that the plain-text form of a ``Dimension`` uses for functions.
  public static let reservedNames: Set<String> = ["floor", "ceil", "max", "min"]

  public let name: String

  /// Makes the symbol called `name`, or nil when that is not a valid name.
  public init?(_ name: String) {
    guard Self.isIdentifier(name), !Self.reservedNames.contains(name) else { return nil }
    self.name = name
  }

  public var description: String { name }

  public static func < (left: Symbol, right: Symbol) -> Bool { left.name < right.name }

  private static func isIdentifier(_ name: String) -> Bool {
    let bytes = name.utf8
    guard let first = bytes.first, first.isASCIILetter, bytes.count <= maximumLength else { return false }
    return bytes.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "_") }
  }
}

extension UInt8 {
  var isASCIILetter: Bool {
    let lowercase = self | 0x20
    return lowercase >= UInt8(ascii: "a") && lowercase <= UInt8(ascii: "z")
  }

  var isASCIIDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
}
