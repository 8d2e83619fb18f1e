import Analysis
import NetworkGraph
import SymbolicIntegers

/// The machine-readable form of a memory report. Keys are stable; numbers are strings where they are formulas.
struct MemoryDocument: Encodable, Sendable {
  struct Training: Encodable, Sendable {
    var savedForBackwardBytes: Quantity
    var gradientBytes: Quantity
    var optimizerBytes: Quantity
    /// Weights as the forward pass reads them, and buffers.
    var parameterBytes: Quantity
    var totalBytes: Quantity
    var optimizer: String
    var precision: String
    var checkpointBlocks: Int?
  }
  struct Inference: Encodable, Sendable {
    var eagerPeakBytes: Quantity
    /// The node of the eager peak; absent where symbols decide it.
    var peakNode: String?
    var livenessPeakBytes: Quantity
    var livenessPeakNode: String?
    var plannedPeakBytes: Quantity
    var plannedPeakNode: String?
    /// Absent over symbols.
    var plannedArenaBytes: Int?
    var options: Options
  }
  /// What the liveness figures take for granted.
  struct Options: Encodable, Sendable {
    var inPlace: Bool
    var fused: Bool
    var concatenationViews: Bool
    var weights: Bool
    /// Absent for the types of the graph.
    var elementType: String?
  }
  struct Activations: Encodable, Sendable {
    var bytes: Quantity
    var allOutputsBytes: Quantity
  }
  struct Order: Encodable, Sendable {
    var givenPeakBytes: Quantity
    var bestPeakBytes: Quantity
    var savedBytes: Quantity
    var isOptimal: Bool
    /// The nodes in the best order.
    var nodes: [String]
  }
  struct Fit: Encodable, Sendable {
    var capacityBytes: Int
    /// Absent where not even one sample fits.
    var batch: Int?
  }
  struct Group: Encodable, Sendable {
    var name: String
    var nodes: Int
    var outputShape: [Quantity]?
    var activationBytes: Quantity
    var allOutputsBytes: Quantity
    var savedForBackwardBytes: Quantity
    var eagerLiveBytes: Quantity
    var liveBytes: Quantity
    var plannedLiveBytes: Quantity
  }

  var schema = "convscope.memory/1"
  var model: String
  var input: [AnalysisDocument.Port]
  var training: Training
  var inference: Inference
  var activations: Activations
  var order: Order?
  var fit: Fit?
  /// Present when a grouping other than the model was asked for.
  var grouping: String?
  var groups: [Group]?
}

extension MemoryDocument {
  init(_ figures: MemoryFigures, _ answers: MemoryAnswers, _ grouping: Grouping) {
    let graph = figures.graph
    model = graph.name
    input = graph.inputs.map { port in
      AnalysisDocument.Port(name: port.name, shape: AnalysisDocument.shape(graph.type(of: port.value)) ?? [])
    }
    let measured = figures.training
    training = Training(
      savedForBackwardBytes: Quantity(measured.savedForBackwardBytes), gradientBytes: Quantity(measured.gradientBytes),
      optimizerBytes: Quantity(measured.optimizerBytes), parameterBytes: Quantity(measured.parameterBytes),
      totalBytes: Quantity(measured.totalBytes), optimizer: measured.options.optimizer.rawValue,
      precision: measured.options.precision.rawValue, checkpointBlocks: measured.options.blocksPerSegment)
    func name(_ liveness: Liveness) -> String? { liveness.peakStep.map { liveness.storage.name(of: $0) } }
    let options = figures.options
    inference = Inference(
      eagerPeakBytes: Quantity(figures.eager.peakBytes),
      peakNode: figures.eager.peakNode.map { graph.path(of: graph.nodes[$0]) },
      livenessPeakBytes: Quantity(figures.liveness.peakBytes), livenessPeakNode: name(figures.liveness),
      plannedPeakBytes: Quantity(figures.planned.peakBytes), plannedPeakNode: name(figures.planned),
      plannedArenaBytes: figures.arena?.bytes,
      options: Options(
        inPlace: options.overwritesInPlace, fused: options.fusesEpilogues,
        concatenationViews: options.concatenatesAsViews, weights: options.countsWeights,
        elementType: options.elementType?.description))
    let breakdown = MemoryFigures.Breakdown(figures)
    let total = breakdown.part(of: graph.nodes.indices)
    activations = Activations(
      bytes: Quantity(total.activationBytes), allOutputsBytes: Quantity(total.outputBytes))
    order = answers.search.map { search in
      let storage = search.liveness.storage
      return Order(
        givenPeakBytes: Quantity(search.given.peakBytes), bestPeakBytes: Quantity(search.liveness.peakBytes),
        savedBytes: Quantity(search.savedBytes), isOptimal: search.isOptimal,
        nodes: search.liveness.order.flatMap { storage.nodes(of: $0) }.map { graph.path(of: graph.nodes[$0]) })
    }
    fit = answers.fit.map { Fit(capacityBytes: $0.capacity.bytes, batch: $0.batch) }
    guard grouping != .model else { return }
    self.grouping = grouping.rawValue
    groups = graph.groups(by: grouping).map { group in
      let part = breakdown.part(of: group.nodes)
      return Group(
        name: group.name, nodes: group.nodes.count,
        outputShape: graph.outputType(of: group).flatMap(AnalysisDocument.shape),
        activationBytes: Quantity(part.activationBytes), allOutputsBytes: Quantity(part.outputBytes),
        savedForBackwardBytes: Quantity(part.savedBytes), eagerLiveBytes: Quantity(part.eagerPeakBytes),
        liveBytes: Quantity(part.livePeakBytes), plannedLiveBytes: Quantity(part.plannedPeakBytes))
    }
  }
}
