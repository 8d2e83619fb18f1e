import ArgumentParser
import Foundation
import Reports
import ResultsStore
import Scaling

extension SearchOrder: ExpressibleByArgument {}
extension SearchCost: ExpressibleByArgument {}

struct SearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search", abstract: "Find the constants of compound scaling, and what they really cost.",
    discussion: """
      Goes through all combinations of alpha, beta and gamma and keeps those with alpha*beta^2*gamma^2 near a target: \
      depth alpha^phi, width beta^phi and resolution gamma^phi then multiply MACs by about target^phi. Rounding of \
      repeats and channels makes the exact ratio another; both are told. Accuracy takes training: give scores that you \
      have measured with --scores, or a command that measures one with --evaluate, or points are ranked by costs alone.
      """)

  @OptionGroup var family: FamilyOptions

  @Option(name: .long, help: ArgumentHelp("Bases of the factor on depth.", valueName: "values"))
  var alpha = "1.0:1.5:0.01"

  @Option(name: .long, help: ArgumentHelp("Bases of the factor on width.", valueName: "values"))
  var beta = "1.0:1.5:0.01"

  @Option(name: .long, help: ArgumentHelp("Bases of the factor on resolution.", valueName: "values"))
  var gamma = "1.0:1.5:0.01"

  @Option(name: .long, help: ArgumentHelp("What alpha*beta^2*gamma^2 should be.", valueName: "number"))
  var target = "2.0"

  @Option(name: .long, help: ArgumentHelp("How far off it may be, on either side.", valueName: "number"))
  var tolerance = "0.1"

  @Option(name: .long, help: ArgumentHelp("Exponents: 1..7, or a list.", valueName: "values"))
  var phi = "1"

  @Option(name: .long, help: ArgumentHelp("Resolutions become the nearest multiple of this.", valueName: "pixels"))
  var resolutionMultiple = 1

  @Option(name: .long, help: "What points are ranked by; by default the score where --scores or --evaluate gives some.")
  var rank: SearchOrder?

  @Option(name: .long, help: "The cost that points are ranked by.")
  var cost: SearchCost = .macs

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Scores measured elsewhere: CSV with columns score and alpha, beta, gamma (and phi), or depth, width, resolution.",
      valueName: "file"))
  var scores: String?

  @Option(name: .long, help: ArgumentHelp("Most rows of a table.", valueName: "rows"))
  var limit = 20

  @OptionGroup var evaluation: EvaluationOptions
  @OptionGroup var storage: StorageOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    guard (1...100_000).contains(limit) else {
      throw CommandFailure(.usage, "--limit \(limit): it takes 1 to 100000 rows")
    }
    let scores = try scores.map(readScores)
    let evaluator = try evaluation.evaluator()
    if scores != nil, evaluator != nil {
      throw CommandFailure(.usage, "--scores and --evaluate both give scores: choose one")
    }
    if rank == .score, scores == nil, evaluator == nil {
      throw CommandFailure(.usage, "--rank score: there are no --scores to rank by, and no --evaluate")
    }
    let space = try space()
    var (rows, summary) = try points(of: space, inStore: evaluator == nil)
    var reference = try reference(of: space)
    var scored = scores?.add(to: &rows, columns: space.columns)
    _ = scores?.add(to: &reference, columns: space.columns)
    if let scores, scored == 0 {
      let names = scores.names.joined(separator: ", ")
      printToStandardError("convscope: none of the \(scores.count) scores is of a point of this search (by \(names))")
    }
    var failures: [PointFailure] = []
    if let evaluator {
      let evaluation = SearchEvaluation(
        space: space, rows: rows, evaluator: evaluator, jobs: evaluation.jobs, identity: evaluation.identity)
      let store = try storage.opened()
      let trials: [Trial?]
      do {
        trials = try await evaluation.run(store)
        try store?.close()
      } catch let error as StoreError {
        throw CommandFailure(error)
      }
      failures = rows.setScores(trials, columns: space.columns)
      scored = rows.count - failures.count
    }
    let result = SearchResult(
      space, rows: rows, reference: reference, summary: summary, order: rank ?? (scored == nil ? .cost : .score),
      cost: cost, scored: scored, failures: failures)
    try write(result)
    if !failures.isEmpty, output.format == .csv || output.format == .json || output.output != nil {
      printToStandardError("convscope: \(result.failureSummary)")
    }
  }

  /// The rows of all points, or of one part.
  private func points(of space: SearchSpace, inStore: Bool) throws -> (PointRows, PointSummary) {
    var rows = PointRows(indices: [], values: space.columns.map { $0.isInteger ? .integers([]) : .reals([]) })
    var summary = PointSummary()
    summary.part = try storage.part(of: space.count)
    var progress = Progress()
    let start = ContinuousClock.now
    let count = try storage.range(of: space.count).count
    var storage = storage
    if !inStore { storage.store = nil }
    try storage.run(space, try family.threads.runner()) {
      $0
    } consume: { range, block in
      summary.add(block, of: range, in: space)
      rows.append(block)
      progress.show(summary.points, of: count, since: start)
    }
    progress.finish()
    summary.kept = rows.count
    return (rows, summary)
  }

  private func write(_ result: SearchResult) throws {
    guard output.format == .csv || output.format == .json else {
      return try output.write(.search(result, limit: limit))
    }
    let lines = PointText(output.format == .json ? .json : .csv, columns: result.space.columns)
    var file = try CommandOutput(path: output.output)
    try file.write(output.format == .json ? result.document.head : lines.header)
    var bytes: [UInt8] = []
    lines.append(result.rows, isFirst: true, to: &bytes)
    try file.write(bytes)
    if output.format == .json { try file.write(result.document.tail) }
    try file.finish()
  }

  private func space() throws -> SearchSpace {
    let family = try family.scaled()
    let axes = try [("--alpha", alpha), ("--beta", beta), ("--gamma", gamma)].map { try axis($0.1, option: $0.0) }
    func number(_ text: String, _ option: String) throws -> ExactDecimal {
      guard let number = ExactDecimal(text) else {
        throw CommandFailure(.usage, "\(option): '\(text.prefix(40))' is no finite decimal number")
      }
      return number
    }
    let (target, tolerance) = (try number(target, "--target"), try number(tolerance, "--tolerance"))
    let phis = try phis()
    return try scalingFailure("") { () throws(ScalingError) in
      try SearchSpace(
        family, alphas: axes[0], betas: axes[1], gammas: axes[2], phis: phis, target: target, tolerance: tolerance,
        resolutionMultiple: resolutionMultiple)
    }
  }

  private func phis() throws -> [Int] {
    let ends = phi.components(separatedBy: "..")
    if ends.count == 2, let first = Int(ends[0]), let last = Int(ends[1]), first > last {
      throw CommandFailure(
        .usage, "--phi: '\(phi)' is no range of numbers: it is empty, since \(first) lies above \(last)")
    }
    let text = ends.count == 2 ? "\(ends[0]):\(ends[1]):1" : phi
    return try axis(text, option: "--phi").values.map { value in
      guard let integer = value.integer else {
        throw CommandFailure(.usage, "--phi: \(value) is no whole number")
      }
      return integer
    }
  }

  private func reference(of space: SearchSpace) throws -> PointRows {
    let paper = CompoundScaling.efficientNet
    let alone = try scalingFailure("") { () throws(ScalingError) in
      try space.reference(alpha: paper.alpha, beta: paper.beta, gamma: paper.gamma)
    }
    return alone.rows(of: 0..<alone.count)
  }

  private func readScores(_ path: String) throws -> ScoreTable {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure(.noInput, "--scores: cannot read '\(path)'")
    }
    guard data.count <= 1 << 28 else {
      throw CommandFailure(.data, "--scores \(path): \(data.count) bytes are more than the \(1 << 28) that are read")
    }
    do throws(ScoreTable.Failure) {
      return try ScoreTable(parsing: String(decoding: data, as: UTF8.self))
    } catch {
      throw CommandFailure(.data, "--scores \(path): \(error)")
    }
  }
}

extension PointRows {
  /// Puts scores into the column `score`.
  /// - Returns: the points without one, and why.
  fileprivate mutating func setScores(_ trials: [Trial?], columns: [PointColumn]) -> [PointFailure] {
    var failures: [PointFailure] = []
    var scores: [Double] = []
    for (index, trial) in zip(indices, trials) {
      switch trial?.result {
      case .score(let score): scores.append(score)
      case .failure(let reason):
        scores.append(.nan)
        failures.append(PointFailure(index: index, reason: reason))
      case nil:
        scores.append(.nan)
        failures.append(PointFailure(index: index, reason: "it was not tried"))
      }
    }
    if let column = columns.firstIndex(where: { $0.name == "score" }) { values[column] = .reals(scores) }
    return failures
  }
}
