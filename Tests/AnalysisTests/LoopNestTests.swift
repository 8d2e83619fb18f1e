import Analysis
import NetworkGraph
import SymbolicIntegers
import Testing

/// Tallies against loops that count, one by one, what a naive evaluation does.
@Suite("Work against counting loops")
struct LoopNestTests {
  @Test("a convolution's multiply-adds are the steps of its loop nest")
  func convolution() throws {
    for (channels, groups, kernel, stride, dilation) in [(4, 1, 3, 1, 1), (6, 3, 2, 2, 1), (4, 4, 3, 2, 2)] {
      let outputs = 12
      let graph = try analysis([2, Dimension(channels), 9, 11]) {
        $0.conv(
          "conv", Dimension(outputs), kernel: PerAxis(kernel), stride: PerAxis(stride), padding: 1,
          dilation: PerAxis(dilation), groups: Dimension(groups))
      }.graph
      let node = graph.nodes[1]
      let sides = node.outputs[0].shape.spatial.compactMap(\.constant)
      var steps = 0
      var biases = 0
      for _ in 0..<2 {
        for output in 0..<outputs {
          let group = output / (outputs / groups)
          for _ in 0..<sides[0] * sides[1] {
            biases += 1
            for channel in 0..<channels where channel / (channels / groups) == group { steps += kernel * kernel }
          }
        }
      }
      #expect(graph.arithmetic(of: node).multiplyAdds == Dimension(steps))
      #expect(graph.arithmetic(of: node).biasAdditions == Dimension(biases))
    }
  }

  @Test("a transposed convolution multiplies every input element with every tap of its group, whatever the stride")
  func transposedConvolution() throws {
    for (stride, groups) in [(1, 1), (2, 1), (3, 2)] {
      let transposed = TransposedConvolution(
        outputChannels: 6, window: Window(rank: 2, kernel: 3, stride: PerAxis(stride)), groups: Dimension(groups))
      let graph = try analysis([1, 4, 5, 7]) { $0.apply(.transposedConvolution(transposed), "up") }.graph
      var steps = 0
      for channel in 0..<4 {
        for output in 0..<6 where channel / (4 / groups) == output / (6 / groups) {
          for _ in 0..<5 * 7 { steps += 3 * 3 }
        }
      }
      #expect(graph.arithmetic(of: graph.nodes[1]).multiplyAdds == Dimension(steps))
    }
  }

  @Test("reductions, pools and softmax do as many operations as loops over their elements")
  func reductions() throws {
    func work(_ body: (Feature) -> Feature) throws -> Arithmetic {
      let graph = try analysis([2, 3, 4, 4], body).graph
      return graph.arithmetic(of: graph.nodes[1])
    }
    // 24 outputs from four inputs each: three additions, one division.
    let average = try work { $0.averagePool("pool", kernel: 2, stride: 2) }
    #expect([average.additions.constant, average.multiplications.constant] == [72, 24])
    let maximum = try work { $0.maxPool("pool", kernel: 2, stride: 2) }
    #expect(maximum.comparisons.constant == 24 * 3)
    let global = try work { $0.adaptiveAveragePool("pool") }
    #expect([global.additions.constant, global.multiplications.constant] == [90, 6])
    let mean = try work { $0.apply(.reduction(Reduction(.mean, axes: [2, 3], keepsAxes: true)), "mean") }
    #expect([mean.additions.constant, mean.multiplications.constant] == [90, 6])
    let squares = try work { $0.apply(.reduction(Reduction(.sumOfSquares, axes: [3], keepsAxes: false)), "sum") }
    #expect([squares.additions.constant, squares.multiplications.constant] == [72, 96])
    // 24 rows of four: three comparisons, four subtractions and three additions, four divisions, four exponentials.
    let softmax = try work { $0.apply(.softmax(Softmax()), "softmax") }
    #expect(
      [softmax.comparisons.constant, softmax.additions.constant, softmax.multiplications.constant] == [72, 168, 96])
    #expect(softmax.transcendentals == 96)
    // Scale and offset per element.
    let norm = try work { $0.batchNorm("norm") }
    #expect([norm.additions.constant, norm.multiplications.constant] == [96, 96])
  }

  @Test("all-operations adds two per multiply-add, biases, and arithmetic as written; transcendentals stand apart")
  func allOperations() throws {
    let total = try analysis([1, 2, 4, 4]) {
      $0.conv("conv", 3, kernel: 1).batchNorm("norm").activation(.sigmoid, "gate")
    }.total
    // 48 outputs of two terms and a bias; norm 2 each; sigmoid one addition and one division each.
    #expect(CountingConvention.allOperations.count(total.operations).constant == 48 * (4 + 1) + 48 * 2 + 48 * 2)
    #expect(total.operations.transcendentals == 48)
  }
}
