import Analysis
import ArgumentParser
import Charts
import NetworkGraph
import Reports
import SymbolicIntegers

extension TrainingOptions.Optimizer: ExpressibleByArgument {}

struct MemoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "memory", abstract: "Count the memory that inference and training of one network need.",
    discussion: """
      Inference is measured as the reference implementation runs it (eager), by the liveness of tensors under the \
      assumptions given here, and as a planned program with fusion and in-place operators could run it. Training is what \
      the backward pass keeps, gradients and the optimizer's state.
      """)

  /// What real numbers are stored as.
  enum Precision: String, CaseIterable, ExpressibleByArgument {
    case fp32, fp16, bf16, int8, mixed
  }

  @Argument(help: "A built-in network or an ONNX file.")
  var model: String

  @OptionGroup var inputs: InputOptions
  @OptionGroup var edits: EditOptions

  @Flag(name: .customLong("inplace"), help: "Liveness: elementwise operators overwrite an input that dies.")
  var inPlace = false

  @Flag(
    name: .long, help: "Liveness: elementwise operators are fused into the convolution or linear layer before them.")
  var fuse = false

  @Flag(name: .long, help: "Liveness: tensors are written where their concatenation has them.")
  var concatViews = false

  @Flag(name: .long, help: "Liveness: parameters and constants count as live throughout.")
  var weights = false

  @Flag(name: .long, help: "Search for the order of execution with the lowest liveness peak.")
  var bestOrder = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "What real numbers are stored as. 'mixed' is fp16 with a 32-bit copy of the weights, and so are fp16 and bf16 in "
        + "training; int8 concerns inference only."))
  var precision: Precision = .fp32

  @Option(name: .long, help: "What updates the weights.")
  var optimizer: TrainingOptions.Optimizer = .momentum

  @Option(
    name: .long,
    help: ArgumentHelp("Keep only the inputs of every so many blocks and compute the rest again.", valueName: "blocks"))
  var checkpoint: Int?

  @Option(
    name: .long,
    help: ArgumentHelp("Find the largest batch that can be trained in so much memory: 24GB, 16GiB.", valueName: "size"))
  var fit: String?

  @Option(name: .long, help: ArgumentHelp("Draw live bytes against steps as an SVG picture.", valueName: "file"))
  var timeline: String?

  @Option(name: .long, help: "One row per what. By default stages in text for people and the model in CSV and JSON.")
  var by: Grouping?

  @OptionGroup var output: OutputOptions

  func run() throws {
    let source = ModelSource(argument: model, edits: edits)
    let training = try trainingOptions()
    let capacity = try fit.map(capacity)
    let figures = try figures(of: source.graph(inputs), training)
    var answers = MemoryAnswers()
    if bestOrder { answers.search = try search(figures) }
    if let capacity { answers.fit = (capacity, try largestBatch(source, figures, training, capacity)) }
    if let timeline { try draw(answers.search?.liveness ?? figures.liveness, to: timeline) }
    let grouping = by ?? (output.format == .csv || output.format == .json ? .model : .stage)
    try output.write(.memory(figures, answers, grouping: grouping))
  }

  // MARK: Options

  private func memoryOptions() -> MemoryOptions {
    var options = MemoryOptions()
    options.overwritesInPlace = inPlace
    options.fusesEpilogues = fuse
    options.concatenatesAsViews = concatViews
    options.countsWeights = weights
    switch precision {
    case .fp32: break
    case .fp16, .mixed: options.elementType = .float16
    case .bf16: options.elementType = .bfloat16
    case .int8: options.elementType = .int8
    }
    return options
  }

  private func trainingOptions() throws -> TrainingOptions {
    if let checkpoint, checkpoint < 1 {
      throw CommandFailure(.usage, "--checkpoint \(checkpoint): a segment has at least 1 block")
    }
    let precision: TrainingOptions.Precision =
      switch precision {
      case .fp32, .int8: .full
      case .fp16, .mixed: .float16
      case .bf16: .bfloat16
      }
    return TrainingOptions(optimizer: optimizer, precision: precision, blocksPerSegment: checkpoint)
  }

  private func capacity(_ text: String) throws -> ByteCount {
    do throws(ByteCountError) {
      return try ByteCount(parsing: text)
    } catch {
      throw CommandFailure(.usage, "--fit: \(error)")
    }
  }

  // MARK: Answers

  private func figures(of graph: Graph, _ training: TrainingOptions) throws -> MemoryFigures {
    do throws(GraphError) {
      return try MemoryFigures(graph, options: memoryOptions(), training: training)
    } catch {
      throw CommandFailure(.data, "\(model): \(error)")
    }
  }

  private func search(_ figures: MemoryFigures) throws -> OrderSearch {
    do throws(GraphError) {
      if let search = try OrderSearch(figures.liveness.storage) { return search }
    } catch {
      throw CommandFailure(.data, "\(model): \(error)")
    }
    throw CommandFailure(.usage, "--best-order: \(Self.symbolHint)")
  }

  /// What to do about symbols where numbers are needed.
  private static let symbolHint = "the input holds symbols; give them values with --input or --assume"

  /// The batch is made a symbol, so that one formula answers for all sizes.
  private func largestBatch(
    _ source: ModelSource, _ figures: MemoryFigures, _ training: TrainingOptions, _ capacity: ByteCount
  ) throws -> Int? {
    let graph = figures.graph
    guard let batch = Symbol("fitted_batch") else { return nil }
    var inputs = inputs
    inputs.input = graph.inputs.map { port in
      let axes = graph.type(of: port.value).shape.dimensions.dropFirst().map { "x(\($0))" }
      return (graph.inputs.count == 1 ? "" : "\(port.name)=") + batch.name + axes.joined()
    }
    let symbolic: Graph
    do {
      symbolic = try source.graph(inputs)
    } catch let failure as CommandFailure {
      throw CommandFailure(failure.status, "--fit needs the batch as a symbol: \(failure.message)")
    }
    do throws(GraphError) {
      return try TrainingMemory(symbolic, training).largestBatch(fitting: capacity.bytes, batch: batch)
    } catch {
      throw CommandFailure(.usage, "--fit: \(model): \(error)")
    }
  }

  private func draw(_ liveness: Liveness, to path: String) throws {
    guard let timeline = TimelineChart(liveness) else {
      throw CommandFailure(.usage, "--timeline: \(Self.symbolHint)")
    }
    if path == "-" { try printToStandardOutput(timeline.svg()) } else { try writeFile(timeline.svg(), to: path) }
  }
}
