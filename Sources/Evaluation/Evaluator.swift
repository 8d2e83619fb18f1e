import Glibc
import Subprocess
import Synchronization

/// Runs a user's command for one candidate after the other and reads the number that each run prints last.
public struct Evaluator: Sendable {
  public let template: CommandTemplate
  /// How long one run may take; nil for any time.
  public let timeout: Duration?
  /// How often a candidate is tried before it has failed, at least once.
  public let attempts: Int

  /// How long a command that is told to end may take to do so before it is made to.
  static let grace = Duration.seconds(2)

  public init(_ template: CommandTemplate, timeout: Duration? = nil, attempts: Int = 1) {
    self.template = template
    self.timeout = timeout
    self.attempts = max(attempts, 1)
  }

  /// What a candidate puts in the places of the command.
  public struct Candidate: Sendable {
    /// The text in a place that is no file.
    public var value: @Sendable (Placeholder) -> String
    /// Writes a file.
    public var write: @Sendable (Placeholder, _ path: String) throws -> Void

    public init(
      value: @escaping @Sendable (Placeholder) -> String,
      write: @escaping @Sendable (Placeholder, _ path: String) throws -> Void
    ) {
      self.value = value
      self.write = write
    }
  }

  /// How an evaluation ended.
  public struct Outcome: Hashable, Sendable {
    public var score: Result<Double, EvaluationFailure>
    /// How often the command was run.
    public var attempts: Int
    /// How long its last run took.
    public var duration: Duration
  }

  /// Runs the command for a candidate, again where it fails.
  /// - Throws: `CancellationError` when the task is cancelled; the command has ended then.
  public func evaluate(_ candidate: Candidate) async throws(CancellationError) -> Outcome {
    let clock = ContinuousClock()
    var made = 0
    while true {
      made += 1
      let start = clock.now
      let score = try await attempt(candidate)
      if case .failure = score, made < attempts { continue }
      return Outcome(score: score, attempts: made, duration: clock.now - start)
    }
  }

  private func attempt(_ candidate: Candidate) async throws(CancellationError) -> Result<Double, EvaluationFailure> {
    let folder: CommandFolder
    var paths: [Placeholder: String] = [:]
    do {
      folder = try CommandFolder()
      for place in template.placeholders where place.isFile {
        let path = "\(folder.path)/\(place.rawValue)"
        try candidate.write(place, path)
        paths[place] = path
      }
    } catch {
      return .failure(.file(reason: "\(error)"))
    }
    let arguments = template.arguments { paths[$0] ?? candidate.value($0) }
    let run = await finished(arguments)
    withExtendedLifetime(folder) {}
    if Task.isCancelled { throw CancellationError() }
    return Result { () throws(EvaluationFailure) in try run.get().score() }
  }

  /// What is known of a run that has ended.
  private struct Run: Sendable {
    var status: TerminationStatus
    var output: String
    var error: String

    func score() throws(EvaluationFailure) -> Double {
      switch status {
      case .exited(0): break
      case .exited(let code): throw .status(Int(code), message: error)
      case .signaled(let signal): throw .signal(Int(signal), message: error)
      }
      guard !output.isEmpty else { throw .noOutput(message: error) }
      return try Double(scoreIn: output)
    }
  }

  /// Runs the arguments to their end, or to the end of the time.
  private func finished(_ arguments: [String]) async -> Result<Run, EvaluationFailure> {
    guard let timeout else { return await run(arguments) }
    return await withTaskGroup { group in
      group.addTask { await run(arguments) as Result<Run, EvaluationFailure>? }
      group.addTask {
        try? await Task.sleep(for: timeout)
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      await group.waitForAll()
      return first ?? .failure(.timeout(timeout))
    }
  }

  /// Runs the arguments in a process group of their own, of which nothing is left afterwards.
  private func run(_ arguments: [String]) async -> Result<Run, EvaluationFailure> {
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [
      .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: Self.grace)
    ]
    let program = arguments[0]
    let group = Mutex<pid_t?>(nil)
    // What outlives the command, holding its outputs or not, ends with it.
    defer { if let group = group.withLock({ $0 }) { kill(-group, SIGKILL) } }
    do {
      let result = try await Subprocess.run(
        program.contains("/") ? .path(.init(program)) : .name(program), arguments: Arguments(Array(arguments[1...])),
        platformOptions: options, input: .none, output: .sequence, error: .sequence
      ) { execution in
        group.withLock { $0 = execution.processIdentifier.value }
        async let output = Self.lastLine(of: execution.standardOutput)
        async let error = Self.lastLine(of: execution.standardError)
        return try await (output, error)
      }
      return .success(
        Run(status: result.terminationStatus, output: result.closureResult.0, error: result.closureResult.1))
    } catch {
      return .failure(.start(reason: "\(error)"))
    }
  }

  private static func lastLine(of stream: SubprocessOutputSequence) async throws -> String {
    var line = LastLine()
    for try await buffer in stream { buffer.withUnsafeBytes { line.append($0) } }
    return line.text
  }
}
