import Analysis
import NetworkGraph
import SymbolicIntegers

extension MemoryTables {
  /// The definitions behind the figures, and what else there is to say about them.
  static func notes(_ figures: MemoryFigures, _ answers: MemoryAnswers, _ grouping: Grouping) -> [String] {
    let graph = figures.graph
    let training = figures.training
    var notes = [
      """
      eager peak: the most bytes alive at once as the reference implementation runs. Every operator has its own output, \
      in place where the reference writes in place; a module keeps its inputs until it returns, the network's input \
      stays; max pooling makes 64-bit indices. Parameters apart.
      """,
      """
      liveness peak: the largest sum of live tensors over the steps: inputs and output of the running operator, and \
      whatever a later one needs; views share storage\(assumptions(figures.options)).
      """,
      """
      planned peak: the same after fusion of elementwise operators into the convolution or linear layer before them, \
      and with the rest in place; no program that runs so needs less. planned arena: one block in which these tensors \
      have places that do not overlap.
      """,
      """
      saved for backward: what automatic differentiation keeps between forward and backward pass, each storage once, \
      parameters apart\(checkpoints(training.options)). total: with parameters and buffers, gradients and optimizer \
      state\(precision(training.options)); the gradients of activations come and go beside it.
      """,
      """
      activations: outputs of convolutions, linear layers and matrix products; of all operators: views and in-place \
      results too. MB = 10^6 bytes, MiB = 2^20 bytes.
      """,
    ]
    if grouping != .model {
      notes.append(
        "In the table activations, outputs and saved bytes are sums, and live bytes the most while one of the \(noun(grouping)) runs."
      )
    }
    if let search = answers.search { notes.append(order(search)) }
    if let fit = answers.fit { notes.append(answer(fit, training.options)) }
    if figures.liveness.storage.unknownTensors > 0 {
      notes.append(
        "\(figures.liveness.storage.unknownTensors) tensors behind unsupported operators have no known size and count as 0 bytes."
      )
    }
    if graph.nodes.contains(where: \.isTrainingOnly) {
      notes.append("Auxiliary heads count in training only.")
    }
    return notes
  }

  private static func noun(_ grouping: Grouping) -> String {
    switch grouping {
    case .layer: "layer's operators"
    case .stage: "stage's operators"
    case .operator, .model: "operators"
    }
  }

  private static func assumptions(_ options: MemoryOptions) -> String {
    var parts: [String] = []
    if options.overwritesInPlace { parts.append("elementwise operators overwrite an input that dies") }
    if options.fusesEpilogues { parts.append("elementwise operators are fused into the product before them") }
    if options.concatenatesAsViews { parts.append("tensors are written where their concatenation has them") }
    if let type = options.elementType { parts.append("real numbers are \(type)") }
    parts.append(options.countsWeights ? "parameters and constants included" : "parameters apart")
    return "; " + parts.joined(separator: "; ")
  }

  private static func checkpoints(_ options: TrainingOptions) -> String {
    guard let count = options.blocksPerSegment else { return "" }
    let blocks = count == 1 ? "every block" : "every \(count) blocks"
    return
      "; with a checkpoint before \(blocks): the checkpoints, and the largest part between two while it is computed again"
  }

  private static func precision(_ options: TrainingOptions) -> String {
    switch options.precision {
    case .full: ""
    case .float16, .bfloat16: ", which in mixed precision has a 32-bit copy of the weights"
    }
  }

  private static func order(_ search: OrderSearch) -> String {
    let quality =
      search.isOptimal ? "no order needs less" : "found within the limits of the search, perhaps not the best"
    guard search.savedBytes != 0, let saved = search.savedBytes.constant, let given = search.given.peakBytes.constant
    else {
      return "best order: the network's own (\(quality))."
    }
    let units = units(search.savedBytes)
    let share = Quantity.fixed(Double(saved) / Double(given) * 100, decimals: 1)
    return "best order: saves \(units.decimal) (\(units.binary)), \(share) % of the liveness peak; \(quality)."
  }

  private static func answer(_ fit: (capacity: ByteCount, batch: Int?), _ options: TrainingOptions) -> String {
    let capacity = units(Dimension(fit.capacity.bytes))
    let limit = "\(capacity.decimal) (\(capacity.binary))"
    guard let batch = fit.batch else { return "fit: not even a batch of 1 can be trained in \(limit)." }
    return "fit: the largest batch that can be trained in \(limit) is \(Quantity(Dimension(batch)).exact)."
  }
}
