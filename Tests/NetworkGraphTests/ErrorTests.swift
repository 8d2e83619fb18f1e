import NetworkGraph
import SymbolicIntegers
import Testing

/// Every refusal says which node, which rule and what stands against what.
@Suite("Shape errors")
struct ErrorTests {
  /// A node that refuses its inputs, placed in scopes `layer3.1`.
  struct Refusal: Sendable, CustomTestStringConvertible {
    var node: String
    var rule: String
    /// Both sides of the mismatch as they must appear in the sentence.
    var sides: [String]
    var input: Shape
    var body: @Sendable (Feature) -> Feature

    var testDescription: String { rule }

    init(
      _ node: String, _ rule: String, _ sides: [String], _ input: Shape = [1, 6, 8, 9],
      _ body: @escaping @Sendable (Feature) -> Feature
    ) {
      (self.node, self.rule, self.sides, self.input, self.body) = (node, rule, sides, input, body)
    }
  }

  static let refusals: [Refusal] = [
    Refusal("conv", "input channels must be divisible by groups", ["6 channels", "4 groups"]) {
      $0.conv("conv", 8, kernel: 3, groups: 4)
    },
    Refusal("conv", "output channels must be divisible by groups", ["8 channels", "3 groups"]) {
      $0.conv("conv", 8, kernel: 3, groups: 3)
    },
    Refusal("conv", "does not fit spatial axis 0", ["11x11, stride 4x4", "1x6x8x9"]) {
      $0.conv("conv", 8, kernel: 11, stride: 4)
    },
    Refusal("pool", "does not fit spatial axis 1", ["2x10", "1x6x8x9"]) {
      $0.maxPool("pool", kernel: [2, 10], stride: 1)
    },
    Refusal("conv", "needs an input of 5 axes", ["1x6x8x9"]) {
      $0.apply(.convolution(Convolution(outputChannels: 2, window: Window(rank: 3, kernel: 1))), "conv")
    },
    Refusal("conv", "the weight must fit the input", ["1x6x8x9", "4x6x3x3"]) { x in
      let convolution = Convolution(outputChannels: 4, window: Window(rank: 2, kernel: 3))
      return x.builder.add(.convolution(convolution), to: [x, x], name: "conv")[0]
    },
    Refusal("add", "shapes must broadcast", ["1x6x8x9", "1x7x8x9"]) { $0 + $0.conv("wider", 7, kernel: 1) },
    Refusal("add", "shapes must broadcast", ["1x6xHxW", "1x6xWxH"], [1, 6, height, width]) {
      $0 + $0.apply(.transpose(Transpose([0, 1, 3, 2])), "turn")
    },
    Refusal("cat", "must agree on every axis but 1", ["1x6x8x9", "1x6x7x8"]) {
      Feature.concatenate([$0, $0.maxPool("pool", kernel: 2, stride: 1)])
    },
    Refusal("split", "must add up to axis 1", ["2 + 3", "1x6x8x9"]) { x in
      x.builder.add(.split(Split(axis: 1, sizes: [2, 3])), to: [x], name: "split")[0]
    },
    Refusal("view", "a reshape keeps the number of elements", ["1x6x8x9", "1x431"]) {
      $0.apply(.view(.reshape([.size(1), .size(431)])), "view")
    },
    Refusal("view", "must divide evenly", ["432 elements of 1x6x8x9", "7"]) {
      $0.apply(.view(.reshape([.size(7), .inferred])), "view")
    },
    Refusal("squeeze", "only an axis of size 1 can be squeezed", ["axis 1", "1x6x8x9"]) {
      $0.apply(.view(.squeeze(axes: [1])), "squeeze")
    },
    Refusal("turn", "a permutation names every axis once", ["0, 1, 2", "1x6x8x9"]) {
      $0.apply(.transpose(Transpose([0, 1, 2])), "turn")
    },
    Refusal("crop", "padding cuts off more than there is", ["(-5,-4)", "1x6x8x9"]) {
      $0.apply(.pad(Pad(before: [0, 0, -5, 0], after: [0, 0, -4, 0])), "crop")
    },
    Refusal("matmul", "inner sizes of a matrix product must agree", ["1x6x8x9", "1x6x8x9"]) { x in
      x.builder.add(.matrixProduct(MatrixProduct()), to: [x, x], name: "matmul")[0]
    },
    Refusal("gather", "an index lies outside its axis", ["index 6", "1x6x8x9"]) {
      $0.gather("gather", axis: 1, [0, 6])
    },
    Refusal("mean", "axis 4 does not exist", ["1x6x8x9"]) {
      $0.apply(.reduction(Reduction(.mean, axes: [4], keepsAxes: false)), "mean")
    },
    Refusal("avgpool", "one output size per spatial axis", ["1 sizes", "1x6x8x9"]) {
      $0.adaptiveAveragePool("avgpool", to: [7])
    },
    Refusal("norm", "channels must be divisible by groups", ["6 channels", "4 groups"]) {
      $0.apply(.groupNorm(GroupNorm(groups: 4)), "norm")
    },
    Refusal("act", "the slope must broadcast to the input", ["5", "1x6x8x9"]) {
      $0.activation(.preLU(slope: [5, 1, 1, 1]), "act")
    },
    Refusal("resize", "one size or factor per axis", ["2", "1x6x8x9"]) {
      $0.apply(.resize(Resize(.nearest(.floor), sizes: [.factor(2), .factor(2)])), "resize")
    },
    Refusal("sub", "needs 2 inputs, but has 3", []) { $0.elementwise(.subtract, $0, $0, name: "sub") },
    Refusal("relu", "the shape of input 0 is not known", []) {
      $0.apply(.opaque(Opaque("Mystery", reason: "unknown", types: [.unknown])), "mystery").relu()
    },
    Refusal("pad", "overflows 64-bit integers", [], [1, 6, .init(Int.max), 9]) {
      $0.apply(.pad(Pad(before: [0, 0, 1, 0], after: [0, 0, 0, 0])), "pad")
    },
    Refusal("flatten", "overflows 64-bit integers", [], [1, 3_000_000_000, 3_000_000_000, 9]) { $0.flatten() },
  ]

  @Test("name the node's path, the rule and both sides", arguments: refusals)
  func refusal(_ refusal: Refusal) throws {
    let message = try #require(
      failure(refusal.input) { $0.scope("layer3") { $0.group("hidden") { $0.scope("1") { refusal.body($0) } } } })
    #expect(message.hasPrefix("layer3.1.\(refusal.node) ("))
    #expect(message.contains(refusal.rule))
    for side in refusal.sides { #expect(message.contains(side), "\(message)") }
    #expect(!message.contains("\n"))
  }

  @Test("read as one sentence")
  func wording() {
    #expect(
      failure([1, 6, 8, 9]) { $0.scope("layer1") { $0.conv("conv1", 8, kernel: 11, stride: 4) } }
        == "layer1.conv1 (Convolution): the window (11x11, stride 4x4) does not fit spatial axis 0 of input 1x6x8x9: "
        + "the output would be empty")
    #expect(
      failure([1, 6, 8, 9]) { $0 + $0.conv("wider", 7, kernel: 1) }
        == "add (Add): shapes must broadcast: 1x6x8x9 against 1x7x8x9")
  }

  @Test("an input axis must be positive and its size arithmetic sound")
  func inputs() {
    #expect(failure([1, 3, 0, 4]) { $0 } == "input input of shape 1x3x0x4: every axis must be positive")
    #expect(failure([1, 3, -1, 4]) { $0 } == "input input of shape 1x3x(-1)x4: every axis must be positive")
    let overflow = Dimension(Int.max) + 1
    #expect(failure([1, 3, overflow, 4]) { $0 }?.contains("overflows 64-bit integers") == true)
    #expect(failure([1, 3, .symbol("3x"), 4]) { $0 }?.contains("is not a symbol name") == true)
  }
}
