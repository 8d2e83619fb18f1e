import SymbolicIntegers

/// How one of ONNX's back-end tests came out.
public struct ONNXTestResult: Encodable, Sendable {
  public enum Outcome: String, Encodable, Sendable {
    case pass, fail, unsupported
  }

  public var name: String
  public var outcome: Outcome
  /// Why it failed or is not supported.
  public var detail: String
  public var worstError: Double?

  public init(name: String, outcome: Outcome, detail: String, worstError: Double? = nil) {
    self.name = name
    self.outcome = outcome
    self.detail = detail
    self.worstError = worstError
  }
}

private struct ONNXTestDocument: Encodable, Sendable {
  var schema = "convscope.onnx-tests/1"
  var tests: [ONNXTestResult]
}

extension Report {
  /// One row for each test, those that passed last.
  public static func onnxTests(_ results: [ONNXTestResult]) -> Report {
    func count(_ outcome: ONNXTestResult.Outcome) -> Int { results.filter { $0.outcome == outcome }.count }
    let order: [ONNXTestResult.Outcome] = [.fail, .unsupported, .pass]
    let table = Table(
      columns: [Table.Column("name", "test"), Table.Column("outcome", "outcome"), Table.Column("detail", "detail")],
      rows: order.flatMap { outcome in
        results.filter { $0.outcome == outcome }.map { [.text($0.name), .text($0.outcome.rawValue), .text($0.detail)] }
      })
    return Report(
      title: "\(results.count) tests: \(count(.pass)) pass, \(count(.fail)) fail, \(count(.unsupported)) unsupported",
      tables: [table], data: table, document: ONNXTestDocument(tests: results))
  }
}
