import NetworkGraph
import SymbolicIntegers

/// What can be explained of a node.
public enum ExplainedQuantity: String, Sendable, CaseIterable {
  case shape, parameters, macs
  case receptiveField = "receptive-field"
  case memory
}

/// The arithmetic behind one number of one node, step by step, with the rule and its source.
///
/// Law: the value is worked out here from the rule as it is told, not looked up; it equals what the analysis of the
/// network says of the node.
public struct Explanation: Sendable {
  /// A letter of the formulas below it: what it stands for and its value here.
  public struct Letter: Hashable, Sendable {
    public var name: String
    public var meaning: String
    public var value: String
  }

  /// One equation: a left side and what it equals, in letters, in numbers, at last the result.
  public struct Step: Hashable, Sendable {
    public var name: String
    public var forms: [String]
  }

  public var quantity: ExplainedQuantity
  /// The rule in a sentence or two.
  public var rule: String
  public var letters: [Letter] = []
  public var steps: [Step] = []
  /// Where the rule is written down.
  public var source: String
  /// The number; nil for a shape, and where it is not known.
  public var value: Dimension?
  /// The shapes of the node's outputs, where they are explained.
  public var shapes: [Shape] = []

  init(_ quantity: ExplainedQuantity, _ rule: String, source: String = "") {
    self.quantity = quantity
    self.rule = rule
    self.source = source
  }
}

extension Graph {
  /// Why a node's outputs have their shape.
  public func explainShape(of node: Node) -> Explanation { ShapeExplainer(self, node).explanation() }

  /// Why a node has so many trainable elements.
  public func explainParameters(of node: Node) -> Explanation { ParameterExplainer(self, node).explanation() }

  /// Why a node does so many multiply-accumulates.
  public func explainMultiplyAdds(of node: Node) -> Explanation { WorkExplainer(self, node).explanation() }

  /// Nodes whose names are `name`, or hold it, or are spelt most alike; the best first, at most `count`.
  public func nodes(like name: String, count: Int = 3) -> [String] {
    guard !name.isEmpty else { return [] }
    let wanted = Array(name.lowercased().prefix(64))
    let paths = nodes.map { path(of: $0) }
    let ranked = paths.enumerated().map { index, path -> (path: String, distance: Int, index: Int) in
      let lowered = path.lowercased()
      if lowered == name.lowercased() { return (path, 0, index) }
      let letters = Array(lowered.prefix(64))
      let distance = editDistance(wanted, letters)
      return (path, lowered.contains(name.lowercased()) ? min(distance, 1) : distance, index)
    }
    .filter { $0.distance * 2 <= max(wanted.count, 4) }
    .sorted { ($0.distance, $0.path.count, $0.index) < ($1.distance, $1.path.count, $1.index) }
    var seen: Set<String> = []
    return Array(ranked.map(\.path).filter { seen.insert($0).inserted }.prefix(count))
  }

  /// The node of that unique name.
  public func node(named name: String) -> Node? { nodes.first { path(of: $0) == name } }
}

extension Dimension {
  /// In writing, for an equation.
  var written: String { formatted(.text.grouped) }

  /// The same in brackets where it is a sum.
  var factor: String {
    let text = written
    let isSum = text.contains(" + ") || text.contains(" - ") || text.hasPrefix("-")
    return isSum ? "(\(text))" : text
  }
}

extension Shape {
  var written: String {
    rank == 0
      ? "scalar"
      : dimensions.map { dimension in
        let text = dimension.description
        return text.contains(" ") || text.contains("*") || text.hasPrefix("-") ? "(\(text))" : text
      }.joined(separator: " x ")
  }
}

extension Explanation {
  /// Adds letters that are not there yet.
  mutating func define(_ name: String, _ meaning: String, _ value: Dimension) {
    if !letters.contains(where: { $0.name == name }) {
      letters.append(Letter(name: name, meaning: meaning, value: value.written))
    }
  }

  /// A product of letters: in letters, in numbers, and its value, which is returned.
  mutating func multiply(_ name: String, _ factors: [(name: String, value: Dimension)]) -> Dimension {
    let product = factors.reduce(Dimension(1)) { $0 * $1.value }
    steps.append(
      Step(
        name: name,
        forms: [
          factors.map(\.name).joined(separator: " * "), factors.map(\.value.factor).joined(separator: " * "),
          product.written,
        ]))
    return product
  }

  /// A sum: in words, in numbers, and its value, which is returned.
  mutating func add(_ name: String, _ parts: [(name: String, value: Dimension)]) -> Dimension {
    let sum = parts.reduce(Dimension(0)) { $0 + $1.value }
    steps.append(
      Step(
        name: name,
        forms: [
          parts.map(\.name).joined(separator: " + "), parts.map(\.value.factor).joined(separator: " + "), sum.written,
        ]))
    return sum
  }

  /// An equation whose forms are written already.
  mutating func equation(_ name: String, _ forms: [String]) { steps.append(Step(name: name, forms: forms)) }
}

/// The letters of spatial axes: H and W of a plane, L of a line, D, H and W of a volume.
func axisLetters(_ count: Int) -> [String] {
  switch count {
  case 1: ["L"]
  case 2: ["H", "W"]
  case 3: ["D", "H", "W"]
  default: (0..<max(0, count)).map { "S\($0 + 1)" }
  }
}
