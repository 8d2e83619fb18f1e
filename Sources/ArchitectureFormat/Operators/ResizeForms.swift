import NetworkGraph

extension OperatorForm {
  /// Operators that change the sides of maps without weights.
  static let resizes: [OperatorForm] = [
    OperatorForm(
      "upsample", optional: ["factor", "size", "mode", "align_corners"], main: "factor"
    ) { call throws(ArchitectureFileError) in
      try call.resize()
    },
    OperatorForm("pad", required: ["padding"], optional: ["mode", "value"], main: "padding") {
      call throws(ArchitectureFileError) in
      let sides = try call.sides("padding", rank: try call.spatialRank())
      let mode: Pad.Mode
      switch try call.word("mode", of: ["constant", "reflect", "edge", "wrap"], default: "constant") {
      case "reflect": mode = .reflect
      case "edge": mode = .edge
      case "wrap": mode = .wrap
      default: mode = .constant(try call.number("value", default: 0))
      }
      return call.apply(
        .pad(Pad(before: [0, 0] + sides.map(\.before), after: [0, 0] + sides.map(\.after), mode: mode)), .function)
    },
  ]
}

extension Call {
  /// `upsample`: the sides times `factor`, or `size`.
  fileprivate mutating func resize() throws(ArchitectureFileError) -> [Feature] {
    let rank = try spatialRank()
    guard has("factor") != has("size") else {
      throw ArchitectureFileError(place, .eitherKey(owner: owner, keys: ["factor", "size"]))
    }
    let sides: [Resize.Size] =
      has("factor")
      ? try spread(numbers("factor"), "factor", rank: rank).map { .factor($0) }
      : try spread(sizes("size"), "size", rank: rank).map { .size($0) }
    let isAligned = try flag("align_corners", default: false)
    let mode: Resize.Mode
    switch try word("mode", of: ["nearest", "linear", "cubic"], default: "nearest") {
    case "linear": mode = .linear
    case "cubic": mode = .cubic
    default: mode = .nearest(.floor)
    }
    // As PyTorch's interpolate, where only aligned corners go by the size that a factor comes to.
    var resize = Resize(mode, sizes: [.factor(1), .factor(1)] + sides)
    if isAligned {
      resize.coordinates = .alignCorners
      if let output = try? resize.outputTypes(of: [input.type]) {
        resize.sizes = output[0].shape.dimensions.map { .size($0) }
      }
    } else if mode == .nearest(.floor) {
      resize.coordinates = .asymmetric
    }
    return apply(.resize(resize))
  }
}
