import Execution
import NetworkGraph
import SymbolicIntegers
import Tensors

extension Verification.Subject {
  /// What is compared, for people.
  var title: String {
    switch self {
    case .shapes: "shapes: elements inferred = written"
    case .windows: "windows that fit = inferred sides"
    case .parameters: "parameters counted = allocated"
    case .multiplyAdds: "MACs by formula = by kernels"
    case .unpaddedMultiplyAdds: "MACs without padding = pairs that meet"
    case .memory: "memory: planned = reached"
    case .receptiveField: "receptive field = pixels that marks reach"
    case .native: "native = reference"
    case .expected: "outputs = expected"
    }
  }
}

/// One network's verification, or why there is none.
public struct VerifiedNetwork: Sendable {
  public var name: String
  public var input: String
  public var checks: [Verification.Check]
  /// Why the network could not be run; nil where it was.
  public var failure: ExecutionError?
  /// What a reader should know of the run besides.
  public var notes: [String] = []

  public init(name: String, input: String, _ verification: Verification) {
    (self.name, self.input, checks) = (name, input, verification.checks)
    for (port, output) in zip(verification.graph.outputs, verification.outputs) where output.nonFiniteCount > 0 {
      notes.append(
        "\(name): \(output.nonFiniteCount) of \(output.values.count) values of \(port.name) are not finite numbers: the "
          + "weights or the input hold such, or take the network out of the range of float32")
    }
  }

  public init(name: String, input: String, error: ExecutionError) {
    (self.name, self.input, checks, failure) = (name, input, [], error)
  }

  public var holds: Bool { failure == nil && checks.allSatisfy(\.holds) }
}

/// The machine-readable form of verifications.
private struct VerificationDocument: Encodable, Sendable {
  struct Check: Encodable, Sendable {
    var subject: String
    var holds: Bool
    var comparisons: Int
    var failures: Int
    var messages: [String]
    var total: Int?
    var worstError: Double?
  }
  struct Network: Encodable, Sendable {
    var model: String
    var input: String
    var holds: Bool
    var error: String?
    var notes: [String]
    var checks: [Check]
  }
  var schema = "convscope.verify/1"
  var holds: Bool
  var networks: [Network]
}

extension Report {
  /// One row for each comparison of each network; failures as sentences below.
  public static func verification(_ networks: [VerifiedNetwork]) -> Report {
    let failed = networks.filter { !$0.holds }.count
    return Report(
      title: networks.count == 1
        ? "\(networks[0].name), input \(networks[0].input): "
          + (failed == 0 ? "everything holds" : "not everything holds")
        : "\(networks.count) networks: " + (failed == 0 ? "everything holds" : "\(failed) do not hold"),
      tables: [networks.count == 1 ? checkTable(networks[0]) : networkTable(networks)],
      data: dataTable(networks), notes: networks.flatMap(messages),
      document: VerificationDocument(
        holds: failed == 0,
        networks: networks.map { network in
          VerificationDocument.Network(
            model: network.name, input: network.input, holds: network.holds, error: network.failure.map { "\($0)" },
            notes: network.notes,
            checks: network.checks.map {
              VerificationDocument.Check(
                subject: $0.subject.rawValue, holds: $0.holds, comparisons: $0.count, failures: $0.failureCount,
                messages: $0.failures, total: $0.total,
                // JSON has no infinity; the messages tell of it.
                worstError: $0.worstError.flatMap { $0.isFinite ? $0 : nil })
            })
        }))
  }

  private static func messages(_ network: VerifiedNetwork) -> [String] {
    if let failure = network.failure { return ["\(network.name): \(failure)"] }
    return network.checks.flatMap { check in
      check.failures.map { "\(network.name), \(check.subject.rawValue): \($0)" }
        + (check.failureCount > check.failures.count
          ? ["\(network.name), \(check.subject.rawValue): \(check.failureCount - check.failures.count) more"] : [])
    } + network.notes
  }

  private static func checkTable(_ network: VerifiedNetwork) -> Table {
    Table(
      columns: [
        Table.Column("check", "check"), Table.Column("comparisons", "comparisons", isNumeric: true),
        Table.Column("failures", "failures", isNumeric: true), Table.Column("total", "total", isNumeric: true),
        Table.Column("worstError", "worst error", isNumeric: true),
      ],
      rows: network.checks.map { check in
        [
          .text(check.subject.title), .count(Dimension(check.count)), .count(Dimension(check.failureCount)),
          check.total.map { .count(Dimension($0)) } ?? .empty, check.worstError.map { .text(error($0)) } ?? .empty,
        ]
      })
  }

  private static func networkTable(_ networks: [VerifiedNetwork]) -> Table {
    Table(
      columns: [
        Table.Column("model", "network"), Table.Column("input", "input"),
        Table.Column("comparisons", "comparisons", isNumeric: true),
        Table.Column("failures", "failures", isNumeric: true), Table.Column("macs", "macs run", isNumeric: true),
        Table.Column("worstError", "worst error", isNumeric: true),
      ],
      rows: networks.map { network in
        guard network.failure == nil else {
          return [.text(network.name), .text(network.input), .empty, .text("not run"), .empty, .empty]
        }
        let checks = network.checks
        return [
          .text(network.name), .text(network.input), .count(Dimension(checks.reduce(0) { $0 + $1.count })),
          .count(Dimension(checks.reduce(0) { $0 + $1.failureCount })),
          checks.first { $0.subject == .multiplyAdds }?.total.map { .count(Dimension($0)) } ?? .empty,
          checks.compactMap(\.worstError).max().map { .text(error($0)) } ?? .empty,
        ]
      })
  }

  private static func dataTable(_ networks: [VerifiedNetwork]) -> Table {
    Table(
      columns: [
        Table.Column("model", "network"), Table.Column("input", "input"), Table.Column("check", "check"),
        Table.Column("holds", "holds"), Table.Column("comparisons", "comparisons", isNumeric: true),
        Table.Column("failures", "failures", isNumeric: true), Table.Column("total", "total", isNumeric: true),
        Table.Column("worstError", "worst error", isNumeric: true),
      ],
      rows: networks.flatMap { network -> [[Cell]] in
        guard network.failure == nil else {
          return [
            [.text(network.name), .text(network.input), .text("run"), .text("false"), .empty, .empty, .empty, .empty]
          ]
        }
        return network.checks.map { check in
          [
            .text(network.name), .text(network.input), .text(check.subject.rawValue), .text("\(check.holds)"),
            .count(Dimension(check.count)), .count(Dimension(check.failureCount)),
            check.total.map { .count(Dimension($0)) } ?? .empty, check.worstError.map { .text("\($0)") } ?? .empty,
          ]
        }
      })
  }

  /// Two significant digits.
  private static func error(_ value: Double) -> String {
    guard value.isFinite, value > 0 else { return "\(value)" }
    var (mantissa, exponent) = (value, 0)
    while mantissa >= 9.95 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 0.995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    return "\((mantissa * 10).rounded() / 10)e\(exponent)"
  }
}
