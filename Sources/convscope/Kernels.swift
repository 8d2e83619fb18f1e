import Analysis
import ArgumentParser
import NetworkGraph
import Reports
import SymbolicIntegers

struct Kernels: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels", abstract: "Compare ways to build a layer: field, weights, work and memory as formulas.",
    discussion: """
      Without blocks it prints the comparisons of the literature. A block is a list of layers: '3x3,3x3', 'dw3x3,1x1', \
      'e6:1x1,dw3x3,1x1', '(1x1|3x3,3x3)'. A layer is a convolution (3x3, 1x7, kxk), a depthwise one (dw3x3), a pool \
      (max3x3, avg3x3), attention (attention, attention7 in windows of 7) or gate (times the block's input). Before it \
      may stand s2: stride, d2: dilation, g4: or gG: groups, e6: six times the channels, r4: a quarter of them, out: \
      C_out channels; in4 as the first layer says the input has 4 C channels.
      """)

  @Argument(
    help: ArgumentHelp("Blocks: none, or at least two, of which the first is compared with each.", valueName: "block"))
  var blocks: [String] = []

  @Option(name: .long, help: ArgumentHelp("A number in place of C, the input's channels.", valueName: "number"))
  var channels: Int?

  @Option(name: .long, help: ArgumentHelp("A number in place of C_out; by default C.", valueName: "number"))
  var outputChannels: Int?

  @Option(name: .long, help: ArgumentHelp("A number in place of H and W, the map's sides.", valueName: "number"))
  var size: Int?

  @OptionGroup var convention: ConventionOption
  @OptionGroup var output: OutputOptions

  func run() throws {
    for (name, number) in [("channels", channels), ("output-channels", outputChannels), ("size", size)] {
      if let number, number < 1 { throw CommandFailure(.usage, "--\(name) \(number): it must be positive") }
    }
    guard blocks.count != 1 else {
      throw CommandFailure(.usage, "one block has nothing to be compared with: write two, such as '5x5' '3x3,3x3'")
    }
    var comparisons = KernelComparison.literature
    if let first = blocks.first {
      comparisons = blocks.dropFirst().map {
        KernelComparison(title: "\(first) versus \($0)", left: first, right: $0)
      }
    }
    let pairs = try comparisons.map { comparison in
      ComparedBlocks(comparison, left: try measures(comparison.left), right: try measures(comparison.right))
    }
    try output.write(.kernels(pairs, convention: convention.convention))
  }

  private func measures(_ block: String) throws -> BlockMeasures {
    let notation: BlockNotation
    do throws(BlockNotationError) {
      notation = try BlockNotation(block)
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
    do throws(GraphError) {
      return try BlockMeasures(
        notation, convention: convention.convention, channels: channels.map { Dimension($0) },
        outputChannels: (outputChannels ?? channels).map { Dimension($0) }, side: size.map { Dimension($0) })
    } catch {
      throw CommandFailure(.usage, "block '\(block)': \(error)")
    }
  }
}
