import NetworkGraph
import SymbolicIntegers

/// The symbols in which blocks are measured.
enum BlockSymbols {
  static let channels = Dimension.symbol("C")
  static let outputChannels = Dimension.symbol("C_out")
  static let height = Dimension.symbol("H")
  static let width = Dimension.symbol("W")
  static let kernel = Dimension.symbol("k")
  static let reserved = ["C", "C_out", "H", "W", "k"]
}

/// The graph of a block on given sizes, of batch 1.
struct BlockGraph {
  var notation: BlockNotation
  /// C and C_out.
  var channels: Dimension
  var outputChannels: Dimension
  var height: Dimension
  var width: Dimension
  /// The value of `k`.
  var kernel: Int

  /// - Throws: the first error met while building: channels that groups or fractions do not divide, say.
  func callAsFunction() throws(GraphError) -> Graph {
    let input = channels * notation.inputMultiple
    return try Graph(name: notation.text, input: TensorType([1, input, height, width])) { image in
      sequence(notation.layers, image, block: image)
    }
  }

  private func sequence(_ layers: [BlockNotation.Layer], _ input: Feature, block: Feature) -> Feature {
    var output = input
    // A scope of its own for each layer: modules of one name would share their weights.
    for (index, layer) in layers.enumerated() {
      output = input.builder.inScope("\(index)") { add(layer, to: output, block: block) }
    }
    return output
  }

  private func add(_ layer: BlockNotation.Layer, to input: Feature, block: Feature) -> Feature {
    switch layer {
    case .gate: return block * input
    case .branches(let branches):
      return .concatenate(
        branches.enumerated().map { index, layers in
          input.builder.inScope("branch\(index)") { sequence(layers, input, block: block) }
        })
    case .attention(let window):
      return attention(window, on: input)
    case .pool(let isMaximum, let height, let width, let stride):
      let window = window(height, width, stride: stride, dilation: 1)
      return input.apply(.pool(Pool(isMaximum ? .maximum : .average(countIncludePad: true), window: window)), "pool")
    case .convolution(let layer):
      return convolution(layer, on: input, block: block)
    }
  }

  private func convolution(
    _ layer: BlockNotation.ConvolutionLayer, on input: Feature, block: Feature
  ) -> Feature {
    let builder = input.builder
    var groups: Dimension
    var output: Dimension
    switch layer.groups {
    case .number(let number): groups = Dimension(number)
    case .symbol(let symbol): groups = Dimension(symbol)
    }
    if layer.isDepthwise {
      (groups, output) = (input.channels, input.channels)
    } else if let multiple = layer.multiple {
      let channels = block.channels * multiple
      if let part = channels.exactlyDivided(by: Dimension(layer.fraction)) {
        output = part
      } else {
        output = channels
        builder.fail(
          .mismatch(
            rule: "the block's channels must be divisible by r", left: "\(channels) channels",
            right: "\(layer.fraction)"),
          at: "conv", operatorName: "Convolution")
      }
    } else {
      output = outputChannels
    }
    let window = window(layer.height, layer.width, stride: layer.stride, dilation: layer.dilation)
    let convolution = Convolution(outputChannels: output, window: window, groups: groups, bias: false)
    return input.apply(.convolution(convolution), "conv")
  }

  /// A window whose padding keeps the side at stride 1; of an odd padding the larger part is behind.
  private func window(
    _ height: BlockNotation.Side, _ width: BlockNotation.Side, stride: Int, dilation: Int
  ) -> Window {
    Window(
      [height, width].map { side in
        let taps = if case .number(let number) = side { number } else { kernel }
        // Both factors are bounded by the notation.
        let padding = dilation * (taps - 1)
        return Window.Axis(
          kernel: taps, stride: stride, dilation: dilation, before: padding / 2, after: padding - padding / 2)
      })
  }

  // MARK: Attention

  /// One head: queries, keys and values by one layer, scores, softmax, weighted values, projection; no bias.
  ///
  /// Vaswani et al. 2017, arXiv:1706.03762; within windows Liu et al. 2021, arXiv:2103.14030, section 3.2.
  private func attention(_ window: Int?, on input: Feature) -> Feature {
    let (channels, height, width) = (input.shape[1], input.shape[2], input.shape[3])
    var tokens: Feature
    if let window {
      let side = Dimension(window)
      guard let rows = height.exactlyDivided(by: side), let columns = width.exactlyDivided(by: side) else {
        input.builder.fail(
          .mismatch(rule: "windows must divide the map", left: "\(height)x\(width)", right: "\(side)x\(side)"),
          at: "attention", operatorName: "Attention")
        return input
      }
      tokens = input.reshaped([1, channels, rows, side, columns, side]).transposed([0, 2, 4, 3, 5, 1])
        .reshaped([rows * columns, side * side, channels], "windows")
    } else {
      tokens = input.reshaped([1, channels, height * width]).transposed([0, 2, 1])
    }
    let parts = tokens.linear("qkv", channels * 3, bias: false).split(3, axis: -1)
    tokens = parts[0].product(parts[1], transposesRight: true).softmax().product(parts[2], "values")
      .linear("proj", channels, bias: false)
    guard let window else { return tokens.transposed([0, 2, 1]).reshaped([1, channels, height, width], "map") }
    let side = Dimension(window)
    return tokens.reshaped([1, height.floorDivided(by: side), width.floorDivided(by: side), side, side, channels])
      .transposed([0, 5, 1, 3, 2, 4]).reshaped([1, channels, height, width], "map")
  }
}
