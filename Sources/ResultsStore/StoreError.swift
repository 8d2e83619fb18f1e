/// Why a store cannot be used.
public enum StoreError: Error, Hashable, Sendable {
  case absent(path: String)
  /// The file is something else.
  case foreign(path: String, reason: String)
  /// A later version of ConvScope wrote it.
  case newer(path: String, version: Int, known: Int)
  /// SQLite finds its pages inconsistent.
  case damaged(path: String, reason: String)
  /// Another process does not let go of it.
  case busy(path: String)
  /// The system refuses: no space, no permission.
  case inaccessible(path: String, reason: String)
  /// Two stores do not hold the same runs: what one has and the other has not.
  case differentRuns(first: String, firstRun: String, second: String, secondRun: String)
  /// Two stores hold different values of one point.
  case conflict(run: String, point: String, first: String, firstValue: String, second: String, secondValue: String)
  /// A run with this identity has other columns.
  case differentPoints(run: String, stored: String, wanted: String)
}

extension StoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .absent(let path): "there is no file '\(path)'"
    case .foreign(let path, let reason): "'\(path)' is not a store of results: \(reason)"
    case .newer(let path, let version, let known):
      "'\(path)' is a store of version \(version), this program knows versions up to \(known)"
    case .damaged(let path, let reason): "'\(path)' is damaged: \(reason)"
    case .busy(let path): "'\(path)' is held by another process that has not let go of it for a minute"
    case .inaccessible(let path, let reason): "'\(path)': \(reason)"
    case .differentRuns(let first, let firstRun, let second, let secondRun):
      "two stores of different runs: '\(first)' has '\(firstRun)' where '\(second)' has '\(secondRun)'"
    case .conflict(let run, let point, let first, let firstValue, let second, let secondValue):
      "\(run): \(point) is \(firstValue) in '\(first)' and \(secondValue) in '\(second)'"
    case .differentPoints(let run, let stored, let wanted): "\(run): the store has \(stored), this run has \(wanted)"
    }
  }
}
