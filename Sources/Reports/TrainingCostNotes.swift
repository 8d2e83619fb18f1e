import Analysis
import NetworkGraph
import SymbolicIntegers

/// The definitions behind a training report, and what does not fit.
enum TrainingNotes {
  static func notes(_ cost: TrainingCost) throws(TrainingRunError) -> [String] {
    let options = cost.run.options
    var notes = [
      "\(cost.convention.name): \(cost.convention.definition). The backward pass has a rule for each gradient of each "
        + "operator; none is computed for images, or below the first trained parameter.",
      "gradients of inputs: with the sums over several readers of one tensor. gradients of weights: of trained parameters. "
        + "per forward: operations for one of the forward pass.",
      "The loss, and reading and augmenting images, are not counted; strengths of augmentation change no figure.",
      "bytes moved: every operand and result of every operator and gradient once, as a program that fuses nothing moves "
        + "them, in \(elementText(options)), with the update by \(options.optimizer.rawValue).",
      "saved bytes: what automatic differentiation keeps at the phase's batch. memory bytes: with gradients, optimizer state "
        + "and parameters.",
    ]
    if cost.run.phases.contains(where: { !$0.plan.freeze.isEmpty }) {
      notes.append(
        "Frozen layers pass gradients on where something below them is trained; their norms use batch statistics.")
    }
    if let estimate = cost.estimate { notes += self.notes(estimate, cost) }
    let unsupported = cost.run.phases.last.map { unsupportedNames($0.network.pass.graph) } ?? []
    if !unsupported.isEmpty {
      notes.append("Unsupported operators count as nothing: \(unsupported.joined(separator: ", ")).")
    }
    return notes
  }

  private static func elementText(_ options: TrainingOptions) -> String {
    switch options.precision {
    case .full: "32 bits"
    case .float16, .bfloat16: "16 bits"
    }
  }

  private static func notes(_ estimate: TrainingEstimate, _ cost: TrainingCost) -> [String] {
    let hardware = estimate.hardware
    let peak = Quantity.si(estimate.peak.operationsPerSecond)
    let bandwidth = Quantity.si(hardware.bandwidth)
    var notes = [
      "compute bound: two operations for each multiply-accumulate at \(peak)OP/s; no program is faster. bandwidth bound: "
        + "bytes moved at \(bandwidth)B/s; a program that fuses operators may be faster. roofline: for each operator and "
        + "gradient the larger of the two, summed.",
      "Devices share a batch equally and exchange gradients in no time."
        + (hardware.source.isEmpty ? "" : " Hardware: \(hardware.source)."),
    ]
    notes.insert(
      hardware.utilization == nil
        ? "Bounds only: the hardware states no utilization, so there is no model."
        : "model: the roofline divided by the stated utilization; an assumption, not a measurement.", at: 1)
    let capacity = MemoryTables.units(Dimension(hardware.memory))
    var told: Set<TrainingEstimate.Fit> = []
    for (phase, fit) in zip(cost.run.phases, estimate.fits) where !fit.fits && told.insert(fit).inserted {
      let needed = MemoryTables.units(Dimension(fit.neededBytes))
      let images = Quantity(Dimension(fit.deviceBatch)).exact
      let place = cost.run.phases.count > 1 ? "\(phase.plan.name): " : ""
      let problem = "\(place)\(images) images need \(needed.decimal), but a device has \(capacity.decimal)"
      if let micro = fit.microBatch, let passes = fit.microBatches {
        notes.append(
          "\(problem): micro-batches of at most \(Quantity(Dimension(micro)).exact) fit, \(Quantity(Dimension(passes)).exact) "
            + "to a step, and norms see only these.")
      } else {
        notes.append("\(problem), and not even one image fits.")
      }
    }
    return notes
  }

  private static func unsupportedNames(_ graph: Graph) -> [String] {
    var names: [String] = []
    for node in graph.nodes {
      guard case .opaque(let opaque) = node.operation, !names.contains(opaque.operatorName) else { continue }
      names.append(opaque.operatorName)
    }
    return names
  }
}
