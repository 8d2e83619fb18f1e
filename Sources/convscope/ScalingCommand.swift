import ArgumentParser
import Reports
import Scaling

struct ScalingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scaling", abstract: "Hold the laws of scaling to what a family's networks cost.",
    discussion: """
      Released networks beside what their baseline's rules make: where the authors scaled it by two factors, these \
      stand beside the powers of the paper's constants, with predicted and exact work. Then by which powers of a growth \
      parameters, MACs and activations grow when depth (d), width (w), resolution (r) or several share it, fast scaling \
      (d1_w8_g8_r1) among them: by the laws, and by exact counts.
      """)

  @Argument(help: "A family, such as efficientnet, or the built-in network to scale from.")
  var family: String

  @Option(
    name: .long, parsing: .upToNextOption,
    help: ArgumentHelp(
      "Rules in place of the usual ones: letters as dwr, or weights as d1_w8_g8_r1.", valueName: "rule"))
  var rule: [String] = []

  @OptionGroup var output: OutputOptions

  func run() throws {
    let report = try scalingFailure("") { () throws(ScalingError) in try self.report() }
    try output.write(report)
  }

  private func report() throws(ScalingError) -> Report {
    let baseline = try ScaledFamily.baseline(named: family)
    // The rules round as the paper's code does, whatever the family's own way.
    let nearest = try ScaledFamily(baseline, rounding: .nearest)
    var rules: [(String, MeasuredExponents)] = []
    for name in rule.isEmpty ? ScalingRule.names : rule {
      guard let rule = ScalingRule(parsing: name) else {
        throw .axis(
          name: "a rule", value: "'\(name.prefix(40))'",
          rule: "write letters of d, w, g, r as in dwr, or each with its weight as in d1_w8_g8_r1")
      }
      if rule.width > 0, !nearest.hasWidths {
        if self.rule.isEmpty { continue }
        throw .notScalable(model: baseline.name, what: "width", reason: "channels are no settings of its family")
      }
      rules.append((name, try MeasuredExponents(nearest, rule)))
    }
    return .scaling(try ReleasedNetworks(of: ScaledFamily(baseline)), rules)
  }
}
