import NetworkGraph
import SymbolicIntegers
import Tensors
import Testing

@testable import ONNXFormat

/// Every operator of the graph: written and read back it is the same, or there is a sentence that says why not.
struct OperatorExportTests {
  /// Operators on one map of 2 x 12 x 8 x 6.
  private static let unary: [Operator] =
    convolutions + pools + normalizations + activations + reductions + movements + views
    + [
      .linear(Linear(outputFeatures: 5)), .linear(Linear(outputFeatures: 5, bias: false)),
      .linear(Linear(outputFeatures: 5, bias: false, weightIsInputMajor: true)),
      .softmax(Softmax(axis: 1)), .softmax(Softmax(axis: -1, logarithm: true)),
      .scale(Scale()), .scale(Scale(axis: 1, trailingAxes: 2)), .scale(Scale(axis: -1, bias: true)),
      .affine(Affine(factor: 0.1)), .affine(Affine(factor: 1.7, offset: -3)), .affine(Affine(offset: 0.5)),
      .resize(
        Resize(.nearest(.floor), sizes: [.size(2), .size(12), .factor(2), .factor(1.5)], coordinates: .asymmetric)),
      .resize(Resize(.nearest(.preferFloor), sizes: [.size(2), .size(12), .size(5), .size(9)])),
      .resize(Resize(.nearest(.preferCeiling), sizes: [.size(2), .size(12), .size(5), .size(9)])),
      .resize(
        Resize(.nearest(.ceiling), sizes: [.size(2), .size(12), .size(5), .size(9)], coordinates: .pytorchHalfPixel)),
      .resize(Resize(.linear, sizes: [.size(2), .size(12), .factor(0.3), .factor(2.1)], coordinates: .alignCorners)),
      .resize(
        Resize(.linear, sizes: [.size(2), .size(12), .factor(0.3), .factor(2.1)], coordinates: .halfPixelSymmetric)),
      .resize(Resize(.linear, sizes: [.size(2), .size(12), .size(5), .size(9)], coordinates: .alignCorners)),
      .resize(Resize(.cubic, sizes: [.size(2), .size(12), .size(16), .factor(2)])),
      .identity(.cast(.float16)), .identity(.cast(.int64)),
    ]

  private static let convolutions: [Operator] = [
    .convolution(Convolution(outputChannels: 4, window: Window(rank: 2, kernel: 3, stride: [2, 1], padding: [1, 2]))),
    .convolution(Convolution(outputChannels: 24, window: Window(rank: 2, kernel: 1), groups: 12, bias: false)),
    .convolution(Convolution(outputChannels: 4, window: same(.sameUpper))),
    .convolution(Convolution(outputChannels: 4, window: same(.sameLower))),
    .convolution(
      Convolution(
        outputChannels: 8, window: Window(rank: 2, kernel: 3, dilation: 2), groups: 4,
        standardization: Convolution.Standardization(epsilon: 1e-5, gain: true, factor: 1.7))),
    .convolution(
      Convolution(
        outputChannels: 8, window: Window(rank: 2, kernel: [3, 1]), bias: false,
        standardization: Convolution.Standardization(epsilon: 1e-6, gain: true))),
    .convolution(
      Convolution(
        outputChannels: 8, window: Window(rank: 2, kernel: 3),
        standardization: Convolution.Standardization(epsilon: 1e-6, gain: false))),
    .transposedConvolution(
      TransposedConvolution(
        outputChannels: 6, window: Window(rank: 2, kernel: 3, stride: 2, padding: 1), outputPadding: 1, groups: 3)),
    .transposedConvolution(TransposedConvolution(outputChannels: 6, window: same(.sameUpper), bias: false)),
  ]

  private static func same(_ padding: Window.Padding) -> Window {
    var window = Window(rank: 2, kernel: 4, stride: 2)
    window.padding = padding
    return window
  }

  private static let pools: [Operator] = [
    .pool(Pool(.maximum, window: Window(rank: 2, kernel: 3, stride: 2, padding: 1, ceilMode: true))),
    .pool(Pool(.maximum, window: same(.sameUpper))),
    .pool(Pool(.average(countIncludePad: false), window: Window(rank: 2, kernel: 3, stride: 2, padding: 1))),
    .pool(Pool(.average(countIncludePad: true), window: Window(rank: 2, kernel: [2, 3], padding: [0, 1]))),
    .pool(Pool(.maximum, window: Window(rank: 2, kernel: 3, stride: 2, padding: 1), givesIndices: true)),
    .pool(Pool(.average(.window), window: Window(rank: 2, kernel: 3, stride: 2, padding: 1, ceilMode: true))),
    .pool(Pool(.average(.input), window: Window(rank: 2, kernel: 3, stride: 2, padding: 1, ceilMode: true))),
    .pool(Pool(.average(.padding), window: Window(rank: 2, kernel: 3, stride: 2, padding: 1, ceilMode: true))),
    .pool(Pool(.powerMean(p: 3), window: Window(rank: 2, kernel: 2, stride: 2))),
    .adaptivePool(AdaptivePool(.average(countIncludePad: true))), .adaptivePool(AdaptivePool(.maximum)),
    .adaptivePool(AdaptivePool(.powerMean(p: 2), outputSizes: [1, 1])),
    .adaptivePool(AdaptivePool(.average(countIncludePad: true), outputSizes: [4, 3])),
    .adaptivePool(AdaptivePool(.maximum, outputSizes: [8, 1])),
  ]

  private static let normalizations: [Operator] = [
    .batchNorm(BatchNorm(epsilon: 1e-3)), .batchNorm(BatchNorm(affine: false)),
    .layerNorm(LayerNorm()), .layerNorm(LayerNorm(axes: .trailing(count: 2), epsilon: 1e-6, bias: false)),
    .layerNorm(LayerNorm(axes: .trailing(count: 3), givesStatistics: true)), .layerNorm(LayerNorm(axes: .channels)),
    .layerNorm(LayerNorm(axes: .channels, weight: false, bias: false)),
    .layerNorm(LayerNorm(axes: .channels, bias: false)), .layerNorm(LayerNorm(weight: false, bias: false)),
    .groupNorm(GroupNorm(groups: 3)), .groupNorm(GroupNorm(groups: 4, affine: false)),
    .groupNorm(GroupNorm(groups: nil)), .groupNorm(GroupNorm(groups: nil, affine: false)),
    .localResponseNorm(LocalResponseNorm(size: 5, alpha: 5e-4, beta: 0.7, k: 2)),
    .globalResponseNorm(GlobalResponseNorm(isChannelsLast: false)),
    .globalResponseNorm(GlobalResponseNorm(isChannelsLast: true, epsilon: 1e-5)),
    .unitNormalization(UnitNormalization()), .unitNormalization(UnitNormalization(axis: 1, epsilon: 1e-6)),
  ]

  private static let activations: [Operator] = [
    .relu, .relu6, .clip(lower: -1, upper: 1), .clip(lower: -.infinity, upper: 4.605170185988092),
    .clip(lower: 0.1, upper: .infinity), .leakyReLU(slope: 0.1), .preLU(slope: [12]), .preLU(slope: [1]),
    .preLU(slope: [6]), .thresholdedReLU(threshold: 0.3), .sigmoid, .hardSigmoid(alpha: 1.0 / 6, beta: 0.5), .tanh,
    .silu, .hardSwish, .gelu, .geluTanh, .mish, .softplus, .softsign, .elu(alpha: 0.9),
    .selu(alpha: 1.6732632423543772, scale: 1.0507009873554805), .celu(alpha: 1.1),
  ].map { .activation(Activation($0, inPlace: true)) }

  private static let reductions: [Operator] =
    Reduction.Function.allCases.map { .reduction(Reduction($0, axes: [-1, 1], keepsAxes: false)) }
    + [
      .reduction(Reduction(.mean, axes: [2], keepsAxes: true)), .reduction(Reduction(.sum, axes: [], keepsAxes: true)),
    ]

  private static let movements: [Operator] = [
    .split(Split(axis: -3, sizes: [2, 4, 6])),
    .slice(Slice([Slice.Bounds(axis: 2, start: 1, end: -1), Slice.Bounds(axis: -1, start: -1, end: nil, step: -2)])),
    .pad(Pad(before: [0, 1, 2, -1], after: [0, 0, 1, 1], mode: .constant(-1.5))),
    .pad(Pad(before: [0, 0, 1, 2], after: [0, 0, 2, 1], mode: .reflect)),
    .pad(Pad(before: [0, 0, 1, 2], after: [0, 0, 2, 1], mode: .edge)),
    .pad(Pad(before: [0, 0, 1, 2], after: [0, 0, 2, 1], mode: .wrap)),
    .transpose(Transpose([0, 2, 3, 1])), .channelShuffle(ChannelShuffle(groups: 3)),
    .spaceDepth(SpaceDepth(.spaceToDepth, block: 2)), .spaceDepth(SpaceDepth(.depthToSpace, block: 2)),
    .spaceDepth(SpaceDepth(.pixelShuffle, block: 2)), .gather(Gather(axis: 1, indices: [3, 0, -1])),
    .expand(Expand(to: [3, 2, 12, 8, 6])), .tile(Tile(repeats: [1, 2, 1, 3])),
    .roll(Roll(shifts: [-3], axes: [2])), .roll(Roll(shifts: [3, -2], axes: [2, 3])),
  ]

  private static let views: [Operator] = [
    .view(.flatten(from: 1, through: -1)), .view(.flatten(from: 2, through: 3)), .view(.flatten(from: 0, through: -1)),
    .view(.reshape([.sameAs(axis: 0), .size(3), .inferred])), .view(.unsqueeze(axes: [0, -1])),
  ]

  private func graph(_ operation: Operator, _ shape: Shape = [2, 12, 8, 6]) throws -> Graph {
    let builder = GraphBuilder(name: "one")
    let input = builder.input("x", TensorType(shape))
    let results = builder.inScope("block") { builder.add(operation, to: [input], name: "node") }
    return try builder.finish(outputs: results.enumerated().map { ($0 == 0 ? "output" : "output\($0)", $1) })
  }

  private func imported(_ bytes: [UInt8]) throws -> Graph {
    var file = FileBytes(bytes)
    return try ONNXModel.graph(ModelFile(&file, path: "one.onnx"))
  }

  @Test(arguments: unary)
  func `an operator on one tensor comes back`(operation: Operator) throws {
    let graph = try graph(operation)
    for weights in [nil, SyntheticTensors()] {
      #expect(try imported(ONNXExport(graph, weights: weights).bytes()).normalForm == graph.normalForm)
    }
  }

  @Test func `a matrix has a linear layer of either order`() throws {
    for isInputMajor in [false, true] {
      for bias in [false, true] {
        let layer = Linear(outputFeatures: 5, bias: bias, weightIsInputMajor: isInputMajor)
        let graph = try graph(.linear(layer), [2, 7])
        #expect(try imported(ONNXExport(graph).bytes()).normalForm == graph.normalForm)
      }
    }
  }

  @Test(arguments: Elementwise.Function.allCases)
  func `a function of corresponding elements comes back`(function: Elementwise.Function) throws {
    let builder = GraphBuilder(name: "one")
    let isLogical = [.and, .or, .xor, .not].contains(function)
    let count = min(3, function.arity.upperBound)
    let inputs = (0..<count).map { index in
      let type: ElementType = isLogical || function == .where && index == 0 ? .bool : .float32
      return builder.input("x\(index)", TensorType(index == 1 ? [3, 1] : [2, 3, 4], type))
    }
    if function == .modulo { return }
    let result = builder.add(.elementwise(Elementwise(function, inPlace: true)), to: inputs, name: "node")
    let graph = try builder.finish(outputs: [("y", result[0])])
    #expect(try imported(ONNXExport(graph).bytes()).normalForm == graph.normalForm)
  }

  @Test func `operators on two tensors come back`() throws {
    for (operation, left, right) in [
      (.matrixProduct(MatrixProduct()), [2, 3, 4], [2, 4, 5]),
      (.matrixProduct(MatrixProduct(transposesLeft: true, transposesRight: true, factor: 0.3)), [2, 4, 3], [5, 4]),
      (.matrixProduct(MatrixProduct(factor: 2)), [4], [4, 5]),
      (.concatenation(Concatenation(axis: -1)), [2, 3, 4], [2, 3, 5]),
      (
        .convolution(Convolution(outputChannels: 5, window: Window(rank: 2, kernel: 3), bias: false)), [1, 2, 4, 4],
        [5, 2, 3, 3]
      ),
      (.activation(Activation(.preLU(slope: [4]))), [2, 3, 4], [4]),
    ] as [(Operator, Shape, Shape)] {
      let builder = GraphBuilder(name: "one")
      let inputs = [builder.input("a", TensorType(left)), builder.input("b", TensorType(right))]
      let graph = try builder.finish(outputs: [("y", builder.add(operation, to: inputs, name: "node")[0])])
      #expect(try imported(ONNXExport(graph).bytes()).normalForm == graph.normalForm, "\(operation)")
    }
    for (mode, indices) in [(.slices, [5, 2]), (.elements, [1, 3]), (.tuples(batchAxes: 0), [6, 2])]
      as [(Gather.Mode, Shape)]
    {
      let builder = GraphBuilder(name: "one")
      let inputs = [builder.input("a", TensorType([2, 3])), builder.input("b", TensorType(indices, .int64))]
      let gather = Operator.gather(Gather(axis: 0, mode: mode))
      let graph = try builder.finish(outputs: [("y", builder.add(gather, to: inputs, name: "node")[0])])
      #expect(try imported(ONNXExport(graph).bytes()).normalForm == graph.normalForm, "\(mode)")
    }
  }

  @Test func `whole numbers have the remainder with the sign of the divisor, real ones have none`() throws {
    func graph(_ type: ElementType) throws -> Graph {
      let builder = GraphBuilder(name: "one")
      let inputs = ["a", "b"].map { builder.input($0, TensorType([3], type)) }
      let result = builder.add(.elementwise(Elementwise(.modulo)), to: inputs, name: "node")
      return try builder.finish(outputs: [("y", result[0])])
    }
    #expect(try imported(ONNXExport(graph(.int64)).bytes()).normalForm == graph(.int64).normalForm)
    #expect(throws: ExportError.self) { try ONNXExport(graph(.float32)) }
  }

  @Test(arguments: Scatter.Reduction.allCases)
  func `scattering comes back`(reduction: Scatter.Reduction) throws {
    for (mode, indices, updates) in [(.elements(axis: -1), [2, 2, 3], [2, 2, 3]), (.tuples, [6, 2], [6, 4])]
      as [(Scatter.Mode, Shape, Shape)]
    {
      let builder = GraphBuilder(name: "one")
      let inputs = [
        builder.input("a", TensorType([2, 3, 4])), builder.input("b", TensorType(indices, .int64)),
        builder.input("c", TensorType(updates)),
      ]
      let scatter = Operator.scatter(Scatter(mode, reduction: reduction))
      let graph = try builder.finish(outputs: [("y", builder.add(scatter, to: inputs, name: "node")[0])])
      #expect(try imported(ONNXExport(graph).bytes()).normalForm == graph.normalForm, "\(mode)")
    }
  }

  @Test func `an output may be an input, and two outputs one value`() throws {
    let builder = GraphBuilder(name: "one")
    let input = builder.input("x", TensorType([2, 3]))
    let result = input.relu()
    let graph = try builder.finish(outputs: [("same", input), ("first", result), ("second", result)])
    #expect(try imported(ONNXExport(graph).bytes()).normalForm == graph.normalForm)
  }

  @Test func `operators that a file cannot say are refused with a sentence`() throws {
    func sentence(_ operation: Operator, _ shape: Shape = [2, 12, 8, 6], opset: Int = 21) throws -> String {
      let graph = try graph(operation, shape)
      do throws(ExportError) {
        _ = try ONNXExport(graph, opset: opset)
        return ""
      } catch {
        return "\(error)"
      }
    }
    let square = AdaptivePool(.average(countIncludePad: true), outputSizes: [3, 3])
    #expect(
      try sentence(.adaptivePool(square), [2, 3, 7, 9])
        == "block.node (AdaptiveAveragePool): has no counterpart in ONNX: 3 positions of an axis of 7 are not windows of "
        + "one size")
    #expect(
      try sentence(.opaque(Opaque("STFT", reason: "the operator is not known", types: [TensorType([1])]))).contains(
        "STFT"))
    #expect(try sentence(.roll(Roll(shifts: [1, 1, 1], axes: [1, 2, 3]))).contains("it shifts along 3 axes"))
    #expect(
      try sentence(.activation(Activation(.gelu)), opset: 18)
        == "block.node (GELU): needs operator set 20 or newer, but 18 is asked for")
    #expect(try sentence(.groupNorm(GroupNorm(groups: 3)), opset: 20).contains("needs operator set 21 or newer"))
    #expect(
      try sentence(.softmax(Softmax()), opset: 17) == "operator set 17 is not one of 18 to 24, which can be written")
    #expect(try sentence(.softmax(Softmax()), opset: 25).contains("operator set 25"))
    let beyond = Pool(.average(.window), window: Window(rank: 2, kernel: 3, stride: 2, padding: 1, ceilMode: true))
    #expect(try sentence(.pool(beyond), opset: 22).contains("no mean counts what ceil mode adds beyond the padding"))
    let mixed = Resize(.linear, sizes: [.size(2), .size(12), .size(5), .factor(1.3)])
    #expect(try sentence(.resize(mixed)).contains("a size for one axis and a factor, 1.3, that rounds another"))
    #expect(
      try sentence(.layerNorm(LayerNorm(axes: .channels, givesStatistics: true))).contains(
        "statistics are over channels"))
    let cropping = Window([Window.Axis(kernel: 3, before: -1, after: 0), Window.Axis(kernel: 3)])
    #expect(
      try sentence(.convolution(Convolution(outputChannels: 1, window: cropping))).contains("has a padding of -1"))
  }
}
