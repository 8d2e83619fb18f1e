import NetworkGraph
import SymbolicIntegers

/// What a whole training costs: every phase of a plan with its network, exact.
public struct TrainingRun: Sendable {
  /// The network of some phases: its pass and its memory, with the batch as a symbol.
  public struct Network: Sendable {
    public let pass: TrainingPass
    public let memory: TrainingMemory
    /// The batch of ``pass`` and ``memory``.
    public let batch: Symbol
    public let update: OptimizerUpdate
  }

  public struct Phase: Sendable {
    public let plan: PlannedPhase
    public let network: Network
  }

  public let options: TrainingOptions
  public let phases: [Phase]

  /// - Parameters:
  ///   - batch: the batch of the networks that `network` builds, their only symbol.
  ///   - network: the network for images of so many pixels on each side, or of its own size. Built once for each size.
  public init<Failure: Error>(
    _ plan: [PlannedPhase], _ options: TrainingOptions, batch: Symbol, network: (Int?) throws(Failure) -> Graph
  ) throws {
    self.options = options
    var built: [(resolution: Int?, freeze: String, network: Network)] = []
    var phases: [Phase] = []
    for phase in plan {
      if let known = built.first(where: { $0.resolution == phase.resolution && $0.freeze == phase.freeze }) {
        phases.append(Phase(plan: phase, network: known.network))
        continue
      }
      let graph =
        try built.first { $0.resolution == phase.resolution }?.network.pass.graph ?? network(phase.resolution)
      let frozen: FrozenPart
      do throws(FrozenPartError) {
        frozen = try phase.freeze.isEmpty ? .none : FrozenPart(graph, parsing: phase.freeze)
      } catch {
        throw TrainingRunError.frozen(phase: phase.name, error)
      }
      let network = try Network(graph, options, frozen, batch: batch, phase: phase.name)
      built.append((phase.resolution, phase.freeze, network))
      phases.append(Phase(plan: phase, network: network))
    }
    self.phases = phases
  }

  /// Operations of all phases.
  public func operations(_ convention: CountingConvention) throws(TrainingRunError) -> TrainingOperations {
    var sum = TrainingOperations()
    for phase in phases { sum += try phase.operations(convention) }
    return sum
  }
}

/// Operations of a training: more than 64 bits hold.
public struct TrainingOperations: Hashable, Sendable {
  public var forward: Int128 = 0
  public var inputGradients: Int128 = 0
  public var parameterGradients: Int128 = 0
  public var optimizer: Int128 = 0

  public init() {}

  public var total: Int128 { forward + inputGradients + parameterGradients + optimizer }
  /// All of it for one operation of the forward pass.
  public var ratio: Double { forward == 0 ? 0 : Double(total) / Double(forward) }

  static func += (left: inout TrainingOperations, right: TrainingOperations) {
    left.forward += right.forward
    left.inputGradients += right.inputGradients
    left.parameterGradients += right.parameterGradients
    left.optimizer += right.optimizer
  }
}

/// Why a training cannot be counted.
public enum TrainingRunError: Error, Hashable, Sendable {
  case frozen(phase: String, FrozenPartError)
  case nothingTrained(phase: String)
  case graph(GraphError)
  /// A figure of a phase left the range of 64-bit integers, or depends on symbols other than the batch.
  case figure(phase: String, DimensionError)
}

extension TrainingRunError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .frozen(_, let error): "\(error)"
    case .nothingTrained(let phase): "\(phase): every parameter is frozen, so nothing is left to train"
    case .graph(let error): "\(error)"
    case .figure(let phase, let error): "\(phase): \(error)"
    }
  }
}

extension TrainingRun.Network {
  fileprivate init(
    _ graph: Graph, _ options: TrainingOptions, _ frozen: FrozenPart, batch: Symbol, phase: String
  ) throws(TrainingRunError) {
    do throws(GraphError) {
      pass = try TrainingPass(graph, frozen: frozen)
      memory = try TrainingMemory(graph, options, frozen: frozen)
    } catch {
      throw .graph(error)
    }
    guard pass.trainableElements != 0 else { throw .nothingTrained(phase: phase) }
    self.batch = batch
    update = OptimizerUpdate(of: pass.trainableElements, options)
  }

  /// The value of a formula in the batch.
  func value(_ formula: Dimension, at size: Int, in phase: String) throws(TrainingRunError) -> Int {
    if let constant = formula.constant { return constant }
    do throws(DimensionError) {
      return try formula.evaluated(with: [batch: size])
    } catch {
      throw .figure(phase: phase, error)
    }
  }
}

extension TrainingRun.Phase {
  /// Images of a last, smaller batch; 0 where all are full.
  var remainder: Int { plan.images % plan.batch }

  /// A formula in the batch, summed over the steps of the phase.
  public func sum(_ formula: Dimension) throws(TrainingRunError) -> Int128 {
    var sum = Int128(plan.images / plan.batch)
    // A phase may be shorter than one batch.
    if sum != 0 { sum *= Int128(try network.value(formula, at: plan.batch, in: plan.name)) }
    if remainder > 0 { sum += Int128(try network.value(formula, at: remainder, in: plan.name)) }
    return sum
  }

  /// The value of a formula in the batch for so many images.
  public func value(_ formula: Dimension, images: Int) throws(TrainingRunError) -> Int {
    try network.value(formula, at: images, in: plan.name)
  }

  /// Operations of the phase.
  public func operations(_ convention: CountingConvention) throws(TrainingRunError) -> TrainingOperations {
    let total = network.pass.total
    var operations = TrainingOperations()
    operations.forward = try sum(convention.count(total.forward.operations))
    operations.inputGradients = try sum(convention.count(total.inputGradients.operations))
    operations.parameterGradients = try sum(convention.count(total.parameterGradients.operations))
    operations.optimizer = try sum(convention.count(network.update.work, origin: .function))
    return operations
  }

  /// Bytes that programs read and write which run one operator after the other.
  public func bytesMoved(_ options: TrainingOptions) throws(TrainingRunError) -> Int128 {
    try sum(network.pass.total.bytesMoved(elementBytes: options.precision.elementBytes) + network.update.bytesMoved)
  }

  /// A figure of the memory at the phase's batch, or at the part of it that one of several devices has.
  public func memory(
    _ figure: (TrainingMemory) -> Dimension, batch: Int? = nil
  ) throws(TrainingRunError) -> Int {
    try network.value(figure(network.memory), at: batch ?? plan.batch, in: plan.name)
  }
}

extension TrainingOptions.Precision {
  /// Bytes of a weight, activation or gradient.
  public var elementBytes: Int { (activations ?? .float32).byteCount }
}
