import NetworkGraph
import SymbolicIntegers

/// Works out the shapes of one node's outputs.
struct ShapeExplainer {
  private let graph: Graph
  private let node: Node
  private let inputs: [Shape]

  init(_ graph: Graph, _ node: Node) {
    self.graph = graph
    self.node = node
    inputs = graph.inputTypes(of: node).map(\.shape)
  }

  func explanation() -> Explanation {
    let types = graph.inputTypes(of: node)
    guard node.outputs.allSatisfy(\.isKnown), types.first?.isKnown ?? true else {
      return Explanation(.shape, "The shape is not known: an operator before it could not be read.")
    }
    switch node.operation {
    case .source(let source): return given(source)
    case .convolution(let convolution):
      return windowed(
        convolution.slidingWindow, channels: convolution.outputChannels,
        "A window slides over the input; it has one position for each output position, and each of the C_out filters "
          + "gives one channel.")
    case .pool(let pool):
      var result = windowed(
        pool.slidingWindow, channels: nil, "A window slides over each channel alone, so channels stay as they are.")
      if pool.givesIndices {
        result.rule += " The second output says for each maximum where it was found."
        result.shapes += result.shapes
      }
      return result
    case .transposedConvolution(let convolution): return transposed(convolution)
    case .adaptivePool(let pool): return adaptive(pool)
    case .linear(let linear): return lastAxis(linear.outputFeatures)
    case .matrixProduct(let product): return matrix(product)
    case .elementwise, .expand: return broadcasted()
    case .reduction(let reduction): return reduced(reduction)
    case .concatenation(let concatenation): return joined(concatenation)
    case .split(let split): return parted(split)
    case .slice, .pad, .transpose, .spaceDepth, .tile, .resize, .gather, .view:
      return MovementShapes(node: node, inputs: inputs).explanation()
    case .layerNorm(let norm) where norm.givesStatistics: return withStatistics(norm)
    case .batchNorm, .layerNorm, .groupNorm, .localResponseNorm, .globalResponseNorm, .unitNormalization:
      return kept("A norm computes one value for each of its input's: the shape stays.")
    case .activation, .softmax, .scale, .affine:
      return kept("The function gives one value for each of its input's: the shape stays.")
    case .channelShuffle, .roll: return kept("Values change places, the axes stay as they are.")
    case .scatter: return kept("The result is the first input with some values replaced: its shape stays.")
    case .identity: return kept("In inference the operator hands its input on: the shape stays.")
    case .opaque:
      var result = Explanation(.shape, "The operator is not known here; the file states the shapes of its outputs.")
      result.shapes = node.outputs.map(\.shape)
      return result
    }
  }

  private func given(_ source: Source) -> Explanation {
    let rule =
      switch source.kind {
      case .input: "The shape of an input is given by whoever runs the network."
      case .constant: "A constant has the shape that the network's definition gives it."
      case .parameter: "A tensor that the model owns has the shape that the network's definition gives it."
      }
    var result = Explanation(.shape, rule)
    result.equation("output", [source.type.shape.written])
    result.shapes = [source.type.shape]
    return result
  }

  private func kept(_ rule: String) -> Explanation {
    finished(Explanation(.shape, rule), inputs.first ?? [])
  }

  private func withStatistics(_ norm: LayerNorm) -> Explanation {
    var result = kept(
      "A norm computes one value for each of its input's: the shape stays. The mean and the deviation of each slice are "
        + "outputs too, of size 1 along the axes they are taken over.")
    var statistics = inputs[0]
    for axis in norm.normalizedAxes(ofRank: statistics.rank) { statistics[axis] = 1 }
    result.equation("mean", [statistics.written])
    result.equation("deviation", [statistics.written])
    result.shapes += [statistics, statistics]
    return result
  }

  /// Adds the last line and the shape.
  private func finished(_ explanation: Explanation, _ shape: Shape) -> Explanation {
    var result = explanation
    result.equation("output", [shape.written])
    result.shapes = [shape]
    return result
  }

  private func windowed(_ window: Window, channels: Dimension?, _ rule: String) -> Explanation {
    let input = inputs[0]
    let rounding =
      window.padding == .explicit
      ? window.ceilMode
        ? "Ceil mode: a last window that only partly fits counts, unless it begins behind the input."
        : "A last window that does not fit is dropped: the division rounds down."
      : "SAME padding: as many zeros as give ceil(side / stride) positions."
    var result = Explanation(
      .shape, "\(rule) \(rounding)",
      source: window.padding == .explicit
        ? window.ceilMode
          ? "PyTorch, pooling_output_shape" : "Dumoulin and Visin 2016, arXiv:1603.07285, relationship 6"
        : "ONNX operators, Conv, auto_pad")
    let letters = axisLetters(window.axes.count)
    for axis in window.axes.indices {
      result.defineWindow(window, axis: axis, letter: letters[axis], over: input[axis + 2])
    }
    if let channels { result.define("C_out", "filters", channels) }
    var shape = [input[0], channels ?? input[1]]
    for axis in window.axes.indices {
      shape.append(result.slide(window, axis: axis, letter: letters[axis], over: input[axis + 2]))
    }
    return finished(result, Shape(shape))
  }

  private func transposed(_ convolution: TransposedConvolution) -> Explanation {
    let window = convolution.slidingWindow
    let input = inputs[0]
    var result = Explanation(
      .shape,
      "A transposed convolution runs a convolution's shapes backwards: each input position lays down a window, and the "
        + "windows lie a stride apart.", source: "Dumoulin and Visin 2016, arXiv:1603.07285, relationship 14")
    let letters = axisLetters(window.axes.count)
    var shape = [input[0], convolution.outputChannels]
    for (index, axis) in window.axes.enumerated() {
      let (letter, size) = (letters[index], input[index + 2])
      result.defineWindow(window, axis: index, letter: letter, over: size)
      let extra = convolution.outputPadding[index]
      guard window.padding == .explicit else {
        shape.append(size * axis.stride)
        result.equation(
          "\(letter)_out", ["\(letter) * s", "\(size.factor) * \(axis.stride)", (size * axis.stride).written])
        continue
      }
      let span = Dimension(axis.dilation) * (axis.kernel - 1) + 1
      let side = (size - 1) * axis.stride + span - axis.before - axis.after + extra
      result.equation(
        "\(letter)_out",
        [
          "(\(letter) - 1) * s + d * (k - 1) + 1 - before - after + extra",
          "(\(size.written) - 1) * \(axis.stride) + \(axis.dilation) * (\(axis.kernel) - 1) + 1 - \(axis.before) "
            + "- \(axis.after) + \(extra)", side.written,
        ])
      shape.append(side)
    }
    return finished(result, Shape(shape))
  }

  private func adaptive(_ pool: AdaptivePool) -> Explanation {
    let input = inputs[0]
    let sides = pool.outputSizes ?? Array(repeating: 1, count: max(0, input.rank - 2))
    var result = Explanation(
      .shape,
      pool.isGlobal
        ? "Global pooling reads a whole channel and gives one value for it."
        : "Adaptive pooling is told how many positions to give; output position o of m reads input positions "
          + "floor(o * side / m) to ceil((o + 1) * side / m).", source: "PyTorch, AdaptiveAvgPool2d")
    for (letter, pair) in zip(axisLetters(sides.count), zip(input.dimensions.dropFirst(2), sides)) {
      result.equation("\(letter)_out", ["\(pair.1.written), whatever \(letter) = \(pair.0.written) is"])
    }
    return finished(result, Shape(input.dimensions.prefix(2) + sides))
  }

  private func lastAxis(_ features: Dimension) -> Explanation {
    let input = inputs[0]
    var result = Explanation(
      .shape, "A linear layer maps the last axis; the axes before it are a batch of rows, each treated alike.")
    result.define("F_in", "features of a row", input.dimensions.last ?? 1)
    result.define("F_out", "output features", features)
    return finished(result, Shape(input.dimensions.dropLast() + [features]))
  }

  private func matrix(_ product: MatrixProduct) -> Explanation {
    var (left, right) = (inputs[0].dimensions, inputs[1].dimensions)
    let (leftIsVector, rightIsVector) = (left.count == 1, right.count == 1)
    if leftIsVector { left.insert(1, at: 0) }
    if rightIsVector { right.append(1) }
    let (leftEnd, rightEnd) = (left.suffix(2).map { $0 }, right.suffix(2).map { $0 })
    let swapsLeft = product.transposesLeft && !leftIsVector
    let swapsRight = product.transposesRight && !rightIsVector
    let (rows, inner) = swapsLeft ? (leftEnd[1], leftEnd[0]) : (leftEnd[0], leftEnd[1])
    let columns = swapsRight ? rightEnd[0] : rightEnd[1]
    var result = Explanation(
      .shape, "Rows of the left operand times columns of the right one; the axes before the last two are a batch.")
    result.define("m", "rows of the left operand", rows)
    result.define("k", "length of the inner products", inner)
    result.define("n", "columns of the right operand", columns)
    var shape = Self.broadcast([Shape(Array(left.dropLast(2))), Shape(Array(right.dropLast(2)))]).dimensions
    if !leftIsVector { shape.append(rows) }
    if !rightIsVector { shape.append(columns) }
    result.equation("(... x m x k) * (... x k x n)", ["... x m x n"])
    return finished(result, Shape(shape))
  }

  private func broadcasted() -> Explanation {
    var shapes = inputs
    var rule = "Values are paired position by position; an axis of size 1 is repeated to fit the others."
    if case .expand(let expand) = node.operation {
      shapes.append(expand.shape)
      rule = "Axes of size 1 are repeated to the size asked for."
    }
    var result = Explanation(.shape, rule, source: shapes.count > 1 ? "NumPy, broadcasting" : "")
    if shapes.count > 1 { result.equation("inputs", [shapes.map(\.written).joined(separator: " and ")]) }
    return finished(result, Self.broadcast(shapes))
  }

  /// The common shape, aligned at the last axis.
  private static func broadcast(_ shapes: [Shape]) -> Shape {
    let rank = shapes.map(\.rank).max() ?? 0
    return Shape(
      (0..<rank).map { axis in
        for shape in shapes {
          let position = axis - (rank - shape.rank)
          if position >= 0, shape[position] != 1 { return shape[position] }
        }
        return 1
      })
  }

  private func reduced(_ reduction: Reduction) -> Explanation {
    let input = inputs[0]
    let axes = Set(reduction.axes.compactMap { input.normalized(axis: $0) })
    let kept = input.dimensions.enumerated().compactMap { axis, size -> Dimension? in
      axes.contains(axis) ? reduction.keepsAxes ? 1 : nil : size
    }
    let list = axes.sorted().map(String.init).joined(separator: ", ")
    return finished(
      Explanation(
        .shape, "Axes \(list) are reduced to one value each and \(reduction.keepsAxes ? "stay with size 1" : "go")."),
      Shape(kept))
  }

  private func joined(_ concatenation: Concatenation) -> Explanation {
    guard let first = inputs.first, let axis = first.normalized(axis: concatenation.axis) else { return kept("") }
    var result = Explanation(
      .shape, "Tensors are laid end to end along axis \(axis); they agree on every other axis.")
    var shape = first
    let parts = inputs.enumerated().map { (name: "size_\($0 + 1)", value: $1[axis]) }
    if parts.count > 12 {
      shape[axis] = parts.reduce(0) { $0 + $1.value }
      result.equation("axis \(axis)", ["the sum of \(parts.count) sizes", shape[axis].written])
    } else {
      shape[axis] = result.add("axis \(axis)", parts)
    }
    return finished(result, shape)
  }

  private func parted(_ split: Split) -> Explanation {
    let input = inputs[0]
    guard let axis = input.normalized(axis: split.axis) else { return kept("") }
    var result = Explanation(.shape, "The tensor is cut along axis \(axis) into parts whose sizes add up to its own.")
    _ = result.add("axis \(axis)", split.sizes.enumerated().map { ("part_\($0 + 1)", $1) })
    result.shapes = split.sizes.map { size in
      var shape = input
      shape[axis] = size
      return shape
    }
    result.equation("outputs", [result.shapes.map(\.written).joined(separator: ", ")])
    return result
  }
}
