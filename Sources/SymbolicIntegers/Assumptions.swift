/// What is known about symbols, such as `H=32*h`: each symbol on the left stands for the dimension on the right.
///
/// Assumptions may build on one another (`H=32*h` with `h=7`) but not in a circle. Law: applying them equals
/// substituting ``definitions``, in which no left-hand symbol occurs on the right.
public struct Assumptions: Hashable, Sendable {
  /// The dimension of every assumed symbol, in terms of symbols that are not assumed.
  public let definitions: [Symbol: Dimension]

  /// Resolves the assumptions that build on one another; throws when they form a circle or one has failed.
  public init(_ definitions: [Symbol: Dimension] = [:]) throws(DimensionError) {
    if definitions.count > DimensionLimits.assumptions {
      throw .tooLarge(count: definitions.count, limit: DimensionLimits.assumptions)
    }
    var resolved: [Symbol: Dimension] = [:]
    var waiting = definitions
    while !waiting.isEmpty {
      let ready = waiting.filter { _, value in value.symbols.allSatisfy { waiting[$0] == nil } }
      if ready.isEmpty { throw .cyclicAssumptions(waiting.keys.sorted()) }
      for (symbol, value) in ready {
        let dimension = value.substituting(resolved)
        if let failure = dimension.failure { throw failure }
        waiting[symbol] = nil
        resolved[symbol] = dimension
      }
    }
    self.definitions = resolved
  }

  /// Reads assumptions separated by commas, such as `H=32*h, W=H`; columns in errors count from the whole text's start.
  public init(parsing text: String) throws(DimensionError) {
    var parser = try DimensionParser(text)
    var definitions: [Symbol: Dimension] = [:]
    while true {
      let (symbol, value) = try parser.parseAssumption()
      if let earlier = definitions[symbol], earlier != value {
        throw .conflictingAssumptions(symbol, earlier.excerpt, value.excerpt)
      }
      definitions[symbol] = value
      if parser.isAtEnd { break }
      try parser.expect(",")
    }
    try self.init(definitions)
  }

  /// The dimension with every assumption put in.
  public func applied(to dimension: Dimension) -> Dimension { dimension.substituting(definitions) }
}
