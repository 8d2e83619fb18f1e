import NetworkGraph
import SymbolicIntegers

extension OperatorForm {
  /// Operators on several tensors: the one before the layer and those of `with`, or those of `from`.
  static let joins: [OperatorForm] =
    [
      ("add", Elementwise.Function.add), ("subtract", .subtract), ("multiply", .multiply), ("divide", .divide),
      ("maximum", .maximum), ("minimum", .minimum), ("mean", .mean),
    ].map { name, function in
      OperatorForm(name, optional: ["with", "in_place"], main: "with", takesSeveral: true) {
        call throws(ArchitectureFileError) in
        let elementwise = Elementwise(function, inPlace: try call.flag("in_place", default: false))
        return call.apply(.elementwise(elementwise), .function)
      }
    } + [
      OperatorForm("concat", optional: ["with", "axis"], main: "with", takesSeveral: true) {
        call throws(ArchitectureFileError) in
        call.apply(.concatenation(Concatenation(axis: try call.integer("axis", default: 1))), .function)
      },
      OperatorForm(
        "matmul", optional: ["with", "transpose_left", "transpose_right"], main: "with", takesSeveral: true
      ) { call throws(ArchitectureFileError) in
        let product = MatrixProduct(
          transposesLeft: try call.flag("transpose_left", default: false),
          transposesRight: try call.flag("transpose_right", default: false))
        return call.apply(.matrixProduct(product), .function)
      },
    ]

  /// Layers that are several operators.
  static let composites: [OperatorForm] = [
    OperatorForm(
      "squeeze_excite", optional: ["channels", "reduction", "activation", "gate"], main: "channels"
    ) { call throws(ArchitectureFileError) in
      let squeezed = try call.squeezedChannels()
      let activation = try call.word("activation", of: activationNames, default: "relu")
      let gate = try call.word("gate", of: activationNames, default: "sigmoid")
      return [
        call.input.scope(call.name) { input in
          input.adaptiveAveragePool("avgpool")
            .conv("fc1", squeezed, kernel: 1)
            .activation(OperatorForm.activation(named: activation) ?? .relu, "activation")
            .conv("fc2", input.channels, kernel: 1)
            .activation(OperatorForm.activation(named: gate) ?? .sigmoid, "scale_activation") * input
        }
      ]
    }
  ]
}

extension Call {
  /// The channels between the two convolutions of a squeeze-excite: given, or the input's by a divisor.
  fileprivate mutating func squeezedChannels() throws(ArchitectureFileError) -> Dimension {
    guard has("channels") != has("reduction") else {
      throw ArchitectureFileError(place, .eitherKey(owner: owner, keys: ["channels", "reduction"]))
    }
    if has("channels") { return try size("channels") }
    _ = try spatialRank()
    return input.channels.floorDivided(by: try size("reduction"))
  }
}
