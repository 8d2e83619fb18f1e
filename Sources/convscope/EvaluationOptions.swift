import ArgumentParser
import Dispatch
import Evaluation
import Glibc
import Scaling

/// A user's command that gives scores, and how it is run.
struct EvaluationOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      """
      Run a command for each point; the number in the last line it prints is the score. {depth}, {width}, {resolution}, \
      {alpha}, {beta}, {gamma} and {phi} are the point's, {model.yaml} and {model.onnx} files of its network.
      """, valueName: "command"))
  var evaluate: String?

  @Flag(name: .long, help: "Let /bin/sh read the command of --evaluate, with pipes and variables.")
  var shell = false

  @Option(name: .long, help: ArgumentHelp("Commands that run at a time.", valueName: "count"))
  var jobs = 1

  @Option(
    name: .long,
    help: ArgumentHelp("The longest a command may take: 90s, 30m, 12h; it is ended then.", valueName: "time"))
  var timeout: String?

  @Option(name: .long, help: ArgumentHelp("How often a command that fails is run again.", valueName: "count"))
  var retries = 0

  /// What runs the command; nil where there is none.
  /// - Throws: ``CommandFailure``.
  func evaluator() throws -> Evaluator? {
    guard let evaluate else {
      if shell || timeout != nil || retries != 0 || jobs != 1 {
        throw CommandFailure(.usage, "--shell, --jobs, --timeout and --retries belong to --evaluate")
      }
      return nil
    }
    guard (1...1024).contains(jobs) else { throw CommandFailure(.usage, "--jobs \(jobs): it takes 1 to 1024") }
    guard (0...1000).contains(retries) else { throw CommandFailure(.usage, "--retries \(retries): it takes 0 to 1000") }
    let timeout = try limit()
    do throws(CommandTemplateError) {
      return Evaluator(try CommandTemplate(parsing: evaluate, shell: shell), timeout: timeout, attempts: retries + 1)
    } catch {
      throw CommandFailure(.usage, "--evaluate: \(error)")
    }
  }

  /// What tells apart the scores of two commands.
  var identity: String { "\(shell ? "shell" : "command")=\(evaluate ?? "")" }

  private func limit() throws -> Duration? {
    guard let timeout else { return nil }
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
    let unit = timeout.last.flatMap { units[$0] }
    guard let number = Double(unit == nil ? timeout[...] : timeout.dropLast()), number > 0, number <= 1e7 else {
      throw CommandFailure(.usage, "--timeout \(timeout.prefix(40)): write a time, such as 90s, 30m or 12h")
    }
    return .milliseconds(Int64((number * (unit ?? 1) * 1000).rounded(.up)))
  }
}

/// Runs `body`, and cancels it when the process is asked to end.
/// - Throws: `CancellationError` when it was, and what `body` throws.
func interruptible(_ body: @escaping @Sendable () async throws -> Void) async throws {
  let task = Task { try await body() }
  let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler { task.cancel() }
    source.resume()
    return source
  }
  defer {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
  }
  try await task.value
}
