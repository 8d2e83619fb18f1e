import Execution
import NetworkGraph
import SymbolicIntegers
import Tensors
import Testing

/// Operators that move, resample or normalise maps: vector kernels against the plain loops.
@Suite("Native operators")
struct NativeOperatorTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    /// A word of the kernel that must compute it.
    var kernel: String
    var shape: [Int]
    var body: @Sendable (Feature) -> Feature

    init(_ name: String, _ kernel: String, _ shape: [Int], _ body: @escaping @Sendable (Feature) -> Feature) {
      (self.name, self.kernel, self.shape, self.body) = (name, kernel, shape, body)
    }

    var testDescription: String { name }
  }

  /// Each on row-major inputs, and behind a convolution whose output has channels in blocks.
  static let cases: [Case] = [
    Case("group norm", "group norm", [2, 12, 5, 7]) { $0.apply(.groupNorm(.init(groups: 3)), "norm") },
    Case("group norm, large groups", "group norm", [2, 66, 3, 7]) {
      $0.apply(.groupNorm(.init(groups: 2)), "norm").relu()
    },
    Case("group norm, one group", "group norm", [2, 20, 6, 5]) { $0.apply(.groupNorm(.init(groups: 1)), "norm") },
    Case("instance norm", "group norm", [2, 19, 6, 5]) { $0.apply(.groupNorm(.init(groups: nil)), "norm") },
    Case("local response norm", "local response norm", [2, 21, 5, 7]) {
      $0.apply(.localResponseNorm(.init(size: 5, alpha: 0.3, beta: 0.75, k: 2)), "norm")
    },
    Case("local response norm, even", "local response norm", [1, 7, 5, 7]) {
      $0.apply(.localResponseNorm(.init(size: 4, alpha: 2, beta: 0.5)), "norm")
    },
    Case("global response norm", "global response norm", [2, 21, 5, 7]) {
      $0.apply(.globalResponseNorm(.init(isChannelsLast: false)), "norm")
    },
    Case("global response norm, channels last", "global response norm", [2, 5, 7, 21]) {
      $0.apply(.globalResponseNorm(.init(isChannelsLast: true)), "norm")
    },
    Case("unit norm", "unit norm", [2, 3, 9, 21]) { $0.apply(.unitNormalization(.init()), "norm") },
    Case("border of zeros", "pick", [2, 21, 5, 7]) {
      $0.apply(.pad(.init(before: [0, 0, 1, 2], after: [0, 0, 3, -1])), "pad")
    },
    Case("channels added", "pick", [2, 21, 5, 7]) {
      $0.apply(.pad(.init(before: [0, 1, 0, 0], after: [0, 4, 0, 0], mode: .constant(0.5))), "pad")
    },
    Case("reflected border", "pick", [2, 9, 5, 7]) {
      $0.apply(.pad(.init(before: [0, 0, 2, 3], after: [0, 0, 4, 2], mode: .reflect)), "pad")
    },
    Case("repeated edge", "pick", [2, 9, 5, 7]) {
      $0.apply(.pad(.init(before: [0, 0, 2, 3], after: [0, 0, 4, 2], mode: .edge)), "pad")
    },
    Case("rolled map", "pick", [2, 9, 5, 7]) { $0.rolled([2, -3], axes: [2, 3]) },
    Case("rolled channels", "pick", [2, 9, 5, 7]) { $0.rolled([2], axes: [1]) },
    Case("picked columns", "pick", [2, 9, 5, 7]) { $0.gather("gather", axis: 3, [6, 0, 0, -2]) },
    Case("picked channels", "pick", [2, 9, 5, 7]) { $0.gather("gather", axis: 1, [8, 1, 1]) },
    Case("nearest", "pick", [2, 9, 5, 7]) {
      $0.apply(.resize(.init(.nearest(.floor), sizes: [.factor(1), .factor(1), .factor(2), .factor(1.5)])), "resize")
    },
    Case("bilinear", "interpolation", [2, 9, 5, 7]) {
      $0.apply(.resize(.init(.linear, sizes: [.factor(1), .factor(1), .size(11), .size(4)])), "resize").relu()
    },
    Case("bilinear, aligned corners", "interpolation", [2, 9, 5, 7]) {
      let sizes: [Resize.Size] = [.factor(1), .factor(1), .factor(2), .factor(2)]
      return $0.apply(.resize(.init(.linear, sizes: sizes, coordinates: .alignCorners)), "resize")
    },
    Case("bicubic", "interpolation", [2, 9, 5, 7]) {
      $0.apply(.resize(.init(.cubic, sizes: [.factor(1), .factor(1), .factor(2), .factor(1)])), "resize")
    },
    Case("space to depth", "copy", [2, 9, 4, 6]) { $0.apply(.spaceDepth(.init(.spaceToDepth, block: 2)), "s2d") },
    Case("depth to space", "copy", [2, 12, 4, 3]) { $0.apply(.spaceDepth(.init(.depthToSpace, block: 2)), "d2s") },
    Case("pixel shuffle", "copy", [2, 12, 4, 3]) { $0.apply(.spaceDepth(.init(.pixelShuffle, block: 2)), "d2s") },
    Case("tile", "copy", [2, 5, 4, 3]) { $0.apply(.tile(.init(repeats: [1, 2, 1, 3])), "tile") },
    Case("joined lines", "copy", [2, 5, 4, 3]) { Feature.concatenate([$0, $0.rolled([1], axes: [3])], axis: 2) },
    Case("parts of windows", "copy", [1, 4, 6, 5]) {
      $0.transposed([0, 2, 3, 1]).reshaped([3, 2, 5, 4], "cut").transposed([0, 2, 1, 3], "turn").reshaped(
        [3, 40], "out")
    },
  ]

  @Test("vector kernels = plain loops", arguments: cases, InstructionSet.available)
  func operatorsEqualTheirTwins(_ example: Case, _ set: InstructionSet) throws {
    for isBehindConvolution in [false, true] {
      let graph = try network([example.shape]) { inputs in
        guard isBehindConvolution else { return example.body(inputs[0]) }
        return example.body(inputs[0].conv("before", .init(example.shape[1]), kernel: 1))
      }
      let state = try ModelState(graph, from: SyntheticTensors())
      let steps = try NativeExecutor(graph, state: state, instructionSet: set).steps
      #expect(steps.contains { $0.kernel == example.kernel }, "\(steps.map(\.kernel))")
      #expect(!steps.contains { $0.kernel == "reference" })
      let (native, reference) = try twins(graph, set)
      #expect(relativeError(native, reference) <= 2e-6, "behind a convolution: \(isBehindConvolution)")
    }
  }

  @Test("transposed convolution = plain loops", arguments: InstructionSet.available)
  func transposedConvolutionsEqualTheirTwins(_ set: InstructionSet) throws {
    var dice = Dice(3)
    var phases = 0
    for _ in 0..<40 {
      let kernel = [dice.pick([1, 2, 3, 4, 5]), dice.pick([2, 3, 4])]
      let stride = dice.pick([1, 2, 3])
      let dilation = dice.pick([1, 1, 2])
      let padding = dice.pick([0, 1])
      let (inputs, outputs) = (dice.pick([1, 5, 8, 19]), dice.pick([1, 7, 16, 33]))
      let window = Window(
        zip(kernel, [padding, 0]).map { size, padding in
          Window.Axis(kernel: size, stride: stride, dilation: dilation, before: padding, after: padding)
        })
      let graph = try network([[2, inputs, 5, 4]]) {
        $0[0].apply(
          .transposedConvolution(.init(outputChannels: .init(outputs), window: window, outputPadding: 0)), "up"
        ).relu()
      }
      let state = try ModelState(graph, from: SyntheticTensors())
      let steps = try NativeExecutor(graph, state: state, instructionSet: set).steps
      phases += steps.filter { $0.kernel == "transposed, phases" }.count
      let (native, reference) = try twins(graph, set)
      #expect(relativeError(native, reference) <= 2e-6, "\(kernel), stride \(stride), dilation \(dilation)")
    }
    #expect(phases > 60)
  }

  /// Two units of ShuffleNet v2: the branch of each, and the end, gather their channels.
  @Test(arguments: InstructionSet.available)
  func channelsAreGatheredWhereTheyAreRead(_ set: InstructionSet) throws {
    let graph = try network([[2, 8, 6, 5]]) { inputs in
      var map = inputs[0].conv("stem", 20, kernel: 1)
      for unit in ["a", "b"] {
        let parts = map.split(2, axis: 1, "split_\(unit)")
        let branch = parts[1].conv(unit, 10, kernel: 1).relu("relu_\(unit)")
        map = Feature.concatenate([parts[0], branch], name: "join_\(unit)")
          .apply(.channelShuffle(.init(groups: 2)), "shuffle_\(unit)")
      }
      return map.conv("last", 12, kernel: 1)
    }
    let state = try ModelState(graph, from: SyntheticTensors())
    let steps = try NativeExecutor(graph, state: state, instructionSet: set).steps
    #expect(steps.filter { $0.kernel == "gather channels" }.count == 3)
    let (native, reference) = try twins(graph, set)
    #expect(relativeError(native, reference) <= 2e-6)
  }

  /// The joined halves of a unit are not put together when a shuffle takes them apart again.
  @Test func whatIsShuffledIsNotJoined() throws {
    let graph = try network([[1, 64, 6, 5]]) { inputs in
      let parts = inputs[0].conv("stem", 64, kernel: 1).split(2, axis: 1, "split")
      return Feature.concatenate([parts[0], parts[1].conv("branch", 32, kernel: 1)], name: "join")
        .apply(.channelShuffle(.init(groups: 2)), "shuffle").conv("last", 12, kernel: 1)
    }
    let executor = try NativeExecutor(graph, state: try ModelState(graph, from: SyntheticTensors()))
    #expect(!executor.steps.contains { $0.kernel == "copy blocks" })
    #expect(executor.steps.filter { $0.kernel == "gather channels" }.count == 1)
    let (native, reference) = try twins(graph, executor.instructionSet)
    #expect(relativeError(native, reference) <= 2e-6)
  }

  /// Groups that begin and end within blocks are packed with few zeros.
  @Test(arguments: InstructionSet.available)
  func wideGroupsStayApart(_ set: InstructionSet) throws {
    let (groups, width) = (3, 373)
    let graph = try network([[1, groups * width, 3, 3]]) {
      $0[0].conv("conv", .init(groups * width), kernel: 1, groups: .init(groups)).relu()
    }
    let executor = try NativeExecutor(
      graph, state: try ModelState(graph, from: SyntheticTensors()), instructionSet: set)
    let weights = groups * width * width * MemoryLayout<Float>.stride
    #expect(executor.preparedBytes > weights)
    #expect(Double(executor.preparedBytes) < 1.25 * Double(weights))
    let (native, reference) = try twins(graph, set)
    #expect(relativeError(native, reference) <= 2e-6)
  }

  /// Nothing of a run depends on a table that the definition fixes.
  @Test func whatFollowsFromConstantsIsComputedOnce() throws {
    let graph = try network([[1, 4]]) { inputs in
      let table = inputs[0].constant("table", .uniform(0.5), [4])
      return inputs[0] + (table * table + table)
    }
    let state = try ModelState(graph, from: SyntheticTensors())
    let executor = try NativeExecutor(graph, state: state)
    #expect(executor.steps.map(\.nodes.count) == [1])
    let (native, reference) = try twins(graph, executor.instructionSet)
    #expect(relativeError(native, reference) <= 1e-6)
  }

  /// Rows that are read for the last time are overwritten: three steps need no place of their own.
  @Test func elementwiseStepsTakeTheirInputsPlaces() throws {
    let graph = try network([[1, 64, 32, 32]]) { inputs in
      let first = inputs[0].maxPool("pool", kernel: 3, stride: 1, padding: 1)
      return first.softmax("a", axis: 1).softmax("b", axis: 1).layerNorm("c", axes: .channels, epsilon: 1e-6)
    }
    let state = try ModelState(graph, from: SyntheticTensors())
    let executor = try NativeExecutor(graph, state: state)
    // The row-major input, and the map in blocks before and after the pool.
    let map = 64 * 32 * 32 * 4
    #expect(executor.arenaBytes < 2 * map + map / 2)
    let (native, reference) = try twins(graph, executor.instructionSet)
    // The norm stretches what the softmaxes have brought close together.
    #expect(relativeError(native, reference) <= 1e-4)
  }

  @Test("filtering can be chosen and switched off", arguments: ConvolutionMethod.allCases)
  func theMethodOfConvolutionIsChosen(_ method: ConvolutionMethod) throws {
    let graph = try network([[1, 8, 20, 20]]) {
      $0[0].conv("few", 8, kernel: 3, padding: 1).conv("many", 32, kernel: 3, padding: 1).conv(
        "more", 32, kernel: 3, padding: 1)
    }
    let state = try ModelState(graph, from: SyntheticTensors())
    let executor = try NativeExecutor(graph, state: state, convolution: method)
    let filtered = executor.steps.filter { $0.kernel.hasPrefix("Winograd") }.flatMap { $0.nodes.map(\.name) }
    let expected: [ConvolutionMethod: [String]] = [
      .auto: ["more"], .direct: [], .winograd: ["few", "many", "more"],
    ]
    #expect(filtered == expected[method])
    #expect(executor.steps.allSatisfy { !$0.rule.isEmpty })
    let input = try SyntheticTensors.input([1, 8, 20, 20], name: "input0")
    let reference = try ReferenceExecutor(graph, state: state).run([input])[0].values.map(Double.init)
    #expect(relativeError(try executor.run([input])[0].values, reference) <= 3e-6)
  }
}
