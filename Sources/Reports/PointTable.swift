import Scaling
import SymbolicIntegers

extension Table {
  /// Rows of points.
  /// - Parameter columns: the columns of `rows` to show, by position.
  init(title: String = "", _ rows: PointRows, _ all: [PointColumn], columns: [Int]? = nil) {
    let shown = columns ?? Array(all.indices)
    self.init(
      title: title,
      columns: shown.map { Column(all[$0].name, PointTitle.of(all[$0].name), isNumeric: true) },
      rows: (0..<rows.count).map { row in shown.map { Cell(rows, column: $0, row: row, name: all[$0].name) } })
  }
}

extension Cell {
  fileprivate init(_ rows: PointRows, column: Int, row: Int, name: String) {
    switch rows.values[column] {
    case .integers(let values):
      // Sides and exponents are read digit by digit, costs are not.
      let isSmall = name == "resolution" || name == "phi" || name == "receptiveField"
      self = isSmall ? .text("\(values[row])") : .count(Dimension(values[row]))
    case .reals(let values):
      let value = values[row]
      self = value.isFinite ? .text(PointTitle.rounded(value)) : .empty
    }
  }
}

/// What people read about columns.
enum PointTitle {
  /// The heading of a column.
  static func of(_ name: String) -> String {
    switch name {
    case "peakMemory": "peak memory, B"
    default: inText(name)
    }
  }

  /// What it is called where a unit stands elsewhere.
  static func inText(_ name: String) -> String {
    switch name {
    case "macs": "MACs"
    case "peakMemory": "peak memory"
    case "receptiveField": "receptive field"
    case "groupWidth": "group width"
    case "product": "α·β²·γ²"
    case "alpha": "α"
    case "beta": "β"
    case "gamma": "γ"
    case "phi": "φ"
    case "idealRatio": "ideal ratio"
    case "costRatio": "cost ratio"
    default: name
    }
  }

  /// Up to five decimals, no zeros behind.
  static func rounded(_ value: Double) -> String {
    guard abs(value) < 1e9 else { return PointText.text(value) }
    var text = Quantity.fixed(value, decimals: 5)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }
}
