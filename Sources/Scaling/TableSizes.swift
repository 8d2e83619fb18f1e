import SymbolicIntegers

/// Numbers in a network's table that one factor multiplies, as a place to read and to change them.
public struct TableSizes<Network, Value> {
  /// Replaces each number, first to last.
  let update: (_ network: inout Network, _ transform: (Value) -> Value) -> Void

  public static func one(_ path: WritableKeyPath<Network, Value>) -> Self {
    Self { network, transform in network[keyPath: path] = transform(network[keyPath: path]) }
  }

  /// A number that a network may be without.
  public static func optional(_ path: WritableKeyPath<Network, Value?>) -> Self {
    Self { network, transform in network[keyPath: path] = network[keyPath: path].map(transform) }
  }

  public static func list(_ path: WritableKeyPath<Network, [Value]>) -> Self {
    Self { network, transform in network[keyPath: path] = network[keyPath: path].map(transform) }
  }

  /// The numbers of every row of a table.
  public static func each<Row>(
    _ table: WritableKeyPath<Network, [Row]>, _ sizes: TableSizes<Row, Value>...
  ) -> Self {
    Self { network, transform in
      var rows = network[keyPath: table]
      for index in rows.indices {
        for sizes in sizes { sizes.update(&rows[index], transform) }
      }
      network[keyPath: table] = rows
    }
  }

  /// One number of every row of a table.
  public static func each<Row>(
    _ table: WritableKeyPath<Network, [Row]>, _ path: WritableKeyPath<Row, Value>
  ) -> Self {
    each(table, .one(path))
  }
}

/// Where a family keeps its own factors.
public struct OwnFactors<Network> {
  var depth: WritableKeyPath<Network, Double>?
  var width: WritableKeyPath<Network, Double>?

  public init(depth: WritableKeyPath<Network, Double>? = nil, width: WritableKeyPath<Network, Double>? = nil) {
    self.depth = depth
    self.width = width
  }
}

extension StagedArchitecture {
  /// Blocks of each stage, first to last.
  public var stageRepeats: [Int] {
    get { Self.depthSizes.values(in: self) }
    set {
      var rest = newValue[...]
      for sizes in Self.depthSizes { sizes.update(&self) { rest.popFirst() ?? $0 } }
    }
  }

  /// The numbers of channels that width multiplies, in order.
  var channels: [Dimension] { Self.widthSizes.values(in: self) }

  /// Replaces every number of channels that width multiplies.
  mutating func replaceChannels(_ transform: (Dimension) -> Dimension) {
    for sizes in Self.widthSizes { sizes.update(&self, transform) }
  }

  /// Whether width has something to multiply.
  static var hasWidths: Bool { !widthSizes.isEmpty }

  /// Whether factors of its own make a network of the family from another.
  static var hasOwnFactors: Bool { ownFactors.depth != nil && ownFactors.width != nil }
}

extension Array {
  fileprivate func values<Network, Value>(in network: Network) -> [Value] where Element == TableSizes<Network, Value> {
    var result: [Value] = []
    var copy = network
    for sizes in self {
      sizes.update(&copy) { value in
        result.append(value)
        return value
      }
    }
    return result
  }
}
