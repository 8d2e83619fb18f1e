import Scaling
import Testing

@Suite("Conditions and Pareto fronts on rows of points")
struct FilterTests {
  private static let columns = [
    PointColumn("width", isInteger: false), PointColumn("parameters"), PointColumn("macs"), PointColumn("peakMemory"),
  ]
  private static let rows = PointRows(
    indices: [10, 11, 12, 13],
    values: [
      .reals([1, 1.1, 1.2, .nan]), .integers([5_000_000, 7_000_000, 20_000_000, 20_000_001]),
      .integers([400_000_000, 4_000_000_000, 4_000_000_001, 9_007_199_254_740_993]), .integers([1024, 2048, 4096, 1]),
    ])

  @Test(
    "conditions select what they say",
    arguments: [
      ("macs<=4G", [0, 1]), ("macs <= 4G && params<=5M", [0]), ("params <= 20M", [0, 1, 2]),
      ("width == 1.1", [1]), ("width != 1.1", [0, 2, 3]), ("width>1", [1, 2]), ("!(width>1)", [0, 3]),
      ("width>1 || params>20M", [1, 2, 3]), ("params>20M && width>1 || memory >= 2Ki", [1, 2]),
      ("macs > parameters", [0, 1, 2, 3]), ("parameters >= 5.0000001M", [1, 2, 3]),
      ("macs == 9007199254740993", [3]), ("macs == 9007199254740992", []), ("peak-memory < 1.5k", [0, 3]),
      ("((((macs<4G))))", [0]), ("!!(macs<4G)", [0]), ("5M == params", [0]), ("width < -1", []),
    ])
  func conditions(text: String, expected: [Int]) throws {
    #expect(try PointFilter(parsing: text, columns: Self.columns).positions(in: Self.rows) == expected)
  }

  @Test(
    "wrong conditions say where",
    arguments: [
      ("", "column 1: expected a column"), ("macs", "column 5: expected a comparison"),
      ("macs <=", "expected a column"),
      ("macs <= 4G params", "expected '&&'"), ("(macs<=4", "expected ')'"), ("macs<=4Q", "column 7"),
      ("mac<=4", "'mac'"),
      ("macs<=1e9", "'1e9' is no number"), ("macs<=99999999999T", "is no number"),
      ("macs & 4", "expected a comparison"),
      (String(repeating: "(", count: 100), "deeper than"), (String(repeating: "!", count: 20_000), "too long"),
    ])
  func wrongConditions(text: String, part: String) {
    let error = #expect(throws: ScalingError.self) { try PointFilter(parsing: text, columns: Self.columns) }
    #expect(error?.description.contains(part) ?? false, "\(String(describing: error))")
  }

  @Test("a front holds exactly the points that no other beats, in whatever parts they come")
  func front() throws {
    var generator = Generator(state: 7)
    let columns = [PointColumn("a"), PointColumn("b"), PointColumn("c", isInteger: false)]
    for size in [1, 2, 10, 200] {
      let a = (0..<size).map { _ in Int.random(in: -9...9, using: &generator) }
      let b = (0..<size).map { _ in Int.random(in: 0...9, using: &generator) }
      let c = (0..<size).map { _ in Double(Int.random(in: -3...3, using: &generator)) / 2 }
      let rows = PointRows(indices: Array(0..<size), values: [.integers(a), .integers(b), .reals(c)])
      let goals = try ["a", "min:b", "max:c"].map { try ParetoFront.Goal(parsing: $0, columns: columns) }
      let expected = (0..<size).filter { row in
        !(0..<size).contains { other in
          let isAtLeast = a[other] <= a[row] && b[other] <= b[row] && c[other] >= c[row]
          let isEqual = a[other] == a[row] && b[other] == b[row] && c[other] == c[row]
          return isAtLeast && (!isEqual || other < row)
        }
      }
      for part in [1, 3, size] {
        var front = ParetoFront(goals, columns: columns)
        for start in stride(from: 0, to: size, by: part) {
          front.add(rows.selecting(Array(start..<min(size, start + part))))
        }
        #expect(front.rows.indices == expected)
      }
    }
    #expect(throws: ScalingError.self) { try ParetoFront.Goal(parsing: "max:d", columns: columns) }
  }
}
