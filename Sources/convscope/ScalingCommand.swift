import ArgumentParser
import Reports
import Scaling

struct ScalingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scaling", abstract: "Hold the laws of scaling to what a family's networks cost.",
    discussion: """
      How parameters, MACs and activations grow when depth (d), width (w), resolution (r) or several of them share a \
      growth of operations, fast scaling (d1_w8_g8_r1) among them: by the laws, and by exact counts. For EfficientNet \
      also the released coefficients beside the powers of the paper's constants; for EfficientNetV2 the tables of S to XL.
      """)

  @Argument(help: "A family, such as efficientnet, or the built-in network to scale from.")
  var family: String

  @OptionGroup var output: OutputOptions

  func run() throws {
    let comparison = try scalingFailure("") { () throws(ScalingError) in
      try ScalingComparison(ScaledFamily(ScaledFamily.baseline(named: family)))
    }
    try output.write(.scaling(comparison))
  }
}
