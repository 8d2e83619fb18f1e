/// How a ``Dimension`` is written.
public struct DimensionStyle: Hashable, Sendable {
  /// The alphabet of a style.
  public enum Notation: Hashable, Sendable {
    /// `49*h*w + H^2 - floor((H+31)/32)`; ``Dimension/init(parsing:)`` reads it back.
    case text
    /// `49·h·w + H² − ⌊(H+31)/32⌋`
    case unicode
    /// `49 \cdot h \cdot w + H^{2} - \left\lfloor \frac{H+31}{32} \right\rfloor`
    case latex
  }

  public var notation: Notation
  /// Whether integers of more than three digits are written in groups, as in `25,557,032`.
  public var groupedDigits: Bool

  public init(_ notation: Notation, groupedDigits: Bool = false) {
    self.notation = notation
    self.groupedDigits = groupedDigits
  }

  public static let text = DimensionStyle(.text)
  public static let unicode = DimensionStyle(.unicode)
  public static let latex = DimensionStyle(.latex)

  /// The same style with grouped digits.
  public var grouped: DimensionStyle { DimensionStyle(notation, groupedDigits: true) }
}

extension Dimension: CustomStringConvertible {
  /// The plain-text form. Law: parsing it gives this dimension back, unless that has failed.
  public var description: String { formatted(.text) }

  /// The dimension in writing: terms by falling degree, the constant last; why it failed, when it has.
  public func formatted(_ style: DimensionStyle) -> String {
    if case .constant(let value) = storage, style == .text { return String(value) }
    var renderer = DimensionRenderer(style)
    switch storage {
    case .constant(let value): renderer.write(Polynomial(value))
    case .polynomial(let polynomial): renderer.write(polynomial)
    case .failure(let error): return "undefined (\(error))"
    }
    return renderer.output
  }
}
