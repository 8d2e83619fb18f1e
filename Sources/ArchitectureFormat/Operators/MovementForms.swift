import NetworkGraph
import SymbolicIntegers

extension OperatorForm {
  /// Operators that move elements or change shapes, and those that leave inference alone.
  static let movements: [OperatorForm] = [
    OperatorForm("flatten", optional: ["first", "last"], main: "first") { call throws(ArchitectureFileError) in
      let first = try call.integer("first", default: 1)
      return call.apply(.view(.flatten(from: first, through: try call.integer("last", default: -1))), .function)
    },
    OperatorForm("reshape", required: ["shape"], main: "shape") { call throws(ArchitectureFileError) in
      call.apply(.view(.reshape(try call.target())), .function)
    },
    OperatorForm("squeeze", optional: ["axes"], main: "axes") { call throws(ArchitectureFileError) in
      call.apply(.view(.squeeze(axes: call.has("axes") ? try call.axes("axes") : [])), .function)
    },
    OperatorForm("unsqueeze", required: ["axes"], main: "axes") { call throws(ArchitectureFileError) in
      call.apply(.view(.unsqueeze(axes: try call.axes("axes"))), .function)
    },
    OperatorForm("transpose", required: ["order"], main: "order") { call throws(ArchitectureFileError) in
      call.apply(.transpose(Transpose(try call.axes("order"))), .function)
    },
    OperatorForm("channel_shuffle", required: ["groups"], main: "groups") { call throws(ArchitectureFileError) in
      call.apply(.channelShuffle(ChannelShuffle(groups: try call.integer("groups"))), .function)
    },
    OperatorForm("space_to_depth", required: ["block"], main: "block") { call throws(ArchitectureFileError) in
      call.apply(.spaceDepth(SpaceDepth(.spaceToDepth, block: try call.integer("block"))))
    },
    OperatorForm("depth_to_space", required: ["block"], main: "block") { call throws(ArchitectureFileError) in
      call.apply(.spaceDepth(SpaceDepth(.depthToSpace, block: try call.integer("block"))))
    },
    OperatorForm("pixel_shuffle", required: ["block"], main: "block") { call throws(ArchitectureFileError) in
      call.apply(.spaceDepth(SpaceDepth(.pixelShuffle, block: try call.integer("block"))))
    },
    OperatorForm(
      "slice", required: ["axis"], optional: ["start", "end", "step"]
    ) { call throws(ArchitectureFileError) in
      let bounds = Slice.Bounds(
        axis: try call.integer("axis"), start: try call.integer("start", default: 0),
        end: call.has("end") ? try call.integer("end") : nil, step: try call.integer("step", default: 1))
      return call.apply(.slice(Slice([bounds])), .function)
    },
    OperatorForm(
      "split", optional: ["parts", "sizes", "axis"], main: "parts", givesSeveral: true
    ) { call throws(ArchitectureFileError) in
      let axis = try call.integer("axis", default: 1)
      return call.apply(.split(Split(axis: axis, sizes: try call.parts(axis: axis))), .function)
    },
    OperatorForm(
      "reduce", required: ["function", "axes"], optional: ["keep_axes"]
    ) { call throws(ArchitectureFileError) in
      let functions: [String: Reduction.Function] = [
        "mean": .mean, "sum": .sum, "max": .maximum, "min": .minimum, "norm": .euclideanNorm,
      ]
      let name = try call.word("function", of: functions.keys.sorted(), default: nil)
      let reduction = Reduction(
        functions[name] ?? .mean, axes: try call.axes("axes"), keepsAxes: try call.flag("keep_axes", default: false))
      return call.apply(.reduction(reduction), .function)
    },
    OperatorForm("identity") { call throws(ArchitectureFileError) in call.apply(.identity(.identity)) },
    OperatorForm("dropout", optional: ["probability"], main: "probability") { call throws(ArchitectureFileError) in
      call.apply(.identity(.dropout(probability: try call.number("probability", default: 0.5))))
    },
    OperatorForm(
      "stochastic_depth", required: ["probability"], main: "probability"
    ) { call throws(ArchitectureFileError) in
      call.apply(.identity(.stochasticDepth(probability: try call.number("probability", default: nil))))
    },
  ]
}

extension Call {
  /// Positions of axes, not more than a tensor may have.
  fileprivate mutating func axes(_ key: String) throws(ArchitectureFileError) -> [Int] {
    let axes = try integers(key)
    try requireRank(axes.count, key)
    return axes
  }

  /// The target of a reshape: a size, `same` for the input's, or `rest` once for what is left.
  fileprivate mutating func target() throws(ArchitectureFileError) -> [View.Size] {
    guard let value = try value("shape") else { return [] }
    let values: [Value] = if case .list(let values) = value.content { values } else { [value] }
    try requireRank(values.count, "shape")
    var sizes: [View.Size] = []
    for (axis, value) in values.enumerated() {
      switch value.content {
      case .word("same"): sizes.append(.sameAs(axis: axis))
      case .word("rest"): sizes.append(.inferred)
      default: sizes.append(.size(try size(value, "shape")))
      }
    }
    return sizes
  }

  private func requireRank(_ count: Int, _ key: String) throws(ArchitectureFileError) {
    guard count <= ArchitectureFileLimits.axes else {
      throw ArchitectureFileError(
        settings[key]?.place ?? place,
        .wrongType(
          key: key, owner: owner, expected: "a list of at most \(ArchitectureFileLimits.axes)",
          found: "a list of \(count)"))
    }
  }

  /// The sizes of the parts along an axis: given, or equal ones.
  fileprivate mutating func parts(axis: Int) throws(ArchitectureFileError) -> [Dimension] {
    guard has("parts") != has("sizes") else {
      throw ArchitectureFileError(place, .eitherKey(owner: owner, keys: ["parts", "sizes"]))
    }
    if has("sizes") { return try sizes("sizes") }
    let count = try integer("parts")
    guard 1...1024 ~= count else {
      throw ArchitectureFileError(
        settings["parts"]?.place ?? place,
        .wrongType(key: "parts", owner: owner, expected: "between 1 and 1024", found: "\(count)"))
    }
    // An axis that does not exist is for the operator to refuse.
    let size = input.shape.normalized(axis: axis).map { input.shape[$0] } ?? Dimension(count)
    return Array(repeating: size.floorDivided(by: count), count: count)
  }
}
