import NetworkGraph
import SymbolicIntegers

/// Works out how many multiply-accumulates one node does.
struct WorkExplainer {
  private let graph: Graph
  private let node: Node
  private let inputs: [Shape]

  init(_ graph: Graph, _ node: Node) {
    self.graph = graph
    self.node = node
    inputs = graph.inputTypes(of: node).map(\.shape)
  }

  func explanation() -> Explanation {
    guard graph.inputTypes(of: node).allSatisfy(\.isKnown), node.outputs.allSatisfy(\.isKnown) else {
      var result = Explanation(.macs, "The work is not known: a shape is missing.")
      result.value = 0
      return result
    }
    switch node.operation {
    case .convolution(let convolution): return convolved(convolution)
    case .transposedConvolution(let convolution): return transposed(convolution)
    case .linear(let linear): return linearly(linear)
    case .matrixProduct(let product): return matrix(product)
    default: return none()
    }
  }

  private func convolved(_ convolution: Convolution) -> Explanation {
    let groups = convolution.groups
    let isDepthwise = groups != 1 && groups == inputs[0][1]
    var rule =
      "Every output element is an inner product over a window of the input: one multiply-accumulate for each weight of "
      + "its filter. Taps on padding count as work."
    if isDepthwise {
      rule += " Depthwise: with as many groups as channels each filter sees one channel."
    } else if groups != 1 {
      rule += " Grouped: a filter sees only the C_in / g channels of its own group."
    }
    var result = Explanation(
      .macs, rule,
      source: isDepthwise
        ? "Howard et al. 2017, arXiv:1704.04861, section 3.1" : "He and Sun 2015, arXiv:1412.1710, equation 1")
    let output = node.outputs[0].shape
    var factors: [(name: String, value: Dimension)] = [("N", output[0]), ("C_out", convolution.outputChannels)]
    result.define("N", "batch", output[0])
    result.define("C_out", "filters", convolution.outputChannels)
    let letters = axisLetters(convolution.slidingWindow.axes.count)
    for (axis, letter) in letters.enumerated() {
      result.define("\(letter)_out", "output positions along \(letter)", output[axis + 2])
      factors.append(("\(letter)_out", output[axis + 2]))
    }
    result.define("C_in", "input channels", inputs[0][1])
    if groups == 1 {
      factors.append(("C_in", inputs[0][1]))
    } else {
      result.define("g", "groups", groups)
      factors.append(("(C_in / g)", inputs[0][1].floorDivided(by: groups)))
    }
    for (letter, axis) in zip(letters, convolution.slidingWindow.axes) {
      result.define("k_\(letter.lowercased())", "taps of the window along \(letter)", Dimension(axis.kernel))
      factors.append(("k_\(letter.lowercased())", Dimension(axis.kernel)))
    }
    result.value = result.multiply("macs", factors)
    return result
  }

  private func transposed(_ convolution: TransposedConvolution) -> Explanation {
    var result = Explanation(
      .macs,
      "Every input element is multiplied with every weight of its channel and added to the output: the stride only says "
        + "where the products fall, so counting output elements instead would multiply the work by the strides.",
      source: "Dumoulin and Visin 2016, arXiv:1603.07285, section 4")
    let input = inputs[0]
    let letters = axisLetters(convolution.slidingWindow.axes.count)
    var factors: [(name: String, value: Dimension)] = [("N", input[0]), ("C_in", input[1])]
    result.define("N", "batch", input[0])
    result.define("C_in", "input channels", input[1])
    for (axis, letter) in letters.enumerated() {
      result.define(letter, "input positions along \(letter)", input[axis + 2])
      factors.append((letter, input[axis + 2]))
    }
    result.define("C_out", "output channels", convolution.outputChannels)
    if convolution.groups == 1 {
      factors.append(("C_out", convolution.outputChannels))
    } else {
      result.define("g", "groups", convolution.groups)
      factors.append(("(C_out / g)", convolution.outputChannels.floorDivided(by: convolution.groups)))
    }
    for (letter, axis) in zip(letters, convolution.slidingWindow.axes) {
      result.define("k_\(letter.lowercased())", "taps of the window along \(letter)", Dimension(axis.kernel))
      factors.append(("k_\(letter.lowercased())", Dimension(axis.kernel)))
    }
    result.value = result.multiply("macs", factors)
    return result
  }

  private func linearly(_ linear: Linear) -> Explanation {
    var result = Explanation(
      .macs,
      "Every output is an inner product of a row of F_in inputs and a row of weights: F_in multiply-accumulates each.")
    let rows = inputs[0].dimensions.dropLast().reduce(Dimension(1)) { $0 * $1 }
    result.define("rows", "rows of inputs: batch times positions", rows)
    result.define("F_in", "input features", inputs[0].dimensions.last ?? 1)
    result.define("F_out", "output features", linear.outputFeatures)
    result.value = result.multiply(
      "macs", [("rows", rows), ("F_out", linear.outputFeatures), ("F_in", inputs[0].dimensions.last ?? 1)])
    return result
  }

  private func matrix(_ product: MatrixProduct) -> Explanation {
    let left = inputs[0]
    let output = node.outputs[0].shape
    let inner =
      left.rank > 1 && product.transposesLeft ? left[left.rank - 2] : left.dimensions.last ?? 1
    let (leftIsVector, rightIsVector) = (left.rank == 1, inputs[1].rank == 1)
    let matrixAxes = (leftIsVector ? 0 : 1) + (rightIsVector ? 0 : 1)
    let ends = Array(output.dimensions.suffix(matrixAxes))
    let batch = output.dimensions.dropLast(matrixAxes).reduce(Dimension(1)) { $0 * $1 }
    let rows = leftIsVector ? 1 : ends.first ?? 1
    let columns = rightIsVector ? 1 : ends.last ?? 1
    var rule = "Every element of the result is an inner product of k terms."
    if rows == columns, rows != 1 {
      rule +=
        " In attention both operands hold one row for each position: scores compare every position with every other, so "
        + "the work grows with the square of their number."
    }
    var result = Explanation(.macs, rule, source: "Vaswani et al. 2017, arXiv:1706.03762, section 3.2 and table 1")
    result.define("batch", "products done: batch times heads", batch)
    result.define("m", "rows of the result", rows)
    result.define("n", "columns of the result", columns)
    result.define("k", "length of an inner product", inner)
    result.value = result.multiply("macs", [("batch", batch), ("m", rows), ("n", columns), ("k", inner)])
    return result
  }

  /// Operators without inner products: none under this convention, and what they do instead.
  private func none() -> Explanation {
    let reason =
      switch node.operation {
      case .source: "Nothing is computed: the tensor is there."
      case .pool(let pool):
        pool.kind == .maximum
          ? "A maximum compares the values of its window and multiplies none."
          : "A mean adds the values of its window and scales the sum once."
      case .adaptivePool: "Pooling adds or compares the values of each region."
      case .batchNorm:
        "With stored statistics a batch norm is one multiplication and one addition for each value; behind a convolution "
          + "it can be folded into the weights."
      case .layerNorm, .groupNorm: "The norm takes mean and variance of each slice and rescales each value."
      case .localResponseNorm, .globalResponseNorm, .unitNormalization:
        "The norm rescales each value by the size of others."
      case .activation, .softmax: "The function works on each value alone or on sums of exponentials."
      case .elementwise: "Values are combined position by position: one operation each, no inner products."
      case .scale, .affine: "Each value is multiplied once: no inner products."
      case .reduction: "Values are added or compared along axes."
      case .resize: "Values are copied or blended from their neighbours."
      case .opaque: "The operator is not known here: it is listed as unsupported and counted nowhere."
      case .scatter(let scatter) where scatter.reduction != .replace:
        "Each new value is combined with the one in its place: no inner products."
      case .concatenation, .split, .slice, .pad, .view, .transpose, .channelShuffle, .spaceDepth, .gather, .scatter,
        .expand, .tile, .roll, .identity:
        "Values are moved, not computed."
      case .convolution, .transposedConvolution, .linear, .matrixProduct: ""
      }
    var result = Explanation(
      .macs,
      "\(reason) Multiply-accumulates count inner products of convolutions, linear layers and matrix products only.")
    let work = graph.arithmetic(of: node)
    let tallies: [(String, Dimension)] = [
      ("multiplications", work.multiplications), ("additions", work.additions), ("comparisons", work.comparisons),
      ("transcendentals", work.transcendentals),
    ]
    for (name, tally) in tallies where tally != 0 { result.equation("\(name), not counted", [tally.written]) }
    result.value = 0
    result.equation("macs", ["0"])
    return result
  }
}
