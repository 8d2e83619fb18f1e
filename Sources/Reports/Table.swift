import NetworkGraph
import SymbolicIntegers

/// One entry of a table, before a format decides how it looks.
public enum Cell: Hashable, Sendable {
  case text(String)
  case quantity(Quantity)
  /// A count that may need more than 64 bits.
  case wide(Int128)
  case shape(Shape)
  /// A fraction of a whole, printed as a percentage.
  case share(Double)
  case empty

  /// A count.
  public static func count(_ value: Dimension) -> Cell { .quantity(Quantity(value)) }
}

/// How counts are written for people.
public enum NumberStyle: Sendable {
  /// Three significant digits and an SI prefix.
  case si
  /// Every digit.
  case exact
}

/// Rows under named columns: what every format prints.
public struct Table: Hashable, Sendable {
  public struct Column: Hashable, Sendable {
    /// Stable name for programs.
    public var key: String
    /// Heading for people.
    public var title: String
    /// Whether entries are numbers, which align at the right.
    public var isNumeric: Bool

    public init(_ key: String, _ title: String, isNumeric: Bool = false) {
      self.key = key
      self.title = title
      self.isNumeric = isNumeric
    }
  }

  public var title: String
  public var columns: [Column]
  public var rows: [[Cell]]
  /// A last row that sums the others; formats for programs leave it out.
  public var total: [Cell]?

  public init(title: String = "", columns: [Column], rows: [[Cell]], total: [Cell]? = nil) {
    self.title = title
    self.columns = columns
    self.rows = rows
    self.total = total
  }
}

extension Cell {
  /// The entry for people.
  func text(_ style: NumberStyle) -> String {
    switch self {
    case .text(let text): text
    case .quantity(let quantity): style == .si ? quantity.si : quantity.exact
    case .wide(let count): style == .si ? Quantity.si(Double(count)) : Quantity.grouped(count)
    case .shape(let shape): shape.description
    case .share(let share): Quantity.fixed(share * 100, decimals: 1) + " %"
    case .empty: ""
    }
  }

  /// The entry for programs.
  var plain: String {
    switch self {
    case .text(let text): text
    case .quantity(let quantity): quantity.plain
    case .wide(let count): "\(count)"
    case .shape(let shape): shape.description
    case .share(let share): Quantity.fixed(share, decimals: 6)
    case .empty: ""
    }
  }
}
