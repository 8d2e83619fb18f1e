import Scaling

/// A run that a store holds: points that one command computes or tries.
public struct StoredRun: Hashable, Sendable {
  /// How points are told apart.
  public enum Kind: Hashable, Sendable {
    /// By index, from zero up to the count.
    case grid(count: Int)
    /// By key; each was tried by a command and has a score or a reason why not.
    case trials
  }

  /// Everything that decides the points and their values, as canonical text: runs of equal texts have equal points.
  public var identity: String
  public var kind: Kind
  /// The values of each point.
  public var columns: [PointColumn]
  /// The number of its table.
  let id: Int64

  var table: String { "points_\(id)" }

  /// The columns of its table behind the index, which are numbers.
  public var allColumns: [PointColumn] {
    columns + (kind == .trials ? Self.trialColumns.filter { !Self.textColumns.contains($0.name) } : [])
  }

  /// The columns of its table behind those that hold text.
  public var textColumns: [String] { kind == .trials ? Self.textColumns : [] }

  /// What every trial has beside the values of its point.
  static let trialColumns =
    [PointColumn("score", isInteger: false), PointColumn("attempts")]
    + ["seconds", "finished", "state", "reason", "worker"].map { PointColumn($0, isInteger: false) }

  private static let textColumns = ["state", "reason", "worker"]

  /// The identity for people: of a long one the beginning and the end, which say most.
  public var title: String {
    identity.count > 200 ? "\(identity.prefix(40)) ... \(identity.suffix(150))" : identity
  }

  /// What differs between two identities, without the words that both begin and end with.
  static func difference(_ first: String, _ second: String) -> (first: String, second: String) {
    var (left, right) = (first.split(separator: " ")[...], second.split(separator: " ")[...])
    while let word = left.first, word == right.first { (left, right) = (left.dropFirst(), right.dropFirst()) }
    while let word = left.last, word == right.last { (left, right) = (left.dropLast(), right.dropLast()) }
    return (shortened(left.joined(separator: " ")), shortened(right.joined(separator: " ")))
  }

  private static func shortened(_ text: String) -> String { text.count > 120 ? "\(text.prefix(117))..." : text }
}
