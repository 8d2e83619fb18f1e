import Foundation
import TestSupport
import Testing

@testable import Evaluation

/// Evaluates a command for a candidate whose width is 1.5 and whose description is `model`.
private func evaluate(
  _ command: String, shell: Bool = false, timeout: Duration? = nil, attempts: Int = 1
) async throws -> Evaluator.Outcome {
  let evaluator = Evaluator(try CommandTemplate(parsing: command, shell: shell), timeout: timeout, attempts: attempts)
  return try await evaluator.evaluate(
    Evaluator.Candidate(value: { $0 == .width ? "1.5" : "0" }) { _, path in
      try "model".write(toFile: path, atomically: true, encoding: .utf8)
    })
}

private func reason(_ command: String, shell: Bool = true, timeout: Duration? = nil) async throws -> String {
  switch try await evaluate(command, shell: shell, timeout: timeout).score {
  case .success(let score): "\(score)"
  case .failure(let failure): "\(failure)"
  }
}

@Suite struct EvaluatorTests {
  @Test func theScoreIsTheNumberInTheLastLine() async throws {
    #expect(try await evaluate("echo {width}").score == .success(1.5))
    #expect(try await evaluate("printf '0.25\\n\\n  \\n'").score == .success(0.25))
    #expect(try await evaluate("echo epoch 3; echo 'top-1: 0.761'", shell: true).score == .success(0.761))
    #expect(try await evaluate("printf '10%%\\r20%%\\r-3e-2'").score == .success(-0.03))
  }

  @Test func filesAreWrittenAndTakenAwayAgain() async throws {
    let folder = try TemporaryFolder()
    let copy = folder.path("name")
    let command = "cat {model.yaml} >&2; echo {model.yaml} > \(copy); wc -c < {model.yaml}"
    #expect(try await evaluate(command, shell: true).score == .success(5))
    let path = try String(contentsOfFile: copy, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(path.hasSuffix("/model.yaml"))
    #expect(!FileManager.default.fileExists(atPath: URL(filePath: path).deletingLastPathComponent().path))
  }

  @Test func eachFailureHasItsReason() async throws {
    #expect(try await reason("echo first >&2; echo 'bad depth' >&2; exit 3") == "exit status 3: bad depth")
    #expect(try await reason("kill -9 $$") == "ended by signal 9")
    #expect(try await reason("true") == "it printed nothing")
    #expect(try await reason("echo done") == "no number in its last line 'done'")
    #expect(try await reason("echo 1 2") == "more than one number in its last line '1 2'")
    #expect(try await reason("echo nan") == "its last line 'nan' is not a finite number")
    #expect(try await reason("echo inf") == "its last line 'inf' is not a finite number")
    #expect(try await reason("no-such-program-here", shell: false).hasPrefix("cannot be started: "))
    #expect(try await reason("/no/such/program", shell: false).hasPrefix("cannot be started: "))
    #expect(try await reason("sleep 600", timeout: .milliseconds(200)) == "no answer within 0.2 s")
  }

  @Test func whatOutlivesTheTimeEndsWithEverythingItStarted() async throws {
    let folder = try TemporaryFolder()
    let pids = folder.path("pids")
    // The command and its child ignore the request to end, and end by themselves much later than any test.
    let command = "trap '' TERM; (trap '' TERM; sleep 9999) & echo $! $$ > \(pids); wait; sleep 9999"
    var numbers: [Int32] = []
    // A busy machine may not have begun the command within the first time.
    for milliseconds in [500, 5_000, 50_000] where numbers.count < 2 {
      let limit = Duration.milliseconds(milliseconds)
      #expect(try await evaluate(command, shell: true, timeout: limit).score == .failure(.timeout(limit)))
      numbers = try processes(in: pids)
    }
    #expect(numbers.count == 2)
    for number in numbers { #expect(try await hasEnded(number)) }
  }

  @Test func whatACommandLeavesBehindHoldsNothingUp() async throws {
    let folder = try TemporaryFolder()
    let pid = folder.path("pid")
    #expect(try await evaluate("sleep 9999 & echo $! > \(pid); echo 7", shell: true).score == .success(7))
    let number = try #require(try processes(in: pid).first)
    #expect(try await hasEnded(number))
  }

  @Test func outputOfAnyLengthTakesBoundedMemory() async throws {
    // In a process of its own: other tests run beside this one and take memory too.
    await #expect(processExitsWith: .success) {
      let command = "head -c 200000000 /dev/zero | tr '\\0' x; head -c 100000000 /dev/zero >&2; echo; echo 4"
      let before = try peakMemory()
      #expect(try await evaluate(command, shell: true).score == .success(4))
      #expect(try peakMemory() - before < 60_000_000)
    }
  }

  @Test func aCandidateIsTriedAsOftenAsSaid() async throws {
    let folder = try TemporaryFolder()
    let log = folder.path("log")
    let command = "echo run >> \(log); test $(wc -l < \(log)) -ge 3 && echo 5"
    let outcome = try await evaluate(command, shell: true, attempts: 4)
    #expect(outcome.score == .success(5))
    #expect(outcome.attempts == 3)
    #expect(try await evaluate("false", attempts: 2).attempts == 2)
  }

  @Test func aCancelledEvaluationEndsItsCommand() async throws {
    let folder = try TemporaryFolder()
    let pid = folder.path("pid")
    let task = Task { try await evaluate("echo $$ > \(pid); exec sleep 9999", shell: true) }
    while try processes(in: pid).isEmpty { try await Task.sleep(for: .milliseconds(20)) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    let number = try #require(try processes(in: pid).first)
    #expect(try await hasEnded(number))
  }

  /// The numbers of processes in a whole line of a file; none where it is not written yet.
  private func processes(in path: String) throws -> [Int32] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8), text.last == "\n" else { return [] }
    return try text.split { $0.isWhitespace }.map { try #require(Int32($0)) }
  }

  /// Whether a process is gone, or dead and not yet waited for, within ten seconds.
  private func hasEnded(_ process: Int32) async throws -> Bool {
    for _ in 0..<500 {
      guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return true }
      if stat.contains(") Z ") { return true }
      try await Task.sleep(for: .milliseconds(20))
    }
    return false
  }
}
