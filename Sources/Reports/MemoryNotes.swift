import Analysis
import NetworkGraph
import SymbolicIntegers

extension MemoryTables {
  /// The definitions behind the figures, and what else there is to say about them.
  static func notes(_ figures: MemoryFigures, _ answers: MemoryAnswers, _ grouping: Grouping) -> [String] {
    let graph = figures.graph
    let training = figures.training
    var notes = [
      "eager peak: the most bytes alive at once as the reference implementation runs: an output for every operator, in "
        + "place where the reference is, inputs of a module until it returns, indices of max pooling; parameters apart.",
      "liveness peak: the largest sum, over the steps, of the running operator's inputs and output and whatever a later "
        + "one needs; views share storage\(assumptions(figures.options)).",
      "planned peak: the same in a program that fuses elementwise operators into the convolution or linear layer before "
        + "them and runs the rest in place. planned arena: one block that has a place for every tensor of it.",
      "saved for backward: what automatic differentiation keeps from the forward pass, each storage once, parameters "
        + "apart\(checkpoints(training.options)).",
      "parameters: with buffers\(precision(training.options)). The gradients of activations come and go beside the total.",
      "activations: outputs of convolutions, linear layers and matrix products, and of all operators, views too.",
      "MB = 10^6 bytes, MiB = 2^20 bytes.",
    ]
    if grouping != .model {
      notes.append(
        "By \(grouping.rawValue): activations, outputs and saved bytes are sums; live bytes are the most while a part of it runs."
          + (training.options.blocksPerSegment == nil ? "" : " Saved bytes are those without checkpoints.")
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
    case .float16, .bfloat16: "; in 16 bits, with a 32-bit copy of the weights in the optimizer state"
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
