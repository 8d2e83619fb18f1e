/// Why a command gave no score.
public enum EvaluationFailure: Error, Hashable, Sendable {
  /// It cannot be started.
  case start(reason: String)
  /// A file for it cannot be written.
  case file(reason: String)
  /// It ended with a status that says it failed; `message` is the last line of its standard error.
  case status(Int, message: String)
  case signal(Int, message: String)
  case timeout(Duration)
  /// It printed nothing.
  case noOutput(message: String)
  /// The last line that it printed is no number.
  case noNumber(line: String)
  case severalNumbers(line: String)
  case notFinite(line: String)
}

extension EvaluationFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .start(let reason): "cannot be started: \(reason)"
    case .file(let reason): "its file cannot be written: \(reason)"
    case .status(let status, let message): "exit status \(status)" + Self.told(message)
    case .signal(let signal, let message): "ended by signal \(signal)" + Self.told(message)
    case .timeout(let limit): "no answer within \(limit.seconds) s"
    case .noOutput(let message): "it printed nothing" + Self.told(message)
    case .noNumber(let line): "no number in its last line '\(Self.short(line))'"
    case .severalNumbers(let line): "more than one number in its last line '\(Self.short(line))'"
    case .notFinite(let line): "its last line '\(Self.short(line))' is not a finite number"
    }
  }

  private static func told(_ message: String) -> String { message.isEmpty ? "" : ": \(short(message))" }

  private static func short(_ line: String) -> String {
    line.count > 160 ? line.prefix(157) + "..." : line
  }
}

extension Duration {
  /// In seconds, without a fraction that is zero.
  fileprivate var seconds: String {
    let value = self / .seconds(1)
    return value == value.rounded() && value < 1e15 ? "\(Int(value))" : "\(value)"
  }
}

extension Double {
  /// The one finite number in the last line that a command printed: `0.761`, `top-1: 0.761`.
  init(scoreIn line: String) throws(EvaluationFailure) {
    let words = line.split { $0.isWhitespace || "=:,;".contains($0) }
    let numbers = words.compactMap { Double($0) }
    guard let number = numbers.first else { throw .noNumber(line: line) }
    guard numbers.count == 1 else { throw .severalNumbers(line: line) }
    guard number.isFinite else { throw .notFinite(line: line) }
    self = number
  }
}
