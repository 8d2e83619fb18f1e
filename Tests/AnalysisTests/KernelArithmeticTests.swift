import Analysis
import NetworkGraph
import SymbolicIntegers
import Testing

private func symbol(_ name: String) -> Dimension { .symbol(name) }
private let (c, d, h, w, k) = (symbol("C"), symbol("C_out"), symbol("H"), symbol("W"), symbol("k"))

@Suite("Kernel arithmetic")
struct KernelArithmeticTests {
  private func measures(_ text: String, _ convention: CountingConvention = .macs) throws -> BlockMeasures {
    try BlockMeasures(BlockNotation(text), convention: convention)
  }

  @Test("one 5x5 and two 3x3 give the course's table, symbol for symbol")
  func courseTable() throws {
    let (one, two) = (try measures("5x5"), try measures("3x3,3x3"))
    #expect(one.receptiveField?.map(\.numerator) == [5, 5])
    #expect(two.receptiveField?.map(\.numerator) == [5, 5])
    #expect(one.parameters == ExactFraction(c * c * 25))
    #expect(two.parameters == ExactFraction(c * c * 18))
    #expect(one.operations == ExactFraction(c * c * h * w * 25))
    #expect(two.operations == ExactFraction(c * c * h * w * 18))
    #expect(one.outputs == ExactFraction(h * w * c))
    #expect(two.outputs == ExactFraction(h * w * c * 2))
    #expect(try measures("5x5", .flops).operations == ExactFraction(c * c * h * w * 50))
  }

  @Test(
    "weights and multiply-adds are the closed forms of the papers",
    arguments: [
      // VGG, section 2.3: 7^2 C^2 against 3 (3^2 C^2).
      ("7x7", c * c * 49, 1, c * c * 49, 7), ("3x3,3x3,3x3", c * c * 27, 1, c * c * 27, 7),
      // MobileNet, section 3.1: D_K D_K M N D_F D_F against D_K D_K M D_F D_F + M N D_F D_F.
      ("out:kxk", k * k * c * d, 1, k * k * c * d, nil),
      ("dwkxk,out:1x1", k * k * c + c * d, 1, k * k * c + c * d, nil),
      // Grouped and dilated kernels.
      ("g4:3x3", c * c * 9, 4, c * c * 9, 3), ("gG:3x3", c * c * 9, nil, c * c * 9, 3),
      ("d2:3x3", c * c * 9, 1, c * c * 9, 5),
      // ResNet, figure 5, at a width of 4 C outside: 17 C^2 against 18 C^2.
      ("3x3,3x3", c * c * 18, 1, c * c * 18, 5), ("in4,r4:1x1,r4:3x3,1x1", c * c * 17, 1, c * c * 17, 3),
      // MobileNetV2, table 1: 6 C C + 9 6 C + 6 C C.
      ("e6:1x1,dw3x3,1x1", c * c * 12 + c * 54, 1, c * c * 12 + c * 54, 3),
      // EfficientNetV2, figure 2.
      ("e4:3x3,1x1", c * c * 40, 1, c * c * 40, 3),
      // VAN, section 3.1 with K = 21, d = 3: (2d-1)^2 C + (K/d)^2 C + C^2.
      ("dw5x5,d3:dw7x7,1x1,gate", c * c + c * 74, 1, c * c + c * 74, 23),
      // Swin, equations 1 and 2: 4hwC^2 + 2(hw)^2 C and 4hwC^2 + 2M^2 hwC.
      ("attention", c * c * 4, 1, c * c * 4 + h * w * c * 2, nil),
      ("attention7", c * c * 4, 1, c * c * 4 + c * 98, 7),
    ] as [(String, Dimension, Int?, Dimension, Int?)])
  func closedForms(block: String, parameters: Dimension, divisor: Int?, operations: Dimension, field: Int?) throws {
    let found = try measures(block)
    let divisor = divisor.map { Dimension($0) } ?? symbol("G")
    #expect(found.parameters == ExactFraction(parameters, over: divisor))
    #expect(found.operations == ExactFraction(operations * h * w, over: divisor))
    if let field { #expect(found.receptiveField?[0] == ExactFraction(Dimension(field))) }
  }

  @Test("a depthwise-separable convolution costs 1/C_out + 1/k^2 of the standard one")
  func separableRatio() throws {
    let (standard, separable) = (try measures("out:kxk"), try measures("dwkxk,out:1x1"))
    for ratio in [
      separable.operations / standard.operations, separable.parameters / standard.parameters,
    ] {
      #expect(ratio.summands == [ExactFraction(1, over: d), ExactFraction(1, over: k * k)])
    }
    #expect(standard.receptiveField?[0] == ExactFraction(k))
  }

  @Test("the Inception modules of the course cost 854 M and 271 M multiply-adds")
  func inceptionModules() throws {
    let modules = try #require(KernelComparison.literature.first { $0.title.contains("Inception") })
    let (naive, reduced) = (try BlockNotation(modules.left), try BlockNotation(modules.right))
    // 28 * 28 * 256 * (128 + 9 * 192 + 25 * 96), and 28 * 28 * (256 * (128 + 64 + 64 + 64) + 64 * (9 * 192 + 25 * 96)).
    let expected = [784 * 256 * (128 + 9 * 192 + 25 * 96), 784 * (256 * 320 + 64 * (9 * 192 + 25 * 96))]
    #expect(expected == [854_196_224, 271_351_808])
    for (notation, value) in zip([naive, reduced], expected) {
      #expect(try BlockMeasures(notation, channels: 256, side: 28).operations.numerator.constant == value)
    }
  }

  @Test(
    "a formula evaluated at sizes equals the measures of the block on those sizes",
    arguments: [
      "3x3,3x3", "s2:3x3,s2:max3x3", "in4,r4:1x1,r4:3x3,1x1", "g8:3x3,r2:1x1", "(r2:1x1|e3:r4:3x3|max5x5,r4:1x1),1x1",
      "attention,dw3x3", "attention7,d2:3x3", "s2:1x1,attention7", "2x2,1x7,7x1", "e6:1x1,s2:dw5x5,out:1x1",
      "out:4x4,gate",
    ])
  func formulasHold(block: String) throws {
    let notation = try BlockNotation(block)
    // A gate needs as many channels as the block's input has.
    guard !block.contains("gate") else {
      #expect(throws: GraphError.self) { try BlockMeasures(notation) }
      return
    }
    let formula = try BlockMeasures(notation)
    for (channels, output, side) in [(16, 8, 28), (48, 96, 56), (8, 24, 14)] {
      let numbers = try BlockMeasures(
        notation, channels: Dimension(channels), outputChannels: Dimension(output), side: Dimension(side))
      let names = ["C": channels, "C_out": output, "H": side, "W": side]
      let bindings = Dictionary(
        uniqueKeysWithValues: names.compactMap { name, value in Symbol(name).map { ($0, value) } })
      for (symbolic, number) in [
        (formula.parameters, numbers.parameters), (formula.operations, numbers.operations),
        (formula.outputs, numbers.outputs),
      ] {
        let above = try symbolic.numerator.evaluated(with: bindings)
        let below = try symbolic.denominator.evaluated(with: bindings)
        #expect(above % below == 0)
        #expect(above / below == number.numerator.constant)
        #expect(number.denominator == 1)
      }
    }
  }

  @Test(
    "counts equal a loop over every multiplication, fields a search for every pixel that matters",
    arguments: [
      [(3, 1, 1)], [(3, 1, 1), (3, 1, 1)], [(5, 2, 1), (3, 1, 2)], [(2, 1, 1), (4, 2, 3)], [(1, 2, 1), (7, 1, 1)],
      [(3, 2, 1), (3, 2, 1), (3, 1, 2)],
    ] as [[(kernel: Int, stride: Int, dilation: Int)]])
  func bruteForce(layers: [(kernel: Int, stride: Int, dilation: Int)]) throws {
    let block = layers.map { "s\($0.stride):d\($0.dilation):\($0.kernel)x\($0.kernel)" }.joined(separator: ",")
    let (side, channels) = (64, 2)
    let measures = try BlockMeasures(BlockNotation(block), channels: Dimension(channels), side: Dimension(side))
    // Input positions that each output position reads, along one axis, layer by layer.
    var seen = (0..<side).map { Set([$0]) }
    var multiplications = 0
    for layer in layers {
      let before = layer.dilation * (layer.kernel - 1) / 2
      let outputs = (seen.count + layer.stride - 1) / layer.stride
      seen = (0..<outputs).map { output in
        (0..<layer.kernel).reduce(into: Set<Int>()) { set, tap in
          let position = output * layer.stride - before + tap * layer.dilation
          if seen.indices.contains(position) { set.formUnion(seen[position]) }
        }
      }
      multiplications += outputs * outputs * layer.kernel * layer.kernel * channels * channels
    }
    let middle = seen[seen.count / 2]
    let extent = (middle.max() ?? 0) - (middle.min() ?? 0) + 1
    #expect(measures.receptiveField?[0].numerator.constant == extent)
    #expect(measures.operations.numerator.constant == multiplications)
  }

  @Test(
    "whatever text is given, a block is read or refused in one sentence",
    arguments: [
      "", ",", "3", "3x", "x3", "3x3,", "0x3", "99999x3", "99999999999999999999x1", "g:3x3", "gC:3x3", "gk:3x3",
      "q2:3x3",
      "s0:3x3", "(3x3", "3x3)", "(3x3|)", "e2:dw3x3", "g2:dw3x3", "d2:max3x3", "out:r2:3x3", "attention0", "in4",
      "in0,3x3",
      "3x3;3x3", "１x１", "dw", "max", "\u{0}", "é", "1e300", "((((((((((1x1))))))))))",
      String(repeating: "1x1,", count: 300) + "1x1", String(repeating: "(", count: 5000),
    ])
  func hostileText(text: String) throws {
    let error = try #require(throws: BlockNotationError.self) { _ = try BlockNotation(text) }
    #expect(!"\(error)".contains("\n") && "\(error)".count < 200)
  }

  @Test(
    "sizes that do not fit or overflow are refused",
    arguments: [
      ("g4:3x3", 6, 8), ("r4:1x1", 6, 8), ("attention7", 8, 8), ("3x3", 4_000_000_000, 8),
      ("attention", 4, 4_000_000_000),
      ("(1x1|s2:1x1)", 4, 8),
    ])
  func hostileSizes(block: String, channels: Int, side: Int) throws {
    let notation = try BlockNotation(block)
    #expect(throws: GraphError.self) {
      try BlockMeasures(notation, channels: Dimension(channels), side: Dimension(side))
    }
  }

  @Test("fractions are in lowest terms")
  func lowestTerms() {
    #expect(ExactFraction(c * c * 18, over: c * c * 25) == ExactFraction(18, over: 25))
    #expect(ExactFraction(c * 4 + 2, over: 6) == ExactFraction(c * 2 + 1, over: 3))
    #expect(ExactFraction(c, over: c * h) == ExactFraction(1, over: h))
    #expect(ExactFraction(0, over: c).numerator == 0)
    #expect(ExactFraction(6, over: 4).value == 1.5)
    #expect(ExactFraction(c, over: 2).value == nil)
  }
}
