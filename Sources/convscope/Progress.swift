import Glibc

/// A line on a terminal's standard error that says how far something has come; nothing where that is no terminal.
struct Progress {
  private let isShown = isatty(STDERR_FILENO) == 1
  private var lastShown: ContinuousClock.Instant?
  private let start = ContinuousClock.now

  /// Shows `text`, at most ten times a second and not in the first half second.
  mutating func show(_ text: @autoclosure () -> String) {
    guard isShown else { return }
    let now = ContinuousClock.now
    guard now - start > .milliseconds(500), lastShown.map({ now - $0 > .milliseconds(100) }) ?? true else { return }
    lastShown = now
    Self.write("\r\u{1B}[K\(text())")
  }

  /// Takes the line away.
  mutating func finish() {
    if lastShown != nil { Self.write("\r\u{1B}[K") }
    lastShown = nil
  }

  private static func write(_ text: String) {
    _ = text.utf8.withContiguousStorageIfAvailable { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
