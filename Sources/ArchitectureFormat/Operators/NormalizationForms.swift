import NetworkGraph

extension OperatorForm {
  /// Normalisations.
  static let normalizations: [OperatorForm] = [
    OperatorForm("batch_norm", optional: ["epsilon", "affine"]) { call throws(ArchitectureFileError) in
      let norm = BatchNorm(
        epsilon: try call.number("epsilon", default: 1e-5), affine: try call.flag("affine", default: true))
      return call.apply(.batchNorm(norm))
    },
    OperatorForm("layer_norm", optional: ["axes", "epsilon", "weight", "bias"]) { call throws(ArchitectureFileError) in
      let axes: LayerNorm.Axes
      switch try call.value("axes")?.content {
      case nil: axes = .trailing(count: 1)
      case .word("channels"): axes = .channels
      default: axes = .trailing(count: try call.integer("axes"))
      }
      let norm = LayerNorm(
        axes: axes, epsilon: try call.number("epsilon", default: 1e-5), weight: try call.flag("weight", default: true),
        bias: try call.flag("bias", default: true))
      return call.apply(.layerNorm(norm))
    },
    OperatorForm(
      "group_norm", required: ["groups"], optional: ["epsilon", "affine"], main: "groups"
    ) { call throws(ArchitectureFileError) in
      let norm = GroupNorm(
        groups: try call.size("groups"), epsilon: try call.number("epsilon", default: 1e-5),
        affine: try call.flag("affine", default: true))
      return call.apply(.groupNorm(norm))
    },
    OperatorForm("instance_norm", optional: ["epsilon", "affine"]) { call throws(ArchitectureFileError) in
      let norm = GroupNorm(
        groups: nil, epsilon: try call.number("epsilon", default: 1e-5), affine: try call.flag("affine", default: false)
      )
      return call.apply(.groupNorm(norm))
    },
    OperatorForm(
      "local_response_norm", required: ["size"], optional: ["alpha", "beta", "k"], main: "size"
    ) { call throws(ArchitectureFileError) in
      let norm = LocalResponseNorm(
        size: try call.integer("size"), alpha: try call.number("alpha", default: 1e-4),
        beta: try call.number("beta", default: 0.75), k: try call.number("k", default: 1))
      return call.apply(.localResponseNorm(norm))
    },
  ]
}
