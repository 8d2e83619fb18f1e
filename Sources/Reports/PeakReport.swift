import Execution
import SymbolicIntegers

/// The machine-readable form of what a machine can do.
struct PeakDocument: Encodable, Sendable {
  struct Peak: Encodable, Sendable {
    var instructionSet: String
    var threads: Int
    var gigaflops: Double
    var readGigabytesPerSecond: Double
    var copyGigabytesPerSecond: Double
    /// Operations in the time in which a byte is read.
    var flopsPerByte: Double

    init(_ peak: MachinePeak) {
      instructionSet = peak.instructionSet.rawValue
      threads = peak.threads
      gigaflops = peak.operationsPerSecond / 1e9
      readGigabytesPerSecond = peak.readBytesPerSecond / 1e9
      copyGigabytesPerSecond = peak.copiedBytesPerSecond / 1e9
      flopsPerByte = peak.operationsPerSecond / peak.readBytesPerSecond
    }
  }
  var schema = "convscope.peak/1"
  var peaks: [Peak]
}

extension Report {
  /// What a machine does at best, by instruction set and number of threads.
  public static func peaks(_ peaks: [MachinePeak]) -> Report {
    let rows = peaks.map { PeakDocument.Peak($0) }
    func number(_ value: Double) -> Cell { .text(Quantity.fixed(value, decimals: 1)) }
    let table = Table(
      columns: [
        Table.Column("instructionSet", "instructions"), Table.Column("threads", "threads", isNumeric: true),
        Table.Column("gigaflops", "GFLOP/s", isNumeric: true),
        Table.Column("readGigabytesPerSecond", "read GB/s", isNumeric: true),
        Table.Column("copyGigabytesPerSecond", "copy GB/s", isNumeric: true),
        Table.Column("flopsPerByte", "FLOP/byte", isNumeric: true),
      ],
      rows: rows.map { peak in
        [
          .text(peak.instructionSet), .count(Dimension(peak.threads)), number(peak.gigaflops),
          number(peak.readGigabytesPerSecond), number(peak.copyGigabytesPerSecond), number(peak.flopsPerByte),
        ]
      })
    return Report(
      title: "what this machine does at best", tables: [table], data: table,
      notes: [
        "GFLOP/s: float32 multiply-adds in registers, two operations each.",
        "GB/s: 128 MiB that no cache holds; a copied byte counts twice, as read and as written.",
        "FLOP/byte: a layer that computes less for each byte it reads is limited by memory, not by arithmetic.",
      ], document: PeakDocument(peaks: rows))
  }
}
