import Execution
import NetworkGraph
import SymbolicIntegers

/// How long one network takes to run.
public struct Latency: Sendable {
  /// One step of the plan: a layer, or several fused.
  public struct Step: Sendable {
    public var kernel: String
    public var nodes: [Node]
    /// The least of several runs.
    public var time: Duration
    /// Inputs, parameters and output, each once.
    public var bytes: Int

    public init(kernel: String, nodes: [Node], time: Duration, bytes: Int) {
      self.kernel = kernel
      self.nodes = nodes
      self.time = time
      self.bytes = bytes
    }
  }

  public var model: String
  public var graph: Graph
  public var threads: Int
  /// Planning, packing and transforming weights that are in memory.
  public var preparation: Duration
  /// One for each repetition, in ascending order.
  public var times: [Duration]
  public var steps: [Step]
  /// What the machine does at best with the same instructions and threads; where steps were timed.
  public var peak: MachinePeak?

  public init(
    model: String, graph: Graph, threads: Int, preparation: Duration, times: [Duration], steps: [Step],
    peak: MachinePeak? = nil
  ) {
    self.model = model
    self.graph = graph
    self.threads = threads
    self.preparation = preparation
    self.times = times.sorted()
    self.steps = steps
    self.peak = peak
  }

  /// Multiply-accumulates of some nodes.
  func multiplyAdds(of nodes: [Node]) -> Int {
    nodes.reduce(0) { $0 + (graph.arithmetic(of: $1).multiplyAdds.constant ?? 0) }
  }

  /// The time below which a share of the repetitions stayed.
  func percentile(_ share: Double) -> Duration {
    times.isEmpty ? .zero : times[max(0, Int((Double(times.count) * share).rounded(.up)) - 1)]
  }
}

extension Duration {
  var milliseconds: Double { self / .milliseconds(1) }
}

/// The machine-readable form of latencies.
private struct LatencyDocument: Encodable, Sendable {
  struct Step: Encodable, Sendable {
    var kernel: String
    var nodes: [String]
    var milliseconds: Double
    var macs: Int
    var bytes: Int
  }
  struct Result: Encodable, Sendable {
    var model: String
    var input: [String]
    var threads: Int
    var repetitions: Int
    var preparationMilliseconds: Double
    var minimumMilliseconds: Double
    var medianMilliseconds: Double
    var percentile95Milliseconds: Double
    var macs: Int
    /// Absent unless asked for, as is the machine's best.
    var steps: [Step]?
    var peak: PeakDocument.Peak?
  }
  var schema = "convscope.bench/1"
  var backend: String
  var results: [Result]
}

extension Report {
  /// Times of whole runs, and of their steps where these were timed.
  ///
  /// GFLOP/s count two operations for each multiply-accumulate of the formulas, whatever a kernel saves.
  public static func latencies(_ results: [Latency], backend: String) -> Report {
    let summary = Table(
      columns: [
        Table.Column("model", "network"), Table.Column("threads", "threads", isNumeric: true),
        Table.Column("repetitions", "runs", isNumeric: true),
        Table.Column("preparationMilliseconds", "prepare ms", isNumeric: true),
        Table.Column("minimumMilliseconds", "minimum ms", isNumeric: true),
        Table.Column("medianMilliseconds", "median ms", isNumeric: true),
        Table.Column("percentile95Milliseconds", "95 % ms", isNumeric: true),
        Table.Column("macs", "macs", isNumeric: true), Table.Column("gflops", "GFLOP/s", isNumeric: true),
      ],
      rows: results.map { result in
        let macs = result.multiplyAdds(of: result.graph.nodes.filter { !$0.isTrainingOnly })
        return [
          .text(result.model), .count(Dimension(result.threads)), .count(Dimension(result.times.count)),
          time(result.preparation), time(result.percentile(0)), time(result.percentile(0.5)),
          time(result.percentile(0.95)),
          .count(Dimension(macs)), speed(macs, result.percentile(0)),
        ]
      })
    return Report(
      title: "latency, \(backend) back end", tables: [summary] + results.compactMap(profile), data: summary,
      notes: ["GFLOP/s: two operations for each multiply-accumulate of the formulas, at the minimum time."]
        + results.compactMap(\.peak).prefix(1).map { peak in
          "of peak: of \(Quantity.fixed(peak.operationsPerSecond / 1e9, decimals: 1)) GFLOP/s, which this machine was "
            + "measured to do with \(peak.instructionSet.rawValue) instructions and \(threads(peak.threads)); "
            + "Winograd's filtering saves multiplications and may exceed it. GB/s: inputs, parameters and outputs once; "
            + "memory was read at \(Quantity.fixed(peak.readBytesPerSecond / 1e9, decimals: 1)) GB/s."
        },
      document: LatencyDocument(
        backend: backend,
        results: results.map { result in
          LatencyDocument.Result(
            model: result.model,
            input: result.graph.inputs.map { "\(result.graph.type(of: $0.value).shape)" }, threads: result.threads,
            repetitions: result.times.count, preparationMilliseconds: result.preparation.milliseconds,
            minimumMilliseconds: result.percentile(0).milliseconds,
            medianMilliseconds: result.percentile(0.5).milliseconds,
            percentile95Milliseconds: result.percentile(0.95).milliseconds,
            macs: result.multiplyAdds(of: result.graph.nodes.filter { !$0.isTrainingOnly }),
            steps: result.steps.isEmpty
              ? nil
              : result.steps.map { step in
                LatencyDocument.Step(
                  kernel: step.kernel, nodes: step.nodes.map { result.graph.path(of: $0) },
                  milliseconds: step.time.milliseconds, macs: result.multiplyAdds(of: step.nodes), bytes: step.bytes)
              }, peak: result.peak.map { PeakDocument.Peak($0) })
        }))
  }

  /// One row for each step; nil where none were timed.
  private static func profile(_ result: Latency) -> Table? {
    guard !result.steps.isEmpty else { return nil }
    let total = result.steps.reduce(Duration.zero) { $0 + $1.time }
    return Table(
      title: "\(result.model): \(result.steps.count) steps",
      columns: [
        Table.Column("step", "step"), Table.Column("kernel", "kernel"),
        Table.Column("milliseconds", "ms", isNumeric: true), Table.Column("share", "share", isNumeric: true),
        Table.Column("macs", "macs", isNumeric: true), Table.Column("gflops", "GFLOP/s", isNumeric: true),
        Table.Column("shareOfPeak", "of peak", isNumeric: true),
        Table.Column("gigabytesPerSecond", "GB/s", isNumeric: true),
      ],
      rows: result.steps.map { step in
        let macs = result.multiplyAdds(of: step.nodes)
        let names = step.nodes.map { result.graph.path(of: $0) }
        let name = names.count < 2 ? names.first ?? "" : "\(names[0]) + \(names.count - 1)"
        return [
          .text(name), .text(step.kernel), time(step.time), .share(total > .zero ? step.time / total : 0),
          .count(Dimension(macs)), speed(macs, step.time), share(macs, step.time, of: result.peak),
          step.time > .zero
            ? .text(Quantity.fixed(Double(step.bytes) / (step.time / .nanoseconds(1)), decimals: 1)) : .empty,
        ]
      })
  }

  private static func threads(_ count: Int) -> String { count == 1 ? "one thread" : "\(count) threads" }

  private static func share(_ macs: Int, _ time: Duration, of peak: MachinePeak?) -> Cell {
    guard let peak, macs > 0, time > .zero, peak.operationsPerSecond > 0 else { return .empty }
    return .share(2 * Double(macs) / (time / .seconds(1)) / peak.operationsPerSecond)
  }

  private static func time(_ duration: Duration) -> Cell { .text(Quantity.fixed(duration.milliseconds, decimals: 3)) }

  private static func speed(_ macs: Int, _ time: Duration) -> Cell {
    guard macs > 0, time > .zero else { return .empty }
    return .text(Quantity.fixed(2 * Double(macs) / (time / .nanoseconds(1)), decimals: 1))
  }
}
