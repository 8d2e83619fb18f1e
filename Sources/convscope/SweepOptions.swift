import Architectures
import ArgumentParser
import Glibc
import Reports
import Scaling

extension ScalingRounding: ExpressibleByArgument {}

/// The family that a sweep or a search scales, and how.
struct FamilyOptions: ParsableArguments {
  @Argument(help: "A family, such as efficientnet, or the built-in network to scale from.")
  var family: String

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Change a setting of the baseline: classes=10, stages[2].kernel=3; repeatable.", valueName: "name=value"))
  var set: [String] = []

  @Option(
    name: .long, help: "How products are rounded: as the family's code does, or all to the nearest (fast scaling's).")
  var rounding: ScalingRounding = .family

  @OptionGroup var threads: ThreadOptions

  /// - Throws: ``CommandFailure``.
  func scaled() throws -> ScaledFamily {
    let baseline = try scalingFailure("") { () throws(ScalingError) in try ScaledFamily.baseline(named: family) }
    let edited: CatalogEntry
    do throws(SettingError) {
      edited = try baseline.with(settings: set)
    } catch {
      throw CommandFailure(.usage, "--set: \(error)")
    }
    return try scalingFailure("") { () throws(ScalingError) in try ScaledFamily(edited, rounding: rounding) }
  }
}

/// The option that says how many threads compute points.
struct ThreadOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Threads; by default one for each core.", valueName: "count"))
  var threads: Int?

  /// - Throws: ``CommandFailure``.
  func runner() throws -> PointRunner {
    if let threads, !(1...256).contains(threads) {
      throw CommandFailure(.usage, "--threads \(threads): it takes 1 to 256")
    }
    return PointRunner(threads: threads ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }
}

/// What `body` gives; its error becomes that of an option.
func scalingFailure<Result>(_ option: String, _ body: () throws(ScalingError) -> Result) throws -> Result {
  do throws(ScalingError) {
    return try body()
  } catch {
    throw CommandFailure(.usage, option.isEmpty ? "\(error)" : "\(option): \(error)")
  }
}

/// The values of an option that takes numbers and ranges.
func axis(_ text: String, option: String) throws -> ScalingAxis {
  try scalingFailure(option) { () throws(ScalingError) in try ScalingAxis(parsing: text) }
}

extension Progress {
  /// Shows how many points are done, how fast, and how long the rest takes.
  /// - Parameter before: how many were done at the start.
  mutating func show(_ done: Int, of count: Int, since start: ContinuousClock.Instant, before: Int = 0) {
    show(
      Self.line(done, of: count, rate: Double(done - before) / max((ContinuousClock.now - start) / .seconds(1), 1e-9)))
  }

  private static func line(_ done: Int, of count: Int, rate: Double) -> String {
    let left = rate > 0 ? (Double(count - done) / rate).rounded() : 0
    let time = left < 100 ? "\(Int(left)) s" : left < 6000 ? "\(Int(left / 60)) min" : "\(Int(left / 3600)) h"
    return "\(done) of \(count) points, \(Int(min(rate, 1e15))) points/s, \(time) left"
  }
}
