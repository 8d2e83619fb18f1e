import Execution
import Foundation
import NetworkGraph
import SymbolicIntegers
import Tensors
import Testing

/// Kernels against the reference back end's plain loops, on every instruction set that this processor has.
@Suite("Kernels")
struct KernelTests {
  /// Rows, inner size and columns that meet every height of the tiles, pairs and single blocks, and tails.
  @Test("A * I = A", arguments: InstructionSet.available)
  func theProductWithTheIdentityIsTheMatrix(_ set: InstructionSet) throws {
    for rows in 1...30 {
      for size in [1, 4, 5, 8, 12, 16, 23, 32, 40, 49] {
        let graph = try network([[rows, size], [size, size]]) { $0[0].product($0[1]) }
        let state = try ModelState(graph, from: [String: Tensor]())
        let executor = try NativeExecutor(graph, state: state, instructionSet: set)
        let matrix = try SyntheticTensors.input([rows, size])
        let identity = try Tensor([size, size], (0..<size * size).map { $0 / size == $0 % size ? 1 : 0 })
        #expect(try executor.run([matrix, identity])[0] == matrix, "\(rows) x \(size)")
      }
    }
  }

  /// A kernel whose only tap that is not 0 is the centre, 1 for the own channel, hands the map on exactly.
  @Test("convolution by a delta is the identity", arguments: InstructionSet.available)
  func deltasHandTheMapOn(_ set: InstructionSet) throws {
    for (channels, groups, kernel) in [
      (1, 1, 3), (7, 1, 1), (8, 1, 3), (40, 1, 1), (13, 13, 5), (32, 8, 3), (32, 4, 3), (24, 2, 3),
    ] {
      for side in [1, 3, 7, 9, 14] {
        let graph = try network([[2, channels, side, side]]) {
          $0[0].conv(
            "conv", .init(channels), kernel: PerAxis(kernel), padding: PerAxis(kernel / 2), groups: .init(groups),
            bias: false)
        }
        let perGroup = channels / groups
        let area = kernel * kernel
        let weight = (0..<channels * perGroup * area).map { index -> Float in
          index % area == area / 2 && index / area % perGroup == index / area / perGroup % perGroup ? 1 : 0
        }
        let state = try ModelState(graph, from: ["conv.weight": Tensor([channels, perGroup, kernel, kernel], weight)])
        let executor = try NativeExecutor(graph, state: state, instructionSet: set)
        let map = try SyntheticTensors.input([2, channels, side, side])
        #expect(try executor.run([map])[0] == map, "\(channels) channels, \(groups) groups, side \(side)")
      }
    }
  }

  @Test("convolution = plain loops", arguments: InstructionSet.available)
  func convolutionsEqualTheirTwins(_ set: InstructionSet) throws {
    var dice = Dice(1)
    for _ in 0..<160 {
      let groups = dice.pick([1, 1, 1, 2, 3, 4, 8, 16])
      let inputs = groups * dice.pick([1, 1, 2, 3, 4, 5, 8, 16, 17, 24])
      let outputs = groups * dice.pick([1, 1, 2, 4, 7, 8, 16, 19, 24])
      let kernel = dice.pick([[1, 1], [3, 3], [3, 3], [5, 5], [1, 7], [2, 3], [7, 7]])
      let stride = dice.pick([[1, 1], [1, 1], [2, 2], [2, 1], [3, 4]])
      let dilation = dice.pick([1, 1, 1, 2])
      let padding = [dice.pick([0, kernel[0] / 2, 2]), dice.pick([0, kernel[1] / 2, 1])]
      let side = { (axis: Int) in dilation * (kernel[axis] - 1) + 1 + dice.pick([0, 1, 2, 4, 6, 9, 13, 20]) }
      let batch = dice.pick([1, 1, 2])
      let tail = dice.pick([0, 1, 2, 3, 4])
      let map = [batch, inputs, side(0), side(1)]
      let graph = try network([map]) { inputs in
        var x = inputs[0].conv(
          "conv", .init(outputs), kernel: PerAxis(kernel), stride: PerAxis(stride), padding: PerAxis(padding),
          dilation: PerAxis(dilation), groups: .init(groups))
        if tail >= 1 { x = x.batchNorm("bn") }
        if tail == 2 { x = x.relu() }
        if tail == 3 { x = x.activation(.silu, "act") }
        if tail == 4 {
          x =
            (x
            + inputs[0].conv(
              "other", .init(outputs), kernel: PerAxis(kernel), stride: PerAxis(stride), padding: PerAxis(padding),
              dilation: PerAxis(dilation), groups: .init(groups))).relu()
        }
        return x
      }
      let (native, reference) = try twins(graph, set)
      #expect(relativeError(native, reference) <= 2e-6, "\(map) to \(outputs), \(kernel), \(stride), groups \(groups)")
    }
  }

  /// Sizes around the tiles of both filters; the plan says that they run.
  @Test("Winograd's filtering = plain loops", arguments: InstructionSet.available)
  func filteringEqualsItsTwin(_ set: InstructionSet) throws {
    for (height, width) in [(4, 4), (5, 7), (8, 8), (9, 4), (14, 14), (13, 17), (28, 10)] {
      for (inputs, outputs) in [(16, 16), (19, 37), (32, 64)] {
        let graph = try network([[2, inputs, height, width]]) {
          $0[0].conv("conv", .init(outputs), kernel: 3, padding: 1).relu()
        }
        let state = try ModelState(graph, from: SyntheticTensors())
        let steps = try NativeExecutor(graph, state: state, instructionSet: set).steps
        #expect(steps.contains { $0.kernel.hasPrefix("Winograd") && $0.nodes.count == 2 })
        let (native, reference) = try twins(graph, set)
        #expect(relativeError(native, reference) <= 3e-6, "\(height) x \(width), \(inputs) to \(outputs)")
      }
    }
  }

  /// Windows that are filtered along one axis or both, on maps that tiles do not divide.
  @Test("filtering of other windows = plain loops", arguments: InstructionSet.available)
  func otherWindowsEqualTheirTwins(_ set: InstructionSet) throws {
    for (kernelY, kernelX) in [(5, 5), (1, 7), (7, 1), (1, 3), (3, 1)] {
      for (height, width, inputs, outputs) in [(7, 9, 16, 16), (17, 17, 19, 37), (12, 8, 32, 64)] {
        let window = Window([
          .init(kernel: kernelY, before: kernelY / 2, after: kernelY / 2),
          .init(kernel: kernelX, before: kernelX / 2, after: kernelX / 2),
        ])
        let graph = try network([[2, inputs, height, width]]) {
          $0[0].apply(.convolution(Convolution(outputChannels: .init(outputs), window: window)), "conv").relu()
        }
        let state = try ModelState(graph, from: SyntheticTensors())
        let steps = try NativeExecutor(graph, state: state, instructionSet: set).steps
        #expect(steps.contains { $0.kernel.hasPrefix("Winograd") && $0.kernel.hasSuffix("\(kernelY)x\(kernelX))") })
        let (native, reference) = try twins(graph, set)
        #expect(relativeError(native, reference) <= 5e-6, "\(kernelY)x\(kernelX) on \(height) x \(width)")
      }
    }
  }

  @Test("pools, norms and joins = plain loops", arguments: InstructionSet.available)
  func othersEqualTheirTwins(_ set: InstructionSet) throws {
    for channels in [5, 8, 24, 33] {
      let shape = [2, channels, 11, 13]
      let count = Dimension(channels)
      let cases: [(String, ([Feature]) -> Feature)] = [
        ("maximum", { $0[0].maxPool("pool", kernel: 3, stride: 2, padding: 1) }),
        ("ceil", { $0[0].maxPool("pool", kernel: 3, stride: 2, ceilMode: true) }),
        ("halves", { $0[0].averagePool("pool", kernel: 2, stride: 2) }),
        ("neighbours", { $0[0].averagePool("pool", kernel: 3, stride: 1, padding: 1, countIncludePad: false) }),
        ("mean", { $0[0].averagePool("pool", kernel: 3, stride: 2, padding: 1) }),
        ("adaptive", { $0[0].adaptiveAveragePool("pool", to: [3, 4]) }),
        ("global", { $0[0].adaptiveAveragePool("pool", to: [1, 1]).flatten().linear("fc", 10) }),
        (
          "gate",
          {
            $0[0]
              * $0[0].adaptiveAveragePool("pool", to: [1, 1]).conv("fc", count, kernel: 1).activation(.sigmoid, "gate")
          }
        ),
        ("join", { Feature.concatenate([$0[0].relu(), $0[1].conv("c", count, kernel: 1), $0[0].relu("again")]) }),
        (
          "nested",
          { inputs in
            let a = inputs[0].conv("a", 16, kernel: 1)
            let b = Feature.concatenate([a, a.conv("b", 16, kernel: 3, padding: 1)], name: "cat1")
            let c = Feature.concatenate([a, b.conv("c", 32, kernel: 1)], name: "cat2")
            return Feature.concatenate([b, c, b.batchNorm("n").relu()], name: "cat3")
          }
        ),
        (
          "norm",
          {
            $0[0].channelsLast().layerNorm("norm", epsilon: 1e-6).linear("fc", 20).activation(.gelu, "act").linear(
              "fc2", count
            )
            .channelsFirst() + $0[1]
          }
        ),
        ("softmax", { $0[0].channelsLast().softmax() }),
        (
          "split",
          {
            let parts = Feature.concatenate([$0[0].relu(), $0[1].relu("r")]).split(2, axis: 1);
            return parts[1] + parts[0]
          }
        ),
        ("attention", { $0[0].product($0[1], transposesRight: true).softmax().product($0[0]) }),
      ]
      for (name, body) in cases {
        let graph = try network([shape, shape], body)
        let (native, reference) = try twins(graph, set)
        #expect(relativeError(native, reference) <= 3e-6, "\(name), \(channels) channels")
      }
    }
  }

  /// Windows that the kernel knows and others, on maps as wide as tiles or narrower, with elements that are no numbers.
  @Test("a maximum is its twin's, no number where its window holds one", arguments: InstructionSet.available)
  func maximaEqualTheirTwins(_ set: InstructionSet) throws {
    for (kernel, step, padding) in [(2, 2, 0), (2, 2, 1), (3, 1, 1), (3, 2, 0), (3, 2, 1), (5, 1, 2)] {
      for width in [5, 7, 8, 14, 19] {
        let graph = try network([[2, 9, 11, width]]) {
          $0[0].maxPool("pool", kernel: PerAxis(kernel), stride: PerAxis(step), padding: PerAxis(padding))
        }
        var values = try SyntheticTensors.input([2, 9, 11, width]).values
        for index in stride(from: 0, to: values.count, by: 67) { values[index] = index % 2 == 0 ? .nan : -.nan }
        let map = try Tensor([2, 9, 11, width], values)
        let state = try ModelState(graph, from: [String: Tensor]())
        let native = try NativeExecutor(graph, state: state, instructionSet: set).run([map])[0].values
        let reference = try ReferenceExecutor(graph, state: state).run([map])[0].values
        let areEqual = zip(native, reference).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
        #expect(areEqual && native.contains(where: \.isNaN), "\(kernel) / \(step), width \(width)")
      }
    }
  }

  @Test("any number of threads gives the same bits", arguments: InstructionSet.available)
  func threadsDoNotChangeResults(_ set: InstructionSet) throws {
    let graph = try network([[1, 3, 64, 64]]) { inputs in
      let stem = inputs[0].conv("stem", 32, kernel: 7, stride: 2, padding: 3).batchNorm("bn").relu()
      let body = stem.conv("a", 64, kernel: 3, padding: 1).conv("b", 64, kernel: 3, padding: 1, groups: 64).conv(
        "c", 128, kernel: 1)
      return body.conv("d", 128, kernel: 3, stride: 2, padding: 1, groups: 8).adaptiveAveragePool("pool", to: [1, 1])
        .flatten()
        .linear("fc", 1000)
    }
    let one = try twins(graph, set).native
    for threads in [2, 3, 7] {
      for _ in 0..<20 { #expect(try twins(graph, set, threads: threads).native == one) }
    }
  }

  @Test("maps are cut for threads, which changes no bit", arguments: InstructionSet.available)
  func piecesForThreadsDoNotChangeResults(_ set: InstructionSet) throws {
    // Few outputs, so that only the map can be cut: filtered (two tiles), 1x1, strided, dilated.
    let graph = try network([[2, 128, 28, 26]]) { inputs in
      let filtered = inputs[0].conv("filtered", 16, kernel: 3, padding: 1).activation(.silu, "silu")
      let narrow = inputs[0].conv("narrow", 16, kernel: 1)
      let strided = (filtered + narrow).conv("strided", 128, kernel: 3, stride: 4, padding: 1)
      let small = strided.conv("small", 24, kernel: 3, padding: 1)
      return small + strided.conv("dilated", 24, kernel: 3, padding: 2, dilation: 2)
    }
    let one = try twins(graph, set)
    #expect(relativeError(one.native, one.reference) <= 2e-6)
    for threads in [2, 3, 8] { #expect(try twins(graph, set, threads: threads).native == one.native) }
  }

  @Test func theEnvironmentChoosesNarrowerInstructions() throws {
    for set in InstructionSet.available {
      #expect(try InstructionSet.chosen(by: ["CONVSCOPE_ISA": set.rawValue]) == set)
    }
    #expect(try InstructionSet.chosen(by: [:]) == .widest)
    let available = InstructionSet.available.map(\.rawValue)
    #expect(throws: ExecutionError.instructionSet(requested: "mmx", available: available)) {
      try InstructionSet.chosen(by: ["CONVSCOPE_ISA": "mmx"])
    }
    for set in InstructionSet.allCases where !InstructionSet.available.contains(set) {
      #expect(throws: ExecutionError.instructionSet(requested: set.rawValue, available: available)) {
        try InstructionSet.chosen(by: ["CONVSCOPE_ISA": set.rawValue])
      }
    }
  }
}
