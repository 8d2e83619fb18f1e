import NetworkGraph
import SymbolicIntegers

extension OperatorForm {
  /// Operators whose weights multiply their input.
  static let weighted: [OperatorForm] = [
    OperatorForm(
      "conv", required: ["channels", "kernel"], optional: Call.windowKeys + ["groups", "bias"]
    ) { call throws(ArchitectureFileError) in
      let convolution = Convolution(
        outputChannels: try call.size("channels"), window: try call.window(),
        groups: try call.size("groups", default: 1), bias: try call.flag("bias", default: true))
      return call.apply(.convolution(convolution))
    },
    OperatorForm(
      "depthwise_conv", required: ["kernel"], optional: Call.windowKeys + ["multiplier", "bias"]
    ) { call throws(ArchitectureFileError) in
      let window = try call.window()
      let channels = call.input.channels
      let convolution = Convolution(
        outputChannels: channels * (try call.size("multiplier", default: 1)), window: window, groups: channels,
        bias: try call.flag("bias", default: true))
      return call.apply(.convolution(convolution))
    },
    OperatorForm(
      "transposed_conv", required: ["channels", "kernel"],
      optional: Call.windowKeys + ["output_padding", "groups", "bias"]
    ) { call throws(ArchitectureFileError) in
      let window = try call.window()
      let extra = try call.perAxis("output_padding", rank: window.axes.count, default: 0)
      let convolution = TransposedConvolution(
        outputChannels: try call.size("channels"), window: window, outputPadding: PerAxis(extra),
        groups: try call.size("groups", default: 1), bias: try call.flag("bias", default: true))
      return call.apply(.transposedConvolution(convolution))
    },
    OperatorForm(
      "linear", required: ["features"], optional: ["bias"], main: "features"
    ) { call throws(ArchitectureFileError) in
      let linear = Linear(outputFeatures: try call.size("features"), bias: try call.flag("bias", default: true))
      return call.apply(.linear(linear))
    },
    OperatorForm("scale", optional: ["axis", "bias", "trailing_axes"]) { call throws(ArchitectureFileError) in
      let trailing = try call.integer("trailing_axes", default: 0)
      guard 0...ArchitectureFileLimits.axes ~= trailing else {
        throw ArchitectureFileError(
          call.settings["trailing_axes"]?.place,
          .wrongType(key: "trailing_axes", owner: "scale", expected: "between 0 and 8", found: "\(trailing)"))
      }
      let scale = Scale(
        axis: try call.integer("axis", default: 1), trailingAxes: trailing, bias: try call.flag("bias", default: false))
      return call.apply(.scale(scale))
    },
  ]
}
