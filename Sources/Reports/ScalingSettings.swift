import Architectures
import NetworkGraph
import SymbolicIntegers

/// The settings of a built-in network that repeat blocks, and those that are numbers of channels.
struct ScalingSettings {
  /// The network with its rules worked out: what the names are of.
  let entry: CatalogEntry
  /// One variable for each stage.
  private(set) var depths: [FormulaScaling.Variable] = []
  /// How many settings of repeats have no variable.
  private(set) var surplus = 0
  /// Scalar settings that working out the rules has changed, each as `name=value`.
  private(set) var changed: [String] = []
  let hasRules: Bool
  private var channels: [(name: String, value: Int)] = []

  private static let repeats: Set<String> = ["depth", "depths", "repeats", "modulesA", "modulesB", "modulesC"]
  private static let noChannels: Set<String> = ["classes", "side", "groups"]
  private static let mostDepths = 16

  init(_ entry: CatalogEntry) {
    self.entry = entry.tabulated
    guard let settings = try? self.entry.architecture.settings, let published = try? entry.architecture.settings else {
      hasRules = false
      return
    }
    hasRules = settings != published
    if case .group(let old) = published, case .group(let new) = settings {
      changed = new.sorted { $0.key < $1.key }.filter { name, value in
        if case .list = value { return false }
        return old[name].map { $0 != value } ?? false
      }.map { "\($0)=\($1)" }
    }
    let numbers = Self.integers(of: settings)
    let stages = numbers.filter { Self.repeats.contains($0.leaf) && $0.name != "depth" && $0.value > 0 }
    // Beside stages with depths of their own a depth belongs to a rule, which is worked out.
    let repeats = stages.isEmpty ? numbers.filter { $0.name == "depth" && $0.value > 0 } : stages
    surplus = max(0, repeats.count - Self.mostDepths)
    for (index, setting) in repeats.prefix(Self.mostDepths).enumerated() {
      guard let symbol = Symbol("d\(index + 1)") else { continue }
      depths.append(
        FormulaScaling.Variable(
          symbol: symbol, meaning: "repeats, setting \(setting.name)", minimum: 1, value: setting.value,
          settings: [(setting.name, 1)]))
    }
    for number in numbers
    where number.value > 0 && !Self.noChannels.contains(number.leaf) && !Self.repeats.contains(number.leaf) {
      // Of all numbers only a size can be a symbol, and of these some networks do not use each.
      guard let probe = try? self.entry.with(settings: ["\(number.name)=c"]) else { continue }
      if let graph = try? probe.graph(), graph.trainableElements.isConstant { continue }
      channels.append((number.name, number.value))
    }
  }

  private static func integers(of settings: Setting) -> [(name: String, leaf: String, value: Int)] {
    var found: [(name: String, leaf: String, value: Int)] = []
    func visit(_ setting: Setting, _ name: String, _ leaf: String) {
      switch setting {
      case .integer(let value): found.append((name, leaf, value))
      case .list(let values):
        for (index, value) in values.enumerated() { visit(value, "\(name)[\(index)]", leaf) }
      case .group(let entries):
        for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
          visit(value, name.isEmpty ? key : "\(name).\(key)", key)
        }
      case .null, .bool, .number, .text: break
      }
    }
    visit(settings, "", "")
    return found
  }

  /// The width as one symbol `c`, of which every number of channels is a multiple; nil where no setting is one.
  ///
  /// The multiples are the least for which no channels are rounded: heads and groups must divide them, and families
  /// make them multiples of 8. Where every multiple leaves something to round, `c` is in the whole network's proportions.
  var width: FormulaScaling.Variable? {
    guard let symbol = Symbol("c"), !channels.isEmpty else { return nil }
    let common = channels.reduce(0) { greatestCommonDivisor($0, $1.value) }
    func variable(_ factor: Int) -> FormulaScaling.Variable {
      let settings = channels.map { (name: $0.name, factor: $0.value / common * factor) }
      return FormulaScaling.Variable(
        symbol: symbol, meaning: Self.meaning(settings), minimum: 1, value: common / factor, settings: settings)
    }
    let factors = (1...max(1, common)).lazy.filter { common.isMultiple(of: $0) }
    return factors.map(variable).first(where: isUnrounded) ?? variable(common)
  }

  private static func meaning(_ settings: [(name: String, factor: Int)]) -> String {
    let shown = settings.prefix(2).map { "\($0.name) = \($0.factor == 1 ? "" : "\($0.factor)*")c" }
    return "width: " + shown.joined(separator: ", ") + (settings.count > 2 ? ", ..." : "")
  }

  /// Whether the parameters are a polynomial in the width, with the published repeats and with one and two of each.
  private func isUnrounded(_ width: FormulaScaling.Variable) -> Bool {
    let symbolic = width.settings.map { "\($0.name)=\($0.factor)*\(width.symbol)" }
    return [nil, 1, 2].allSatisfy { repeats in
      let counts = depths.flatMap { depth in depth.settings.map { "\($0.name)=\(repeats ?? depth.value)" } }
      guard let graph = try? entry.with(settings: symbolic + counts).graph() else { return false }
      return graph.trainableElements.roundedQuotients.isEmpty
    }
  }
}

extension Graph {
  fileprivate var trainableElements: Dimension {
    parameters.lazy.filter { $0.spec.kind == .trainable }.reduce(0) { $0 + $1.spec.shape.elementCount }
  }
}

private func greatestCommonDivisor(_ left: Int, _ right: Int) -> Int {
  var (left, right) = (left, right)
  while right != 0 { (left, right) = (right, left % right) }
  return left
}
