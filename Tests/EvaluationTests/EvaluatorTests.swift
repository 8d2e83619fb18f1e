import Foundation
import TestSupport
import Testing

@testable import Evaluation

/// Evaluates a command for a candidate whose width is 1.5 and whose description is `model`.
private func evaluate(
  _ command: String, shell: Bool = false, timeout: Duration? = .seconds(20), attempts: Int = 1
) async throws -> Evaluator.Outcome {
  let evaluator = Evaluator(try CommandTemplate(parsing: command, shell: shell), timeout: timeout, attempts: attempts)
  return try await evaluator.evaluate(
    Evaluator.Candidate(value: { $0 == .width ? "1.5" : "0" }) { _, path in
      try "model".write(toFile: path, atomically: true, encoding: .utf8)
    })
}

private func reason(_ command: String, shell: Bool = true, timeout: Duration? = .seconds(20)) async throws -> String {
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
    let folder = try ScratchFolder()
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
    let folder = try ScratchFolder()
    let pids = folder.path("pids")
    // The command and its child ignore the request to end.
    let command = "trap '' TERM; (trap '' TERM; sleep 600) & echo $! $$ > \(pids); wait; sleep 600"
    let clock = ContinuousClock()
    let start = clock.now
    #expect(try await reason(command, timeout: .milliseconds(500)) == "no answer within 0.5 s")
    #expect(clock.now - start < .seconds(120))
    let text = try String(contentsOfFile: pids, encoding: .utf8)
    let numbers = text.split { $0.isWhitespace }.compactMap { Int32($0) }
    #expect(numbers.count == 2)
    for number in numbers { #expect(try await hasEnded(number)) }
  }

  @Test func whatACommandLeavesBehindHoldsNothingUp() async throws {
    let folder = try ScratchFolder()
    let pid = folder.path("pid")
    let clock = ContinuousClock()
    let start = clock.now
    #expect(try await evaluate("sleep 600 & echo $! > \(pid); echo 7", shell: true).score == .success(7))
    #expect(clock.now - start < .seconds(120))
    let number = try #require(
      Int32(try String(contentsOfFile: pid, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)))
    #expect(try await hasEnded(number))
  }

  @Test func outputOfAnyLengthTakesBoundedMemory() async throws {
    let before = try peakMemory()
    let command = "head -c 200000000 /dev/zero | tr '\\0' x; head -c 100000000 /dev/zero >&2; echo; echo 4"
    #expect(try await evaluate(command, shell: true, timeout: .seconds(60)).score == .success(4))
    #expect(try peakMemory() - before < 60_000_000)
  }

  @Test func aCandidateIsTriedAsOftenAsSaid() async throws {
    let folder = try ScratchFolder()
    let log = folder.path("log")
    let command = "echo run >> \(log); test $(wc -l < \(log)) -ge 3 && echo 5"
    let outcome = try await evaluate(command, shell: true, attempts: 4)
    #expect(outcome.score == .success(5))
    #expect(outcome.attempts == 3)
    #expect(try await evaluate("false", attempts: 2).attempts == 2)
  }

  @Test func aCancelledEvaluationEndsItsCommand() async throws {
    let folder = try ScratchFolder()
    let pid = folder.path("pid")
    let task = Task { try await evaluate("echo $$ > \(pid); exec sleep 600", shell: true, timeout: nil) }
    while !FileManager.default.fileExists(atPath: pid) { try await Task.sleep(for: .milliseconds(20)) }
    try await Task.sleep(for: .milliseconds(50))
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    let number = try #require(
      Int32(try String(contentsOfFile: pid, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)))
    #expect(try await hasEnded(number))
  }

  /// Whether a process is gone, or dead and not yet waited for, within a second.
  private func hasEnded(_ process: Int32) async throws -> Bool {
    for _ in 0..<50 {
      guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return true }
      if stat.contains(") Z ") { return true }
      try await Task.sleep(for: .milliseconds(20))
    }
    return false
  }

  /// The most memory this process has had, in bytes.
  private func peakMemory() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
    return try #require(Int(line.split { $0.isWhitespace }[1])) * 1024
  }
}
