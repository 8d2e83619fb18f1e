import Analysis
import Architectures
import Foundation
import NetworkGraph
import Scaling
import Testing

/// Sweeps against networks that are built and analysed point by point. With CONVSCOPE_THOROUGH=1 it is 2,000 points of
/// each family, in all columns; that takes minutes in a release build (`swift test -c release -Xswiftc
/// -enable-testing`), hours in another.
@Suite("A point of a sweep costs what the network built there costs")
struct ExactnessTests {
  static let isThorough = ProcessInfo.processInfo.environment["CONVSCOPE_THOROUGH"] == "1"
  static let points = isThorough ? 2000 : 12

  /// One network of each family that scales, and those whose tables are of another kind.
  static let models: [String] = {
    let more = ["tf_efficientnet_b1", "regnet_y_400mf", "mobilenetv3_small_050", "mobilenetv2_110d", "semnasnet_100"]
    let first = ScaledFamily.families.compactMap { try? ScaledFamily.baseline(named: $0).name }
    return first + more.filter { Catalog.entry(named: $0) != nil && !first.contains($0) }
  }()

  @Test("there are the families whose networks are stages", arguments: ["EfficientNet", "RegNet", "ResNet", "Swin"])
  func families(name: String) {
    #expect(ScaledFamily.families.contains(name))
    #expect(ScaledFamily.families.count >= 30)
  }

  /// A space of many points, most of which have a network.
  static func space(_ model: String, rounding: ScalingRounding = .family) throws -> SweepSpace {
    let entry = try ScaledFamily.baseline(named: model)
    let family = try ScaledFamily(entry, rounding: rounding)
    let hasWidths = (try? SweepSpace(family, widths: ScalingAxis(2))) != nil
    let hasGroups = (try? SweepSpace(family, groupWidths: ScalingAxis(2))) != nil
    // Windows and patches take some sides only; of others there is no network.
    let sides = ["MaxViT": "224:896:224", "Swin": "96:480:32", "Swin V2": "96:480:32"]
    return try SweepSpace(
      family, depths: ScalingAxis(parsing: "0.3:1.9:0.1"),
      widths: hasWidths ? ScalingAxis(parsing: "0.3:1.9:0.05") : ScalingAxis(1),
      groupWidths: hasGroups ? ScalingAxis(parsing: "0.5,1,1.5") : ScalingAxis(1),
      resolutions: ScalingAxis(parsing: sides[entry.family] ?? "17:333:1"),
      graphColumns: isThorough ? [.peakMemory, .receptiveField] : [])
  }

  @Test("parameters, MACs and activations of random points, failures included", arguments: models)
  func randomPoints(model: String) throws {
    try check(Self.space(model), points: Self.points, seed: 1)
  }

  @Test(
    "the same when everything is rounded to the nearest", arguments: ["efficientnet_b0", "regnety_004", "resnet50"])
  func nearestRounding(model: String) throws {
    try check(Self.space(model, rounding: .nearest), points: Self.points, seed: 2)
  }

  private func check(_ space: SweepSpace, points: Int, seed: UInt64) throws {
    var generator = Generator(state: seed)
    var (found, failed) = (0, 0)
    for _ in 0..<points {
      let index = Int.random(in: 0..<space.count, using: &generator)
      let rows = space.rows(of: index..<(index + 1))
      let graph: Graph
      let analysis: NetworkAnalysis
      do {
        graph = try space.graph(at: index)
        analysis = try NetworkAnalysis(graph)
      } catch {
        #expect(rows.count == 0 && rows.failures.map(\.index) == [index], "\(space.key(of: index)): \(error)")
        failed += 1
        continue
      }
      var expected = [
        analysis.total.parameters, CountingConvention.macs.count(analysis.total.operations),
        analysis.total.activations,
      ].map(\.constant)
      if !space.graphColumns.isEmpty {
        let field = ReceptiveField(graph).features?.axes.first { $0.isLocal }?.size?.constant
        expected += [try EagerMemory(graph).peakBytes.constant, field ?? 0]
      }
      try #require(rows.count == 1, "\(space.key(of: index)) \(rows.failures)")
      let costs = rows.values.indices.filter { $0 >= 3 && space.columns[$0].isInteger }
      let row = costs.map { column -> Int? in
        guard case .integers(let values) = rows.values[column] else { return nil }
        return values[0]
      }
      #expect(row == expected, "\(space.family.baseline.name) \(space.key(of: index))")
      found += 1
    }
    #expect(found * 4 > points, "\(found) of \(points) points have a network, \(failed) have none")
  }

  @Test("any part of a space has the rows that the whole has there, on any number of threads")
  func partsEqualTheWhole() throws {
    let family = try ScaledFamily(ScaledFamily.baseline(named: "efficientnet"))
    let space = try SweepSpace(
      family, depths: ScalingAxis(parsing: "1:2:0.1"), widths: ScalingAxis(parsing: "1:1.5:0.1"),
      resolutions: ScalingAxis(parsing: "96:320:8"))
    let whole = space.rows(of: 0..<space.count)
    #expect(whole.count == space.count && whole.indices == Array(0..<space.count))
    for range in [0..<1, 28..<31, 100..<700, (space.count - 3)..<space.count] {
      let part = space.rows(of: range)
      #expect(part.indices == Array(range))
      #expect(part.values == whole.selecting(Array(range)).values)
    }
    for threads in [1, 3] {
      var rows = PointRows(indices: [], values: space.columns.map { $0.isInteger ? .integers([]) : .reals([]) })
      PointRunner(threads: threads).run(Small(space: space), range: 5..<900) {
        $0
      } consume: {
        rows.append($1)
      }
      #expect(rows.indices == Array(5..<900))
      #expect(rows.values == whole.selecting(Array(5..<900)).values)
    }
    #expect(Set((0..<space.count).map { space.key(of: $0) }).count == space.count)
  }

  /// A space in small blocks.
  private struct Small: PointSpace {
    var space: SweepSpace
    var identity: String { space.identity }
    var count: Int { space.count }
    var columns: [PointColumn] { space.columns }
    var blockSize: Int { 7 }
    func key(of index: Int) -> String { space.key(of: index) }
    func rows(of range: Range<Int>) -> PointRows { space.rows(of: range) }
    func graph(at index: Int) throws(ScalingError) -> Graph { try space.graph(at: index) }
  }

  @Test("peak memory and receptive field are those of the network")
  func graphColumns() throws {
    let family = try ScaledFamily(ScaledFamily.baseline(named: "mobilenet_v2"))
    let space = try SweepSpace(
      family, depths: ScalingAxis(parsing: "1,2"), widths: ScalingAxis(parsing: "0.5,1"),
      resolutions: ScalingAxis(parsing: "96,224"), graphColumns: [.peakMemory, .receptiveField])
    let rows = space.rows(of: 0..<space.count)
    for index in 0..<space.count {
      let graph = try space.graph(at: index)
      #expect(Int(rows.number(column: 6, row: index)) == (try EagerMemory(graph).peakBytes.constant))
    }
    // Araujo, Norris and Sim 2019, table 1: 491 pixels.
    #expect(rows.number(column: 7, row: 3) == 491)
  }

  @Test("a sum that leaves 64 bits is a point without a network, told so")
  func overflow() throws {
    let family = try ScaledFamily(ScaledFamily.baseline(named: "efficientnet"))
    let space = try SweepSpace(
      family, depths: ScalingAxis(parsing: "1,100"), widths: ScalingAxis(parsing: "1,100"),
      resolutions: ScalingAxis(parsing: "224,32768"))
    let rows = space.rows(of: 0..<space.count)
    #expect(rows.failures.map(\.index) == [7])
    #expect(rows.failures.first?.reason.contains("overflows") ?? false)
    #expect(rows.indices == Array(0..<7))
  }
}

/// A linear congruential generator: the same points in every run.
struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 31)
  }
}
