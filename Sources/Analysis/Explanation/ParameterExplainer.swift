import NetworkGraph
import SymbolicIntegers

/// Works out how many trainable elements one node owns.
struct ParameterExplainer {
  private struct Tensor {
    var name: String
    var factors: [(name: String, value: Dimension)]
  }

  private let graph: Graph
  private let node: Node
  private let inputs: [Shape]

  init(_ graph: Graph, _ node: Node) {
    self.graph = graph
    self.node = node
    inputs = graph.inputTypes(of: node).map(\.shape)
  }

  func explanation() -> Explanation {
    let (rule, source) = text
    var result = Explanation(.parameters, rule, source: source)
    let owned = node.parameters.enumerated().filter { graph.parameters[$1].spec.kind != .counter }
    let tensors = tensors(&result)
    var parts: [(name: String, value: Dimension)] = []
    var seen: Set<Int> = []
    for (position, index) in owned.map(\.element).enumerated() {
      let parameter = graph.parameters[index]
      let name = parameter.spec.name.isEmpty ? "tensor" : parameter.spec.name
      guard parameter.node == node.id, seen.insert(index).inserted else {
        let owner = graph.path(of: graph.nodes[parameter.node])
        result.equation(
          name, [parameter.node == node.id ? "named before: 0" : "counted at \(owner), which shares it: 0"])
        continue
      }
      guard parameter.spec.kind == .trainable else {
        result.equation(name, ["\(parameter.spec.shape.elementCount.written) values that are not learnt: 0"])
        continue
      }
      // The rule's tensors come in the order of the state dictionary.
      let factors =
        tensors.count == owned.count
        ? tensors[position].factors
        : parameter.spec.shape.dimensions.enumerated().map { ("size_\($0)", $1) }
      parts.append((name, factors.isEmpty ? 1 : result.multiply(name, factors)))
    }
    result.value =
      parts.count > 1 ? result.add("parameters", parts) : parts.first?.value ?? 0
    if parts.count < 2 { result.equation("parameters", [(result.value ?? 0).written]) }
    return result
  }

  private var text: (rule: String, source: String) {
    if node.parameters.isEmpty {
      switch node.operation {
      case .convolution, .transposedConvolution, .linear, .batchNorm, .layerNorm, .groupNorm:
        return ("Its weights are computed by other nodes or fixed: it owns none that are learnt.", "")
      case .opaque: return ("The operator is not known here, so nothing it owns is counted.", "")
      default: return ("The operator learns nothing.", "")
      }
    }
    switch node.operation {
    case .convolution(let convolution):
      let kinds =
        convolution.groups == 1
        ? "Each of the C_out filters holds one weight for every input channel and every tap of its window"
        : "Channels are split into g groups, and each filter sees only its own group's C_in / g channels: one weight for "
          + "each of them and every tap"
      return (
        "\(kinds)\(convolution.bias ? ", and one bias." : "; there is no bias.")",
        "Dumoulin and Visin 2016, arXiv:1603.07285"
      )
    case .transposedConvolution:
      return (
        "The weights of a convolution with inputs and outputs exchanged: every input channel has one for every output "
          + "channel of its group and every tap.", "Dumoulin and Visin 2016, arXiv:1603.07285"
      )
    case .linear(let linear):
      return (
        "Every output is a weighted sum of all inputs\(linear.bias ? " plus a bias" : ""): a matrix F_out x F_in.", ""
      )
    case .batchNorm:
      return (
        "Each channel has a learnt factor and offset. Mean and variance are measured, not learnt: they are buffers.",
        "Ioffe and Szegedy 2015, arXiv:1502.03167"
      )
    case .layerNorm:
      return ("Each normalised position has a learnt factor and offset.", "Ba, Kiros and Hinton 2016, arXiv:1607.06450")
    case .groupNorm: return ("Each channel has a learnt factor and offset.", "Wu and He 2018, arXiv:1803.08494")
    case .globalResponseNorm:
      return ("Each channel has a learnt factor and offset.", "Woo et al. 2023, arXiv:2301.00808, section 3")
    case .activation:
      return ("The slope below zero is learnt, one for each entry of its shape.", "He et al. 2015, arXiv:1502.01852")
    case .scale: return ("Each position along the axis has a learnt factor.", "")
    case .source: return ("The tensor itself belongs to the model.", "")
    default: return ("The tensors that the operator owns.", "")
    }
  }

  /// The tensors as the rule has them, in the order of the state dictionary, step counters left out.
  private func tensors(_ result: inout Explanation) -> [Tensor] {
    guard let input = inputs.first, !node.parameters.isEmpty else { return [] }
    func define(_ name: String, _ meaning: String, _ value: Dimension) -> (name: String, value: Dimension) {
      result.define(name, meaning, value)
      return (name, value)
    }
    func taps(_ window: Window) -> [(name: String, value: Dimension)] {
      zip(axisLetters(window.axes.count), window.axes).map { letter, axis in
        define("k_\(letter.lowercased())", "taps of the window along \(letter)", Dimension(axis.kernel))
      }
    }
    switch node.operation {
    case .convolution(let convolution):
      let filters = define("C_out", "filters", convolution.outputChannels)
      var share = define("C_in", "input channels", input[1])
      if convolution.groups != 1 {
        _ = define("g", "groups", convolution.groups)
        share = ("C_in / g", input[1].floorDivided(by: convolution.groups))
      }
      var tensors = [Tensor(name: "weight", factors: [filters, share] + taps(convolution.slidingWindow))]
      if convolution.bias { tensors.append(Tensor(name: "bias", factors: [filters])) }
      if convolution.standardization?.gain == true { tensors.append(Tensor(name: "gain", factors: [filters])) }
      return tensors
    case .transposedConvolution(let convolution):
      let channels = define("C_in", "input channels", input[1])
      var share = define("C_out", "output channels", convolution.outputChannels)
      if convolution.groups != 1 {
        _ = define("g", "groups", convolution.groups)
        share = ("C_out / g", convolution.outputChannels.floorDivided(by: convolution.groups))
      }
      let weight = Tensor(name: "weight", factors: [channels, share] + taps(convolution.slidingWindow))
      return convolution.bias
        ? [weight, Tensor(name: "bias", factors: [("C_out", convolution.outputChannels)])] : [weight]
    case .linear(let linear):
      let features = define("F_out", "output features", linear.outputFeatures)
      let weight = Tensor(
        name: "weight", factors: [features, define("F_in", "input features", input.dimensions.last ?? 1)])
      return linear.bias ? [weight, Tensor(name: "bias", factors: [features])] : [weight]
    case .batchNorm(let norm):
      let channels = define("C", "channels", input[1])
      let names = (norm.affine ? ["weight", "bias"] : []) + ["running_mean", "running_var"]
      return names.map { Tensor(name: $0, factors: [channels]) }
    case .layerNorm(let norm):
      let factors: [(name: String, value: Dimension)] =
        switch norm.axes {
        case .channels: [define("C", "channels", input[1])]
        case .trailing(let count):
          input.dimensions.suffix(count).enumerated().map {
            define(count == 1 ? "C" : "size_\($0)", count == 1 ? "size of the last axis" : "a trailing axis", $1)
          }
        }
      return (norm.weight ? [Tensor(name: "weight", factors: factors)] : [])
        + (norm.bias ? [Tensor(name: "bias", factors: factors)] : [])
    case .groupNorm:
      let channels = define("C", "channels", input[1])
      return ["weight", "bias"].map { Tensor(name: $0, factors: [channels]) }
    case .globalResponseNorm(let norm):
      let channels = define("C", "channels", norm.isChannelsLast ? input[input.rank - 1] : input[1])
      return ["weight", "bias"].map { Tensor(name: $0, factors: [channels]) }
    case .scale(let scale):
      guard let axis = input.normalized(axis: scale.axis) else { return [] }
      let factor = define("C", "positions along axis \(axis)", input[axis])
      return (scale.bias ? ["weight", "bias"] : ["weight"]).map { Tensor(name: $0, factors: [factor]) }
    case .activation(let activation):
      guard case .preLU(let slope) = activation.function else { return [] }
      return [Tensor(name: "weight", factors: slope.dimensions.enumerated().map { ("size_\($0)", $1) })]
    default: return []
    }
  }
}
