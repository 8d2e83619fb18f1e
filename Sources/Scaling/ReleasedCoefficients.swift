/// The coefficients with which a scaled network was released.
public struct ReleasedCoefficients: Hashable, Sendable {
  public var name: String
  /// The exponent that the network stands for.
  public var phi: Int
  public var width: Double
  public var depth: Double
  public var resolution: Int

  /// EfficientNet's, from the authors' code. They are no powers of the paper's constants.
  public static let efficientNet: [ReleasedCoefficients] = [
    ("B0", 1.0, 1.0, 224), ("B1", 1.0, 1.1, 240), ("B2", 1.1, 1.2, 260), ("B3", 1.2, 1.4, 300), ("B4", 1.4, 1.8, 380),
    ("B5", 1.6, 2.2, 456), ("B6", 1.8, 2.6, 528), ("B7", 2.0, 3.1, 600),
  ].enumerated().map { phi, row in
    ReleasedCoefficients(name: row.0, phi: phi, width: row.1, depth: row.2, resolution: row.3)
  }

  public var factors: ScalingFactors { ScalingFactors(depth: depth, width: width) }
}
