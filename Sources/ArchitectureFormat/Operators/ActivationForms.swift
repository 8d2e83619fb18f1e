import NetworkGraph

extension OperatorForm {
  /// Activations without settings of their own.
  private static let plainFunctions: [(name: String, function: Activation.Function)] = [
    ("relu", .relu), ("relu6", .relu6), ("sigmoid", .sigmoid),
    ("hard_sigmoid", .hardSigmoid(alpha: 1.0 / 6, beta: 0.5)), ("tanh", .tanh), ("silu", .silu),
    ("hard_swish", .hardSwish), ("gelu", .gelu), ("gelu_tanh", .geluTanh), ("mish", .mish), ("softplus", .softplus),
    ("softsign", .softsign), ("selu", .selu(alpha: 1.6732632423543772, scale: 1.0507009873554805)),
  ]

  /// Names that choose an activation where one is a setting.
  static let activationNames = plainFunctions.map(\.name)

  /// The activation of a name among ``activationNames``.
  static func activation(named name: String) -> Activation.Function? {
    plainFunctions.first { $0.name == name }?.function
  }

  /// Activations and softmax.
  static let activations: [OperatorForm] =
    plainFunctions.map { entry in
      OperatorForm(entry.name, optional: ["in_place"]) { call throws(ArchitectureFileError) in
        try call.activate(entry.function)
      }
    } + [
      OperatorForm(
        "activation", required: ["function"], optional: ["in_place"], main: "function"
      ) { call throws(ArchitectureFileError) in
        let name = try call.word("function", of: activationNames, default: nil)
        return try call.activate(activation(named: name) ?? .relu)
      },
      OperatorForm("clip", required: ["lower", "upper"], optional: ["in_place"]) { call throws(ArchitectureFileError) in
        let bounds = (try call.number("lower", default: nil), try call.number("upper", default: nil))
        return try call.activate(.clip(lower: bounds.0, upper: bounds.1))
      },
      OperatorForm(
        "leaky_relu", optional: ["slope", "in_place"], main: "slope"
      ) { call throws(ArchitectureFileError) in
        try call.activate(.leakyReLU(slope: try call.number("slope", default: 0.01)))
      },
      OperatorForm("prelu", optional: ["shared"]) { call throws(ArchitectureFileError) in
        let isShared = try call.flag("shared", default: false)
        return call.apply(.activation(Activation(.preLU(slope: isShared ? [1] : [call.input.channels]))))
      },
      OperatorForm(
        "thresholded_relu", optional: ["threshold", "in_place"], main: "threshold"
      ) { call throws(ArchitectureFileError) in
        try call.activate(.thresholdedReLU(threshold: try call.number("threshold", default: 1)))
      },
      OperatorForm("elu", optional: ["alpha", "in_place"], main: "alpha") { call throws(ArchitectureFileError) in
        try call.activate(.elu(alpha: try call.number("alpha", default: 1)))
      },
      OperatorForm("celu", optional: ["alpha", "in_place"], main: "alpha") { call throws(ArchitectureFileError) in
        try call.activate(.celu(alpha: try call.number("alpha", default: 1)))
      },
      OperatorForm("softmax", optional: ["axis"], main: "axis") { call throws(ArchitectureFileError) in
        call.apply(.softmax(Softmax(axis: try call.integer("axis", default: 1))))
      },
      OperatorForm("log_softmax", optional: ["axis"], main: "axis") { call throws(ArchitectureFileError) in
        call.apply(.softmax(Softmax(axis: try call.integer("axis", default: 1), logarithm: true)))
      },
    ]
}

extension Call {
  fileprivate mutating func activate(_ function: Activation.Function) throws(ArchitectureFileError) -> [Feature] {
    apply(.activation(Activation(function, inPlace: try flag("in_place", default: false))))
  }
}
