import Foundation
import TestSupport
import Testing

/// `convscope bench`: what it measures and plans, apart from how long anything takes.
@Suite struct BenchCommandTests {
  private static func json(_ arguments: String...) throws -> [String: Any] {
    let outcome = try convscope(arguments + ["--format", "json"])
    #expect(outcome.status == 0, "\(outcome.standardError)")
    return try #require(try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8)) as? [String: Any])
  }

  /// Kernel by node of a plan.
  private static func plan(_ model: String, _ method: String) throws -> [(kernel: String, nodes: [String])] {
    let document = try json("bench", model, "--explain-plan", "--convolution", method)
    let plan = try #require((document["plans"] as? [[String: Any]])?.first)
    return try #require(plan["steps"] as? [[String: Any]]).map { step in
      #expect((step["rule"] as? String)?.isEmpty == false)
      return (try #require(step["kernel"] as? String), try #require(step["nodes"] as? [String]))
    }
  }

  @Test func theMachineIsMeasuredOnOneThreadAndOnSeveral() throws {
    let peaks = try #require(try Self.json("bench", "--peak", "--threads", "2")["peaks"] as? [[String: Any]])
    #expect(Set(peaks.compactMap { $0["instructionSet"] as? String }).contains("portable"))
    #expect(
      peaks.compactMap { $0["threads"] as? Int } == Array(repeating: [1, 2], count: peaks.count / 2).flatMap { $0 })
    for key in ["gigaflops", "readGigabytesPerSecond", "copyGigabytesPerSecond"] {
      #expect(peaks.allSatisfy { ($0[key] as? Double ?? 0) > 0 }, "\(key)")
    }
  }

  @Test(arguments: [
    ("table", "instructions  threads"), ("csv", "instructionSet,threads,gigaflops,readGigabytesPerSecond"),
  ])
  func measurementsComeInEveryFormat(format: String, start: String) throws {
    let outcome = try convscope("bench", "--peak", "--threads", "2", "--format", format)
    #expect(outcome.status == 0, "\(outcome.standardError)")
    #expect(outcome.standardOutput.contains(start), "\(outcome.standardOutput)")
  }

  /// The last layer of ResNet-18 reads 512 features, 512 x 1000 weights and 1000 biases, and writes 1000 numbers.
  @Test func profilesSayWhatLayersReadAndCompute() throws {
    let document = try Self.json("bench", "resnet18", "--input", "1x3x32x32", "--repetitions", "1", "--profile")
    let result = try #require((document["results"] as? [[String: Any]])?.first)
    let steps = try #require(result["steps"] as? [[String: Any]])
    let last = try #require(steps.last { $0["nodes"] as? [String] == ["fc"] })
    #expect(last["bytes"] as? Int == 4 * (512 + 512_000 + 1000 + 1000))
    #expect(last["macs"] as? Int == 512_000)
    #expect(steps.reduce(0) { $0 + ($1["macs"] as? Int ?? 0) } == result["macs"] as? Int)
    #expect(steps.allSatisfy { ($0["bytes"] as? Int ?? 0) > 0 })
    let peak = try #require(result["peak"] as? [String: Any])
    #expect(peak["threads"] as? Int == 1)
    let table = try convscope("bench", "lenet5_modern", "--repetitions", "1", "--profile").standardOutput
    #expect(table.contains("of peak") && table.contains("GB/s"))
  }

  @Test func plansSayHowConvolutionsAreFiltered() throws {
    func filtered(_ method: String) throws -> Int {
      try Self.plan("resnet18", method).count { $0.kernel.hasPrefix("Winograd") }
    }
    // Of 16 convolutions of 3x3 three have stride 2.
    #expect(try filtered("direct") == 0)
    #expect(try filtered("auto") == 13)
    #expect(try filtered("winograd") == 13)
    // LeNet's second window is a 5x5; the first reads a picture of one channel.
    #expect(
      try Self.plan("lenet5_modern", "winograd").filter { $0.kernel.hasPrefix("Winograd") }.map(\.kernel) == [
        "Winograd F(2x2, 5x5)"
      ])
    // Windows of one pixel, and those within blocks, are never filtered.
    #expect(try Self.plan("mobilenet_v2", "winograd").allSatisfy { !$0.kernel.hasPrefix("Winograd") })
  }

  @Test(
    arguments: [
      (["bench"], 64, "give a model, or --peak"),
      (["bench", "--peak", "resnet18"], 64, "--peak measures the machine: it takes no model"),
      (["bench", "--peak", "--profile"], 64, "no --profile and no --explain-plan"),
      (["bench", "--peak", "--explain-plan"], 64, "no --profile and no --explain-plan"),
      (["bench", "--peak", "--threads", "0"], 64, "--threads 0: expected 1 to 1024"),
      (["bench", "--explain-plan"], 64, "give a model, or --peak"),
      (["bench", "resnet5", "--explain-plan"], 64, "unknown model 'resnet5'"),
      (["bench", "lenet5_modern", "--explain-plan", "--backend", "reference"], 64, "are of the native back end"),
      (["bench", "lenet5_modern", "--convolution", "winograd", "--backend", "reference"], 64, "native back end"),
      (["bench", "lenet5_modern", "--convolution", "fft"], 64, "auto"),
      (["bench", "lenet5_modern", "--warm-up=-1"], 64, "at least one run is timed"),
    ] as [([String], Int32, String)])
  func wrongInputIsExplained(arguments: [String], status: Int32, sentence: String) throws {
    let outcome = try convscope(arguments)
    #expect(outcome.status == status, "\(outcome.standardError)")
    #expect(outcome.standardError.contains(sentence), "\(outcome.standardError)")
    #expect(outcome.standardOutput == "")
  }
}
