import Architectures
import NetworkGraph
import SymbolicIntegers

/// The settings of a built-in network that repeat blocks, and those that are numbers of channels.
struct ScalingSettings {
  /// One variable for each stage.
  private(set) var depths: [FormulaScaling.Variable] = []
  /// Factors on repeats put at 1, the repeats having been multiplied by them.
  private(set) var fixed: [String] = []
  /// Why there is no symbol for the width.
  private(set) var widthReason = "no setting is a number of channels, or they are rounded"
  private var channels: [(name: String, value: Int)] = []

  private static let repeats: Set<String> = ["depth", "depths", "repeats", "modulesA", "modulesB", "modulesC"]
  private static let noChannels: Set<String> = ["classes", "side", "groups"]

  init(_ entry: CatalogEntry) {
    guard let settings = try? entry.architecture.settings else { return }
    var numbers: [(name: String, leaf: String, value: Int)] = []
    var factors: [String: Double] = [:]
    func visit(_ setting: Setting, _ name: String, _ leaf: String) {
      switch setting {
      case .integer(let value): numbers.append((name, leaf, value))
      case .number(let value): factors[name] = value
      case .list(let values):
        for (index, value) in values.enumerated() { visit(value, "\(name)[\(index)]", leaf) }
      case .group(let entries):
        for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
          visit(value, name.isEmpty ? key : "\(name).\(key)", key)
        }
      case .null, .bool, .text: break
      }
    }
    visit(settings, "", "")
    let stages = numbers.filter { Self.repeats.contains($0.leaf) && $0.name != "depth" }
    var single = numbers.filter { $0.name == "depth" }
    // Beside stages with depths of their own a depth is a factor on them.
    if !stages.isEmpty {
      if let factor = single.first { factors["depth"] = Double(factor.value) }
      single = []
    }
    let factor = stages.isEmpty ? 1 : factors["depth"] ?? 1
    if factor != 1 { fixed.append("depth=1") }
    for (index, setting) in (stages + single).prefix(8).enumerated() {
      guard let symbol = Symbol("d\(index + 1)"), setting.value > 0 else { continue }
      depths.append(
        FormulaScaling.Variable(
          symbol: symbol, meaning: "repeats, setting \(setting.name)", minimum: 1,
          value: Int((Double(setting.value) * factor).rounded(.up)), settings: [(setting.name, 1)]))
    }
    if let width = factors["width"], width != 1 {
      widthReason = "the factor on channels, \(width), is followed by rounding"
      return
    }
    for number in numbers where !Self.noChannels.contains(number.leaf) && !Self.repeats.contains(number.leaf) {
      // Of all numbers only a size can be a symbol.
      guard number.value > 0, (try? entry.with(settings: ["\(number.name)=c"])) != nil else { continue }
      channels.append((number.name, number.value))
    }
  }

  /// The width as one symbol `c`, with the least common factor for which the network over it is the network at any
  /// width: heads and groups must divide the channels, and families round them to multiples of 8.
  func width(of entry: CatalogEntry) -> FormulaScaling.Variable? {
    guard let symbol = Symbol("c"), !channels.isEmpty else { return nil }
    let common = channels.reduce(0) { Self.divisor($0, $1.value) }
    for factor in 1...max(1, common) where common.isMultiple(of: factor) {
      let settings = channels.map { (name: $0.name, factor: $0.value / common * factor) }
      let texts = fixed + settings.map { "\($0.name)=\($0.factor)*c" }
      guard let edited = try? entry.with(settings: texts), (try? edited.graph()) != nil else { continue }
      let variable = FormulaScaling.Variable(
        symbol: symbol, meaning: Self.meaning(settings), minimum: 1, value: common / factor, settings: settings)
      if Self.isExact(entry, variable, fixed: fixed) { return variable }
    }
    return nil
  }

  private static func meaning(_ settings: [(name: String, factor: Int)]) -> String {
    let shown = settings.prefix(2).map { "\($0.name) = \($0.factor == 1 ? "" : "\($0.factor)*")c" }
    return "width: " + shown.joined(separator: ", ") + (settings.count > 2 ? ", ..." : "")
  }

  /// Whether the network over the symbol has the parameters of networks built with numbers.
  private static func isExact(_ entry: CatalogEntry, _ width: FormulaScaling.Variable, fixed: [String]) -> Bool {
    func parameters(_ value: String) -> Dimension? {
      let texts = fixed + width.settings.map { "\($0.name)=\($0.factor)*\(value)" }
      guard let graph = try? entry.with(settings: texts).graph() else { return nil }
      return graph.parameters.lazy.filter { $0.spec.kind == .trainable }.reduce(0) { $0 + $1.spec.shape.elementCount }
    }
    guard let formula = parameters("c") else { return false }
    return [width.value, width.value + 1, 2 * width.value + 1].allSatisfy { value in
      guard let built = parameters("\(value)")?.constant else { return false }
      return (try? formula.evaluated(with: [width.symbol: value])) == built
    }
  }

  private static func divisor(_ left: Int, _ right: Int) -> Int {
    var (left, right) = (left, right)
    while right != 0 { (left, right) = (right, left % right) }
    return left
  }
}
