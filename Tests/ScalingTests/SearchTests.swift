import Scaling
import Testing

@Suite("The search for constants of compound scaling")
struct SearchTests {
  static func space(
    _ alpha: String = "1.0:1.5:0.05", _ beta: String = "1.0:1.5:0.05", _ gamma: String = "1.0:1.5:0.05",
    phis: [Int] = [1], target: String = "2", tolerance: String = "0.1"
  ) throws -> SearchSpace {
    try SearchSpace(
      ScaledFamily(ScaledFamily.baseline(named: "efficientnet")), alphas: ScalingAxis(parsing: alpha),
      betas: ScalingAxis(parsing: beta), gammas: ScalingAxis(parsing: gamma), phis: phis,
      target: #require(ExactDecimal(target)), tolerance: #require(ExactDecimal(tolerance)))
  }

  private func column(_ name: String, _ space: SearchSpace) throws -> [Double] {
    let rows = space.rows(of: 0..<space.count)
    let column = try #require(space.columns.firstIndex { $0.name == name })
    return (0..<rows.count).map { rows.number(column: column, row: $0) }
  }

  @Test("the points are those of the grid within the tolerance, ends included, and no others")
  func candidates() throws {
    // In hundredths, all products are integers over 10^10.
    for (target, tolerance) in [(200, 10), (200, 0), (180, 1)] {
      var expected: [[Int]] = []
      for alpha in stride(from: 100, through: 150, by: 5) {
        for beta in stride(from: 100, through: 150, by: 5) {
          for gamma in stride(from: 100, through: 150, by: 5) {
            let product = alpha * beta * beta * gamma * gamma
            if abs(product - target * 100_000_000) <= tolerance * 100_000_000 { expected.append([alpha, beta, gamma]) }
          }
        }
      }
      guard !expected.isEmpty else { continue }
      let space = try Self.space(
        target: "\(ExactDecimal(mantissa: target, scale: 2))",
        tolerance: "\(ExactDecimal(mantissa: tolerance, scale: 2))")
      let found = zip(zip(try column("alpha", space), try column("beta", space)), try column("gamma", space)).map {
        [$0.0, $0.1, $1].map { Int(($0 * 100).rounded()) }
      }
      #expect(found == expected)
    }
  }

  @Test("the paper's constants are there with their product, and cost what EfficientNet scaled so costs")
  func paper() throws {
    let space = try Self.space("1.2", "1.1", "1.15")
    let rows = space.rows(of: 0..<space.count)
    #expect(space.count == 1)
    #expect(try column("product", space) == [1.92027])
    // Depth 1.2 and width 1.1 are B2's; its published counts are at 260 pixels, not 258.
    #expect(try column("parameters", space) == [9_109_994])
    #expect(try column("resolution", space) == [258])
    let macs = try NetworkCostsByHand.macs(depth: 1.2, width: 1.1, side: 258)
    #expect(try column("macs", space) == [Double(macs)])
    #expect(try column("costRatio", space) == [Double(macs) / 385_814_752])
    #expect(space.isInside(rows, row: 0))
    let narrow = try Self.space("1.28", "1", "1.25", tolerance: "0.01")
    let reference = try narrow.reference(
      alpha: CompoundScaling.efficientNet.alpha, beta: CompoundScaling.efficientNet.beta,
      gamma: CompoundScaling.efficientNet.gamma)
    #expect(!narrow.isInside(reference.rows(of: 0..<1), row: 0))
  }

  @Test("powers of phi are exact decimals, and phi runs slowest")
  func powers() throws {
    let space = try Self.space("1.2", "1.1", "1.15", phis: [1, 2, 7])
    #expect(try column("phi", space) == [1, 2, 7])
    #expect(try column("depth", space) == [1.2, 1.44, 3.5831808])
    #expect(try column("width", space) == [1.1, 1.21, 1.9487171])
    #expect(try column("resolution", space) == [258, 296, 596])
    #expect(space.key(of: 2) == "alpha=1.2 beta=1.1 gamma=1.15 phi=7")
  }

  @Test("an infeasible constraint names the bound that is closest to meeting it")
  func infeasible() throws {
    func message(_ alpha: String, _ beta: String, _ gamma: String) -> String {
      do {
        _ = try Self.space(alpha, beta, gamma)
        return ""
      } catch {
        return "\(error)"
      }
    }
    let low = message("1:1.1:0.1", "1:1.1:0.1", "1:1.1:0.1")
    // 1.1^5; beta^2 would have to be 1.9 / 1.1^3.
    #expect(low.contains("it is 1.6105") && low.contains("beta's upper one, 1.1") && low.contains("1.1948"))
    let high = message("1.4:1.5:0.1", "1.4:1.5:0.1", "1.2:1.3:0.1")
    #expect(high.contains("it is 3.9514") && high.contains("lower one"))
    #expect(message("1.28", "1:1.2:0.2", "1.1:1.4:0.3").contains("smaller ones"))
  }

  @Test("values that cannot be meant are refused")
  func refusals() {
    #expect(throws: ScalingError.self) { try Self.space("0:1:0.5") }
    #expect(throws: ScalingError.self) { try Self.space("1:11:1") }
    #expect(throws: ScalingError.self) { try Self.space("1.0000001") }
    #expect(throws: ScalingError.self) { try Self.space(phis: []) }
    #expect(throws: ScalingError.self) { try Self.space(phis: [0]) }
    #expect(throws: ScalingError.self) { try Self.space(phis: [33]) }
    #expect(throws: ScalingError.self) { try Self.space(tolerance: "-1") }
  }

  @Test("scores join their points, and rank them")
  func scores() throws {
    let space = try Self.space("1.2:1.4:0.1", "1.1", "1.1:1.2:0.05")
    var rows = space.rows(of: 0..<space.count)
    let table = try ScoreTable(
      parsing: "alpha,beta,gamma,score,note\n1.2,1.10,1.15,77.1,x\n1.3,1.1,1.1,77.5,\n9,9,9,1,\n")
    #expect(table.count == 3)
    #expect(table.add(to: &rows, columns: space.columns) == 2)
    let ranked = space.ranked(rows, by: .score)
    let score = try #require(space.columns.firstIndex { $0.name == "score" })
    #expect(ranked.number(column: score, row: 0) == 77.5 && ranked.number(column: score, row: 1) == 77.1)
    #expect(ranked.number(column: score, row: 2).isNaN && ranked.count == rows.count)
    let cheap = space.ranked(rows, by: .cost, cost: .parameters)
    let parameters = (0..<cheap.count).map { cheap.number(column: 8, row: $0) }
    #expect(parameters == parameters.sorted())
  }

  @Test(
    "wrong tables of scores say which line is wrong",
    arguments: [
      ("", "line 1"), ("alpha,beta,gamma\n1,1,1", "no column is called score"), ("score\n1", "points need columns"),
      ("alpha,beta,gamma,score\n1,1,1", "line 2: it has 3 fields"),
      ("alpha,beta,gamma,score\n1,1,1,2\n1,1,x,2", "line 3: gamma is 'x'"),
      ("alpha,beta,gamma,score\n1,1,1,nan", "line 2: score"),
      ("alpha,beta,gamma,score\n1,1,1,2\n1.0,1,1,3", "line 3: a second score"),
      (
        "\u{FEFF}note,alpha,beta,gamma,score\r\n\"two, \nlines\",1,1,1,2\r\n\r\n\"x\"\"\",1,1,y,2",
        "line 5: gamma is 'y'"
      ),
      ("alpha,beta,gamma,score\n1,1,1,\"2", "line 2: a quotation mark is not closed"),
    ])
  func wrongScores(text: String, part: String) {
    let failure = #expect(throws: ScoreTable.Failure.self) { try ScoreTable(parsing: text) }
    #expect(failure?.description.contains(part) ?? false, "\(String(describing: failure))")
  }
}

/// EfficientNet's multiply-accumulates counted by the table's loops.
enum NetworkCostsByHand {
  static func macs(depth: Double, width: Double, side: Int) throws -> Int {
    func channels(_ count: Int) -> Int {
      let product = Double(count) * width
      let rounded = max(8, Int(product + 4) / 8 * 8)
      return Double(rounded) < 0.9 * product ? rounded + 8 : rounded
    }
    // Expansion, kernel, stride, channels, repeats: Tan and Le 2019, table 1.
    let table = [
      (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4),
      (6, 3, 1, 320, 1),
    ]
    var (map, input) = ((side + 1) / 2, channels(32))
    var total = map * map * 27 * input
    for (expansion, kernel, stride, output, repeats) in table {
      for block in 0..<Int((Double(repeats) * depth).rounded(.up)) {
        let (inner, squeezed) = (input * expansion, input / 4)
        if expansion > 1 { total += map * map * input * inner }
        if block == 0 { map = (map + stride - 1) / stride }
        total += map * map * inner * kernel * kernel + 2 * inner * squeezed
        total += map * map * inner * channels(output)
        input = channels(output)
      }
    }
    return total + map * map * input * channels(1280) + channels(1280) * 1000
  }
}
