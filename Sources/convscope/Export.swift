import ArgumentParser
import Diagrams
import NetworkGraph
import ONNXFormat
import Reports
import Tensors

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write one network as an ONNX model, or its graph as DOT or JSON.",
    discussion: """
      The ONNX model keeps the names of layers and weights. What only training runs, dropout and identities are left \
      out; operators that ONNX does not have are functions that the file defines. An ONNX file keeps its own weights; \
      those of other networks are left out without --weights: in their place ConstantOfShape nodes make zeros, so the \
      file is small, and checkers, runtimes and convscope itself read it as a whole network. A model beyond 2 GiB has its \
      weights in a second file, called like it with '.data' behind.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case onnx, dot, json
  }

  @Argument(help: "A built-in network, an ONNX file or a description in YAML.")
  var model: String

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The file to write; '-' is standard output (text only).", valueName: "file")
  )
  var output: String

  @Option(name: .long, help: "What to write.")
  var to: Format = .onnx

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A file of weights (.safetensors, .onnx), or values that follow from names: synthetic, synthetic:GAIN; none leaves "
        + "out an ONNX file's own. The ONNX file named again here may read those that lie in files beside it.",
      valueName: "weights"))
  var weights: String?

  @Option(
    name: .long,
    help:
      "The version of the ONNX operator set: \(ONNXExport.operatorSets.lowerBound) to \(ONNXExport.operatorSets.upperBound)."
  )
  var opset: Int = ONNXExport.defaultOperatorSet

  @OptionGroup var inputs: InputOptions
  @OptionGroup var edits: EditOptions

  func validate() throws {
    if to != .onnx, weights != nil {
      throw ValidationError("--weights belongs to an ONNX model, not to \(to.rawValue)")
    }
    if to == .onnx, output == "-" { throw ValidationError("an ONNX model is not text: --output needs a file") }
  }

  func run() throws {
    let (graph, ownWeights) = try ModelSource(argument: model, edits: edits).network(inputs.shapes())
    switch to {
    case .onnx: try writeModel(graph, ownWeights)
    case .dot: try write(Diagram(of: graph, detail: .layer).dot)
    case .json: try write(Report.graph(graph).text(.json, numbers: .exact))
    }
  }

  private func write(_ text: String) throws {
    if output == "-" { try printToStandardOutput(text) } else { try writeFile(text, to: output) }
  }

  private func writeModel(_ graph: Graph, _ own: ONNXWeights?) throws {
    let source: (any TensorSource)? =
      switch weights {
      case nil: own
      case "none"?: nil
      case let weights?: try ExecutionOptions.weightSource(weights, for: model, own).0
      }
    do throws(ExportError) {
      try ONNXExport(graph, weights: source, opset: opset).write(to: output)
    } catch {
      switch error {
      case .operatorSet, .operatorTooNew: throw CommandFailure(.usage, "--opset \(opset): \(error)")
      case .file: throw CommandFailure(.cannotCreate, "\(error)")
      default: throw CommandFailure(.data, about: model, error)
      }
    }
  }
}
