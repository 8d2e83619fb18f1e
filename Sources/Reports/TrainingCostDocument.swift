import Analysis
import FoundationEssentials
import NetworkGraph
import SymbolicIntegers

/// An integer of up to 128 bits as a plain JSON number.
struct WideInteger: Encodable, Sendable {
  var value: Int128

  init(_ value: Int128) { self.value = value }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let small = Int(exactly: value) {
      try container.encode(small)
    } else if let decimal = Decimal(string: "\(value)") {
      try container.encode(decimal)
    } else {
      try container.encode("\(value)")
    }
  }
}

/// The machine-readable form of a training report. Keys are stable.
struct TrainingCostDocument: Encodable, Sendable {
  struct Convention: Encodable, Sendable {
    var name: String
    var unit: String
    var definition: String
  }
  struct Schedule: Encodable, Sendable {
    /// Absent where no file was given.
    var name: String?
    var source: String?
  }
  struct Operations: Encodable, Sendable {
    var forward: WideInteger
    var inputGradients: WideInteger
    var weightGradients: WideInteger
    var optimizer: WideInteger
    var total: WideInteger
    /// All of it for one operation of the forward pass.
    var perForward: Double

    init(_ operations: TrainingOperations) {
      forward = WideInteger(operations.forward)
      inputGradients = WideInteger(operations.inputGradients)
      weightGradients = WideInteger(operations.parameterGradients)
      optimizer = WideInteger(operations.optimizer)
      total = WideInteger(operations.total)
      perForward = operations.ratio
    }
  }
  struct Memory: Encodable, Sendable {
    var batch: Int
    var savedForBackwardBytes: Int
    var gradientBytes: Int
    var optimizerBytes: Int
    var parameterBytes: Int
    var totalBytes: Int
  }
  struct Fit: Encodable, Sendable {
    var deviceBatch: Int
    var neededBytes: Int
    var fits: Bool
    /// The most images that fit at once; absent where not even one does.
    var microBatch: Int?
    var microBatches: Int?
  }
  /// Seconds of the whole training; bounds and a model, never measured.
  struct Seconds: Encodable, Sendable {
    var computeBound: Double
    var bandwidthBound: Double
    var roofline: Double
    var model: Double?

    init(_ bounds: TrainingEstimate.Bounds, utilization: Double?) {
      computeBound = bounds.compute
      bandwidthBound = bounds.bandwidth
      roofline = bounds.roofline
      model = utilization.map { bounds.roofline / $0 }
    }
  }
  struct Phase: Encodable, Sendable {
    var name: String
    var epochs: Double
    var images: Int
    var batch: Int
    var steps: Int
    var input: [AnalysisDocument.Port]
    var frozen: String?
    var settings: [String: Double]
    var trainedParameters: Quantity
    var operations: Operations
    var bytesMoved: WideInteger
    var memory: Memory
    var fit: Fit?
    var seconds: Seconds?
  }
  struct Estimate: Encodable, Sendable {
    /// For the roofline and for the model.
    struct Pair: Encodable, Sendable {
      var roofline: Double?
      var model: Double?
    }
    var hardware: String
    var source: String?
    var devices: Int
    var elementType: String
    var peakOperationsPerSecond: Double
    var bandwidthBytesPerSecond: Double
    var memoryBytes: Int
    var utilization: Double?
    var seconds: Seconds
    var kilowattHours: Pair?
    var price: Pair?
    var currency: String?
  }
  /// One image through a part of the last phase's network.
  struct Group: Encodable, Sendable {
    var name: String
    var nodes: Int
    var parameters: Quantity
    var trainedParameters: Quantity
    var forward: Int
    var inputGradients: Int
    var weightGradients: Int
    var bytesMoved: Int
  }

  var schema = "convscope.train-cost/1"
  var model: String
  var convention: Convention
  var optimizer: String
  var precision: String
  var schedule: Schedule
  var images: Int
  var imagesSeen: WideInteger
  var steps: WideInteger
  var operations: Operations
  var bytesMoved: WideInteger
  var phases: [Phase]
  var estimate: Estimate?
  /// Present when a grouping other than the model was asked for.
  var grouping: String?
  var groups: [Group]?
}

extension TrainingCostDocument {
  init(_ cost: TrainingCost, _ grouping: Grouping) throws(TrainingRunError) {
    let (run, options) = (cost.run, cost.run.options)
    model = cost.shown?.network.pass.graph.name ?? ""
    convention = Convention(
      name: cost.convention.name, unit: cost.convention.unit, definition: cost.convention.definition)
    optimizer = options.optimizer.rawValue
    precision = options.precision.rawValue
    schedule = Schedule(
      name: cost.schedule.name.isEmpty ? nil : cost.schedule.name,
      source: cost.schedule.source.isEmpty ? nil : cost.schedule.source)
    images = cost.images
    imagesSeen = WideInteger(run.phases.reduce(0) { $0 + Int128($1.plan.images) })
    steps = WideInteger(run.phases.reduce(0) { $0 + Int128($1.plan.steps) })
    operations = Operations(try run.operations(cost.convention))
    var (moved, phases): (Int128, [Phase]) = (0, [])
    for (position, phase) in run.phases.enumerated() {
      moved += try phase.bytesMoved(options)
      phases.append(try Phase(phase, cost, position))
    }
    bytesMoved = WideInteger(moved)
    self.phases = phases
    estimate = cost.estimate.map(Estimate.init)
    guard grouping != .model, let shown = cost.shown else { return }
    self.grouping = grouping.rawValue
    var groups: [Group] = []
    let graph = shown.network.pass.graph
    for group in graph.groups(by: grouping) {
      let part = try TrainingPart(shown, group.nodes, cost)
      groups.append(
        Group(
          name: group.name, nodes: group.nodes.count,
          parameters: Quantity(FrozenPart.none.trainableElements(of: graph, nodes: group.nodes)),
          trainedParameters: Quantity(part.trained), forward: part.forward, inputGradients: part.inputGradients,
          weightGradients: part.parameterGradients, bytesMoved: part.bytesMoved))
    }
    self.groups = groups
  }
}

extension TrainingCostDocument.Phase {
  fileprivate init(_ phase: TrainingRun.Phase, _ cost: TrainingCost, _ position: Int) throws(TrainingRunError) {
    let (plan, graph) = (phase.plan, phase.network.pass.graph)
    name = plan.name
    epochs = Double(plan.images) / Double(cost.images)
    images = plan.images
    batch = plan.batch
    steps = plan.steps
    input = graph.inputs.map { port in
      // The batch is a symbol of the computation, not of the training.
      let shape = Shape(Array(graph.type(of: port.value).shape.dimensions.dropFirst()))
      return AnalysisDocument.Port(name: port.name, shape: shape.dimensions.map(Quantity.init))
    }
    frozen = plan.freeze.isEmpty ? nil : plan.freeze
    settings = Dictionary(plan.settings.map { ($0.name, $0.first) }) { first, _ in first }
    trainedParameters = Quantity(phase.network.pass.trainableElements)
    operations = TrainingCostDocument.Operations(try phase.operations(cost.convention))
    bytesMoved = WideInteger(try phase.bytesMoved(cost.run.options))
    let size = min(plan.batch, plan.images)
    memory = TrainingCostDocument.Memory(
      batch: size, savedForBackwardBytes: try phase.memory(\.savedForBackwardBytes, batch: size),
      gradientBytes: try phase.memory(\.gradientBytes, batch: size),
      optimizerBytes: try phase.memory(\.optimizerBytes, batch: size),
      parameterBytes: try phase.memory(\.parameterBytes, batch: size),
      totalBytes: try phase.memory(\.totalBytes, batch: size))
    guard let estimate = cost.estimate else { return }
    let fit = estimate.fits[position]
    self.fit = TrainingCostDocument.Fit(
      deviceBatch: fit.deviceBatch, neededBytes: fit.neededBytes, fits: fit.fits, microBatch: fit.microBatch,
      microBatches: fit.microBatches)
    seconds = TrainingCostDocument.Seconds(
      estimate.bounds[position], utilization: estimate.hardware.utilization)
  }
}

extension TrainingCostDocument.Estimate {
  fileprivate init(_ estimate: TrainingEstimate) {
    let (hardware, total) = (estimate.hardware, estimate.total)
    self.hardware = hardware.name
    source = hardware.source.isEmpty ? nil : hardware.source
    devices = estimate.devices
    elementType = estimate.peak.name
    peakOperationsPerSecond = estimate.peak.operationsPerSecond
    bandwidthBytesPerSecond = hardware.bandwidth
    memoryBytes = hardware.memory
    utilization = hardware.utilization
    seconds = TrainingCostDocument.Seconds(total, utilization: hardware.utilization)
    if hardware.power != nil {
      kilowattHours = Pair(
        roofline: estimate.energy(seconds: total.roofline),
        model: estimate.modelSeconds.flatMap { estimate.energy(seconds: $0) })
    }
    if hardware.price != nil {
      price = Pair(
        roofline: estimate.price(seconds: total.roofline),
        model: estimate.modelSeconds.flatMap { estimate.price(seconds: $0) })
      currency = hardware.currency
    }
  }
}
