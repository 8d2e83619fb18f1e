import ArgumentParser
import Execution
import NetworkGraph
import Reports
import TensorFormats
import Tensors

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Compute the outputs of one network.",
    discussion: """
      Without files, weights and input are values that follow from names and shapes alone: two programs that know the \
      rule agree on the outputs without exchanging a file.

      NaN and infinities, in files or from overflow, are computed with as any other value and never replaced. They stand \
      in the outputs as nan and inf (in JSON as null), and the report says so below the table; the exit status is 0.
      """)

  @Argument(help: "A built-in network, an ONNX file or a description in YAML.")
  var model: String

  @OptionGroup var execution: ExecutionOptions
  @OptionGroup var backend: BackendOptions

  @Option(name: .long, help: ArgumentHelp("How many of the largest values of each output to list.", valueName: "count"))
  var top = 5

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Write what a layer computed, as 'convscope show' names it, to NAME.npy; repeatable. It is in the report too.",
      valueName: "name"))
  var dumpLayer: [String] = []

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write the first output as an array of NumPy.", valueName: "file.npy"))
  var output: String?

  @Option(name: .long, help: "How to write the report.")
  var format: ReportFormat = .table

  func run() throws {
    guard top >= 0 else { throw CommandFailure(.usage, "--top \(top): a count is at least 0") }
    try backend.check()
    let run = try execution.run(of: model)
    let layers = try dumpLayer.map { name in
      guard let node = run.graph.node(named: name) else {
        throw ModelSource(argument: model, edits: execution.edits)
          .unknownLayer(name, in: run.graph, option: "--dump-layer")
      }
      return node.id
    }
    let files = dumpLayer.map { "\($0.split(separator: "/").joined(separator: ".")).npy" }
    for file in files + [output] { try CommandOutput.check(file) }
    var dumped: [Int: Tensor] = [:]
    let outputs: [Tensor]
    do throws(ExecutionError) {
      let executor = try backend.executor(run.graph, ModelState(run.graph, from: run.weights))
      var progress = Progress()
      outputs = try executor.run(run.inputs) { node, tensors in
        progress.show("\(model): \(run.graph.path(of: node))")
        if layers.contains(node.id) { dumped[node.id] = tensors().first }
      }
      progress.finish()
    } catch {
      throw CommandFailure(.data, about: model, error)
    }
    let items = try zip(dumpLayer, layers).map { name, node in
      guard let tensor = dumped[node] else {
        throw CommandFailure(
          .usage,
          "--dump-layer \(name): nothing stores it: it is fused with another layer or a view of one; try --backend reference"
        )
      }
      return RunResult.Item(name: name, tensor: tensor)
    }
    for (item, file) in zip(items, files) { try write(item.tensor, to: file) }
    if let output, let first = outputs.first { try write(first, to: output) }
    let result = RunResult(
      graph: run.graph, backend: backend.backend.rawValue, weights: run.weightsText, inputs: run.inputTexts,
      outputs: zip(run.graph.outputs, outputs).map { RunResult.Item(name: $0.name, tensor: $1) }, layers: items)
    try OutputOptions.print(.run(result, top: top), format)
  }

  private func write(_ tensor: Tensor, to path: String) throws {
    do throws(TensorError) {
      try NumpyFile.write(tensor, to: path)
    } catch {
      throw CommandFailure(.cannotCreate, "\(error)")
    }
  }
}
