extension Dimension: Codable {
  /// An integer where the dimension is constant, else a string that holds the formula.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let constant { try container.encode(constant) } else { try container.encode(description) }
  }

  /// - Throws: `DecodingError.dataCorrupted` with ``DimensionError``'s sentence for text that is not a formula.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Int.self) {
      self.init(value)
      return
    }
    let text = try container.decode(String.self)
    do {
      try self.init(parsing: text)
    } catch {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(error)")
    }
  }
}
