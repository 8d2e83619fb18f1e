/// Why something cannot be scaled, swept or searched.
public enum ScalingError: Error, Hashable, Sendable {
  /// Text that is no list of numbers or ranges.
  case range(String, reason: String)
  /// An axis holds a value outside of what it can mean.
  case axis(name: String, value: String, rule: String)
  /// More points or values than are dealt with.
  case tooMany(what: String, count: String, limit: Int)
  /// A family or network of that name is not known.
  case unknownFamily(String, known: [String])
  /// The network has no settings for what is to be scaled.
  case notScalable(model: String, what: String, reason: String)
  /// There is no network at a point.
  case network(point: String, reason: String)
  /// No point lies within the tolerance of the constraint.
  case infeasible(String)
  /// A filter that is not a condition.
  case filter(String, column: Int, reason: String)
  /// A column that the table does not have.
  case unknownColumn(String, known: [String])
}

extension ScalingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .range(let text, let reason): "'\(text)' is no range of numbers: \(reason)"
    case .axis(let name, let value, let rule): "\(name) cannot be \(value): \(rule)"
    case .tooMany(let what, let count, let limit): "\(count) \(what) are more than the \(limit) that are dealt with"
    case .unknownFamily(let name, let known):
      "no family or network is called '\(name)': there are \(known.joined(separator: ", "))"
    case .notScalable(let model, let what, let reason): "\(model) has no \(what) to scale: \(reason)"
    case .network(let point, let reason): "there is no network at \(point): \(reason)"
    case .infeasible(let sentence): sentence
    case .filter(let text, let column, let reason): "'\(text)' is no condition: column \(column): \(reason)"
    case .unknownColumn(let name, let known):
      "there is no column '\(name)': there are \(known.joined(separator: ", "))"
    }
  }
}
