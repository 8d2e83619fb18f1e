import Glibc

/// Why a command stops: one sentence for standard error, and the exit status (from `sysexits.h`).
struct CommandFailure: Error {
  enum Status: Int32 {
    /// The command line itself is wrong.
    case usage = 64
    /// A file's content is wrong.
    case data = 65
    /// A file to read is missing or unreadable.
    case noInput = 66
    /// A defect of this program.
    case software = 70
    /// A file cannot be written.
    case cannotCreate = 73
    /// The user, or the system, asked it to end.
    case interrupted = 130
  }

  var status: Status
  var message: String

  init(_ status: Status, _ message: String) {
    self.status = status
    self.message = message
  }

  /// What is wrong with a model; an error that begins with its name does not repeat it.
  init(_ status: Status, about model: String, _ error: some Error) {
    let message = "\(error)"
    self.init(status, message.hasPrefix(model) ? message : "\(model): \(message)")
  }

  func exit() -> Never { Glibc.exit(status.rawValue) }
}
