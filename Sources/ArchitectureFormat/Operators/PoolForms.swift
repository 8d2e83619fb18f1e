import NetworkGraph

extension OperatorForm {
  /// Pools.
  static let pools: [OperatorForm] = [
    OperatorForm(
      "max_pool", required: ["kernel"], optional: Call.windowKeys + ["ceil_mode"], main: "kernel"
    ) { call throws(ArchitectureFileError) in
      try call.pool(.maximum)
    },
    OperatorForm(
      "average_pool", required: ["kernel"], optional: Call.windowKeys + ["ceil_mode", "count_padding"], main: "kernel"
    ) { call throws(ArchitectureFileError) in
      try call.pool(.average(countIncludePad: try call.flag("count_padding", default: true)))
    },
    OperatorForm("global_max_pool") { call throws(ArchitectureFileError) in
      call.apply(.adaptivePool(AdaptivePool(.maximum)))
    },
    OperatorForm("global_average_pool") { call throws(ArchitectureFileError) in
      call.apply(.adaptivePool(AdaptivePool(.average(countIncludePad: true))))
    },
    OperatorForm("adaptive_max_pool", required: ["size"], main: "size") { call throws(ArchitectureFileError) in
      try call.adaptivePool(.maximum)
    },
    OperatorForm("adaptive_average_pool", required: ["size"], main: "size") { call throws(ArchitectureFileError) in
      try call.adaptivePool(.average(countIncludePad: true))
    },
  ]
}

extension Call {
  fileprivate mutating func pool(_ kind: PoolKind) throws(ArchitectureFileError) -> [Feature] {
    var window = try window(strideIsKernel: true)
    window.ceilMode = try flag("ceil_mode", default: false)
    return apply(.pool(Pool(kind, window: window)))
  }

  fileprivate mutating func adaptivePool(_ kind: PoolKind) throws(ArchitectureFileError) -> [Feature] {
    let rank = try spatialRank()
    let sizes = try spread(sizes("size"), "size", rank: rank)
    return apply(.adaptivePool(AdaptivePool(kind, outputSizes: sizes)))
  }
}
