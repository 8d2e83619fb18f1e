import ArgumentParser
import Execution
import Foundation
import NetworkGraph
import Reports
import Tensors

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Time how long networks take to compute their outputs.",
    discussion: """
      Loading and preparing (planning, packing weights) are not part of the times of runs; preparing has its own. The \
      minimum is what the machine can do; the median and the 95th percentile say how busy it was meanwhile.
      """)

  @Argument(help: "Built-in networks, ONNX files or descriptions in YAML.")
  var models: [String] = []

  @OptionGroup var execution: ExecutionOptions
  @OptionGroup var backend: BackendOptions

  @Option(name: .long, help: ArgumentHelp("Runs that are timed.", valueName: "count"))
  var repetitions = 10

  @Option(name: .long, help: ArgumentHelp("Runs before those that are timed.", valueName: "count"))
  var warmUp = 2

  @Flag(
    name: .long,
    help:
      "The time of every step as well, with its speed, as GFLOP/s, as a share of the machine's and as bytes a second.")
  var profile = false

  @Flag(name: .long, help: "Which kernel computes each step, and the rule that chose it; nothing is timed.")
  var explainPlan = false

  @Flag(
    name: .long,
    help: "No network: what the machine does at best with each instruction set, on one thread and on --threads, or all."
  )
  var peak = false

  @OptionGroup var output: OutputOptions

  private static let mostRuns = 1_000_000

  func run() throws {
    guard 1...Self.mostRuns ~= repetitions, 0...Self.mostRuns ~= warmUp else {
      throw CommandFailure(
        .usage,
        "at least one run is timed, after none or more, of each at most \(Self.mostRuns): \(repetitions), \(warmUp)")
    }
    try backend.check()
    try CommandOutput.check(output.output)
    if peak { return try measureMachine() }
    guard !models.isEmpty else { throw CommandFailure(.usage, "give a model, or --peak") }
    if profile || explainPlan || backend.convolution != .auto, backend.backend != .native {
      throw CommandFailure(.usage, "--profile, --explain-plan and --convolution are of the native back end")
    }
    if explainPlan { return try explain() }
    var results: [Latency] = []
    var progress = Progress()
    for model in models {
      let run = try execution.run(of: model)
      do throws(ExecutionError) {
        let state = try ModelState(run.graph, from: run.weights)
        let start = ContinuousClock.now
        let executor = try backend.executor(run.graph, state)
        let preparation = start.duration(to: .now)
        results.append(try measured(model, run, executor, preparation) { progress.show("\(model): run \($0)") })
      } catch {
        progress.finish()
        throw CommandFailure(.data, about: model, error)
      }
    }
    progress.finish()
    try output.write(.latencies(results, backend: backend.backend.rawValue))
  }

  private func measureMachine() throws {
    guard models.isEmpty, !profile, !explainPlan else {
      throw CommandFailure(.usage, "--peak measures the machine: it takes no model, no --profile and no --explain-plan")
    }
    let most = backend.threads == 1 ? ProcessInfo.processInfo.activeProcessorCount : backend.threads
    var peaks: [MachinePeak] = []
    do throws(ExecutionError) {
      for set in InstructionSet.available {
        for threads in most == 1 ? [1] : [1, most] { peaks.append(try MachinePeak(set, threads: threads)) }
      }
    } catch {
      throw CommandFailure(.data, "--peak: \(error)")
    }
    try output.write(.peaks(peaks))
  }

  private func explain() throws {
    var plans: [PlanExplanation] = []
    for model in models {
      let run = try execution.run(of: model)
      do throws(ExecutionError) {
        let state = try ModelState(run.graph, from: run.weights)
        let executor = try backend.nativeExecutor(run.graph, state)
        plans.append(PlanExplanation(model: model, executor))
      } catch {
        throw CommandFailure(.data, about: model, error)
      }
    }
    try output.write(.plans(plans))
  }

  private func measured(
    _ model: String, _ run: ExecutionOptions.Run, _ executor: any Executor, _ preparation: Duration,
    _ progress: (Int) -> Void
  ) throws(ExecutionError) -> Latency {
    let clock = ContinuousClock()
    var times: [Duration] = []
    for repetition in 0..<warmUp + repetitions {
      progress(repetition + 1)
      let start = clock.now
      _ = try executor.run(run.inputs)
      if repetition >= warmUp { times.append(clock.now - start) }
    }
    var steps: [Latency.Step] = []
    var peak: MachinePeak?
    if profile, let native = executor as? NativeExecutor {
      var best = try native.profile(run.inputs)
      for _ in 1..<max(repetitions, 2) { best = zip(best, try native.profile(run.inputs)).map { min($0, $1) } }
      steps = native.steps.enumerated().map { index, step in
        Latency.Step(kernel: step.kernel, nodes: step.nodes, time: best[index], bytes: native.bytes(ofStep: index))
      }
      peak = try MachinePeak(native.instructionSet, threads: native.threads)
    }
    return Latency(
      model: model, graph: run.graph,
      threads: (executor as? NativeExecutor)?.threads ?? 1, preparation: preparation, times: times, steps: steps,
      peak: peak)
  }
}
