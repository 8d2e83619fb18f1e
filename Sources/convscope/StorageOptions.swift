import ArgumentParser
import ResultsStore
import Scaling

/// Which part of a sweep's or search's points to go through, and where results are kept.
struct StorageOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Keep every finished point in an SQLite file: an interrupted run goes on where it stopped, another reads what is there.",
      valueName: "file"))
  var store: String?

  @Option(
    name: .long,
    help: ArgumentHelp("Only one part of the points: 3/16, for jobs on several machines.", valueName: "part"))
  var shard: String?

  /// The points to go through, of `count`: parts are neighbours and differ in length by one at most.
  /// - Throws: ``CommandFailure``.
  func range(of count: Int) throws -> Range<Int> {
    guard let shard else { return 0..<count }
    let numbers = shard.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let part = numbers[0], let parts = numbers[1], parts >= 1, parts <= 1_000_000,
      (1...parts).contains(part)
    else {
      throw CommandFailure(
        .usage, "--shard \(shard.prefix(40)): write which part of how many, such as 3/16; parts are counted from 1")
    }
    let (length, rest) = count.quotientAndRemainder(dividingBy: parts)
    func start(_ part: Int) -> Int { part * length + min(part, rest) }
    return start(part - 1)..<start(part)
  }

  /// For people: which part it is; empty for the whole.
  func part(of count: Int) throws -> String? {
    guard let shard else { return nil }
    let range = try range(of: count)
    return "Part \(shard): points \(range.lowerBound) to \(range.upperBound) of \(count), the last not included."
  }

  /// The store to work on; nil where none is given.
  func opened() throws -> ResultsStore? {
    try store.map { path in try storeFailure { try ResultsStore(creating: path) } }
  }

  /// Hands the rows of the points to `consume` in order: computed, or completed in the store and read from it.
  /// - Throws: ``CommandFailure``, and what `consume` throws.
  func run<Result: Sendable>(
    _ space: some PointSpace, _ runner: PointRunner, transform: @Sendable (PointRows) -> Result,
    consume: (Range<Int>, Result) throws -> Void
  ) throws {
    let range = try range(of: space.count)
    guard let store = try opened() else {
      return try runner.run(space, range: range, transform: transform, consume: consume)
    }
    try storeFailure {
      let points = try StoredPoints(space, in: store)
      var progress = Progress()
      let start = ContinuousClock.now
      var earlier: Int?
      try points.complete(range, runner) { done in
        let before = earlier ?? done
        earlier = before
        progress.show(done, of: range.count, since: start, before: before)
      }
      progress.finish()
      try points.read(range, transform: transform, consume: consume)
      try store.close()
    }
  }
}

/// What `body` gives; an error of a store becomes the command's.
func storeFailure<Result>(_ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as StoreError {
    throw CommandFailure(error)
  }
}

extension CommandFailure {
  init(_ error: StoreError) {
    let status: Status =
      switch error {
      case .absent: .noInput
      case .inaccessible, .busy: .cannotCreate
      default: .data
      }
    self.init(status, "\(error)")
  }
}
