import Architectures
import NetworkGraph
import SymbolicIntegers
import Testing

@testable import Analysis

@Suite("Differences between networks")
struct DifferenceTests {
  private func analysis(_ model: String, _ settings: [String] = []) throws -> NetworkAnalysis {
    try NetworkAnalysis(#require(Catalog.entry(named: model)).with(settings: settings).graph())
  }

  private func difference(_ before: NetworkAnalysis, _ after: NetworkAnalysis) -> NetworkDifference {
    let difference = NetworkDifference(from: before, to: after)
    // The law, for every pair that a test looks at.
    let (costs, total) = (difference.entries, difference.total)
    #expect(total.before.parameters == before.total.parameters)
    #expect(total.after.parameters == after.total.parameters)
    #expect(total.before.operations == CountingConvention.macs.count(before.total.operations))
    #expect(total.after.operations == CountingConvention.macs.count(after.total.operations))
    #expect(total.after.activations == after.total.activations)
    for value: (NetworkDifference.Cost) -> Dimension in [{ $0.parameters }, { $0.operations }, { $0.activations }] {
      let sum = Dimension.sum(costs.map { value($0.after) - value($0.before) })
      #expect(sum == value(total.after) - value(total.before))
      let folded = Dimension.sum(difference.summary.map { value($0.after) - value($0.before) })
      #expect(folded == sum)
    }
    return difference
  }

  @Test("a network does not differ from itself, for every catalogued one", arguments: Catalog.entries.map(\.name))
  func itself(model: String) throws {
    let network = try analysis(model)
    let found = difference(network, network)
    #expect(found.isEmpty)
    #expect(found.unchanged > 0 && found.followed == 0)
  }

  @Test("ResNet-101 is ResNet-50 with 17 blocks more in its third stage (He et al. 2016, table 1)")
  func deeper() throws {
    let found = difference(try analysis("resnet50"), try analysis("resnet101"))
    #expect(found.summary.map(\.name) == ["layer3.6 ... layer3.22"])
    #expect(found.summary.map(\.blocks) == [17])
    #expect(found.entries.allSatisfy { $0.change == .added && $0.stage == "layer3" })
    #expect(found.stages.filter { $0.before != $0.after }.map(\.name) == ["layer3"])
    // torchvision's parameter counts.
    let added = Dimension.sum(found.entries.map(\.after.parameters))
    #expect(added == Dimension(44_549_160 - 25_557_032))
    let back = difference(try analysis("resnet101"), try analysis("resnet50"))
    #expect(back.entries.allSatisfy { $0.change == .removed })
  }

  @Test("another number of classes changes the classifier only")
  func classes() throws {
    let found = difference(try analysis("resnet50"), try analysis("resnet50", ["classes=10"]))
    #expect(found.entries.map(\.name) == ["fc"])
    #expect(found.entries.map(\.change) == [.changed])
    #expect(found.entries.first.map { $0.after.parameters - $0.before.parameters } == Dimension(-990 * 2049))
  }

  @Test("wider blocks are aligned with the narrow ones of their path")
  func wider() throws {
    let found = difference(try analysis("resnet50"), try analysis("wide_resnet50_2"))
    #expect(found.entries.allSatisfy { $0.change == .changed && $0.formerName == nil })
    #expect(found.summary.count == 8)
  }

  @Test(
    "networks of different families differ, and the costs still add up",
    arguments: [
      ("alexnet", "vgg16"), ("resnet18", "vit_b_16"), ("mobilenet_v2", "mobilenet_v3_large"), ("vgg16", "vgg16_bn"),
      ("densenet121", "densenet169"), ("efficientnet_b0", "efficientnet_b4"), ("inception_v3", "inception_v4"),
    ])
  func families(before: String, after: String) throws {
    let found = difference(try analysis(before), try analysis(after))
    #expect(!found.isEmpty)
  }

  @Test("batch norms put in are added, and nothing else is")
  func norms() throws {
    let found = difference(try analysis("vgg16"), try analysis("vgg16_bn"))
    #expect(found.entries.map(\.change) == Array(repeating: .added, count: 13))
    #expect(found.entries.allSatisfy { $0.detail.hasPrefix("BatchNorm") })
  }

  @Test("batch norms that an exporter folded into weights are told as such, and nothing else")
  func folded() throws {
    func network(norms: Bool) throws -> NetworkAnalysis {
      try NetworkAnalysis(
        Graph(name: "net", input: TensorType([1, 3, 16, 16])) { image in
          var x = image
          for index in 0..<4 {
            let shortcut = x
            x = x.conv("conv\(index)", 8, kernel: 3, padding: 1, bias: !norms)
            if norms { x = x.batchNorm("bn\(index)") }
            x = x.relu("relu\(index)")
            if index > 0 { x = x.elementwise(.add, shortcut, name: "add\(index)") }
          }
          return x.adaptiveAveragePool("pool").flatten().linear("fc", 10)
        })
    }
    let found = difference(try network(norms: true), try network(norms: false))
    #expect(found.entries.map(\.change) == Array(repeating: .folded, count: 4))
    #expect(found.entries.first?.detail == "Convolution takes in bn0")
    #expect(found.unchanged == 4 + 3 + 1 + 1)
  }

  @Test("norms that are taken out, not folded, are removed: layers had a bias before")
  func notFolded() throws {
    let found = difference(try analysis("vgg16_bn"), try analysis("vgg16"))
    #expect(found.entries.map(\.change) == Array(repeating: .removed, count: 13))
  }

  @Test("the same operators wired otherwise are rewired")
  func rewired() throws {
    func graph(_ reads: Bool) throws -> NetworkAnalysis {
      try NetworkAnalysis(
        Graph(name: "net", input: TensorType([1, 4, 8, 8])) { x in
          let a = x.conv("a", 4, kernel: 3, padding: 1)
          let b = a.conv("b", 4, kernel: 3, padding: 1)
          return (reads ? a : b).conv("c", 4, kernel: 1) + b
        })
    }
    let found = difference(try graph(true), try graph(false))
    #expect(found.entries.map(\.change) == [.rewired])
    #expect(found.entries.first?.detail == "reads b instead of a")
  }

  @Test("the edit script is a longest common subsequence, against the table that every textbook fills")
  func longestCommonSubsequence() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      let letters = Int.random(in: 1...4, using: &random)
      let a = (0..<Int.random(in: 0...14, using: &random)).map { _ in Int.random(in: 0..<letters, using: &random) }
      let b = (0..<Int.random(in: 0...14, using: &random)).map { _ in Int.random(in: 0..<letters, using: &random) }
      var table = Array(repeating: Array(repeating: 0, count: b.count + 1), count: a.count + 1)
      for i in a.indices {
        for j in b.indices {
          table[i + 1][j + 1] = a[i] == b[j] ? table[i][j] + 1 : max(table[i][j + 1], table[i + 1][j])
        }
      }
      let pairs = EditScript(a[...], b[...]).pairs
      #expect(pairs.count == table[a.count][b.count], "\(a) \(b)")
      #expect(pairs.allSatisfy { a[$0.left] == b[$0.right] })
      #expect(zip(pairs, pairs.dropFirst()).allSatisfy { $0.left < $1.left && $0.right < $1.right })
    }
  }

  @Test("pairs of the largest likeness are found, against trying all")
  func bestPairs() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let (m, n) = (Int.random(in: 0...5, using: &random), Int.random(in: 0...5, using: &random))
      let scores = (0..<m).map { _ in (0..<n).map { _ in Int32.random(in: 0...4, using: &random) } }
      func best(_ i: Int, _ j: Int) -> Int32 {
        guard i < m, j < n else { return 0 }
        return max(scores[i][j] + best(i + 1, j + 1), best(i + 1, j), best(i, j + 1))
      }
      let rows = (0..<m).map { Scored(scores: scores[$0], column: 0) }
      let columns = (0..<n).map { Scored(scores: [], column: $0) }
      let pairs = similarPairs(rows[...], columns[...]) ?? []
      #expect(pairs.reduce(0) { $0 + scores[$1.left][$1.right] } == best(0, 0))
      #expect(pairs.allSatisfy { scores[$0.left][$0.right] > 0 })
      #expect(zip(pairs, pairs.dropFirst()).allSatisfy { $0.left < $1.left && $0.right < $1.right })
    }
  }

  @Test("long networks without anything in common take bounded work", .timeLimit(.minutes(10)))
  func hostile() throws {
    func chain(_ length: Int, _ channels: Dimension) throws -> NetworkAnalysis {
      try NetworkAnalysis(
        Graph(name: "chain", input: TensorType([1, channels, 4, 4])) { x in
          (0..<length).reduce(x) { x, index in x.conv("c\(index)", channels, kernel: index % 2 == 0 ? 1 : 3, padding: 1)
          }
        })
    }
    _ = difference(try chain(20_000, 2), try chain(20_000, 3))
    _ = EditScript(Array(0..<50_000)[...], Array(100_000..<150_000)[...])
  }
}

/// A row or a column of a table of likenesses.
private struct Scored: Likenable {
  var scores: [Int32]
  var column: Int

  func likeness(to other: Scored) -> Int32 { scores[other.column] }
}
