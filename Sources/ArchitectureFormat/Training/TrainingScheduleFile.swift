import Analysis

/// Reads a training schedule from YAML.
///
///     name: EfficientNetV2-S, progressive learning
///     source: Tan and Le 2021, arXiv:2104.00298, table 6
///     batch: 4096
///     optimizer: momentum          # sgd, momentum or adam
///     phases:
///       - epochs: 350
///         stages: 4                # equally long, from the first to the last value
///         resolution: 128..300
///         dropout: 0.1..0.3
///
/// A phase has `epochs` and may have `name`, `stages`, `resolution`, `batch`, `freeze` (stages and layers, as
/// ``FrozenPart`` reads them) and the strengths of ``settings``, which are shown and do not change any cost.
public enum TrainingScheduleFile {
  static let keys = ["name", "source", "batch", "optimizer", "phases"]
  /// Strengths of augmentation and regularisation.
  public static let settings = [
    "dropout", "stochastic_depth", "randaugment", "mixup", "cutmix", "label_smoothing", "repeated_augmentation",
  ]
  static let phaseKeys = ["name", "epochs", "stages", "resolution", "batch", "freeze"] + settings

  /// - Throws: ``ArchitectureFileError``, with line and column where something in the file is at fault.
  public static func schedule(contentsOf path: String) throws(ArchitectureFileError) -> TrainingSchedule {
    do throws(ArchitectureFileError) {
      return try schedule(text: SourceText.read(path), name: path)
    } catch {
      var error = error
      error.path = path
      throw error
    }
  }

  /// The schedule that a text describes, called `name` unless the text names it.
  static func schedule(text: String, name: String) throws(ArchitectureFileError) -> TrainingSchedule {
    let fields = try Fields(Item(parsing: text), owner: "the schedule", known: keys)
    let list = try fields.required("phases")
    let limit = TrainingSchedule.mostPhases
    guard case .list(let items) = list.content, (1...limit).contains(items.count) else {
      throw fields.wrongType("phases", list, expected: "a list of 1 to \(limit) phases")
    }
    var phases: [TrainingSchedule.Phase] = []
    for (position, item) in items.enumerated() { phases.append(try phase(item, owner: "phase \(position + 1)")) }
    var schedule = TrainingSchedule(name: try fields.line("name") ?? name, phases: phases)
    schedule.source = try fields.line("source") ?? ""
    schedule.batch = try fields.integer("batch", in: batches)
    if let item = fields["optimizer"] {
      guard let text = item.text, let optimizer = TrainingOptions.Optimizer(rawValue: text) else {
        let names = TrainingOptions.Optimizer.allCases.map(\.rawValue).joined(separator: ", ")
        throw fields.wrongType("optimizer", item, expected: "one of \(names)")
      }
      schedule.optimizer = optimizer
    }
    return schedule
  }

  /// Batch sizes that are counted.
  public static let batches = 1...(1 << 32)
  private static let sides = 1...100_000

  private static func phase(_ item: Item, owner: String) throws(ArchitectureFileError) -> TrainingSchedule.Phase {
    let fields = try Fields(item, owner: owner, known: phaseKeys)
    let written = try fields.required("epochs")
    guard let epochs = written.text.flatMap({ Epochs($0) }) else {
      throw fields.wrongType(
        "epochs", written, expected: "a number above 0 and up to \(Epochs.most), with at most 6 decimals")
    }
    var phase = TrainingSchedule.Phase(epochs: epochs)
    phase.name = try fields.line("name")
    phase.stages = try fields.integer("stages", in: 1...TrainingSchedule.mostPhases) ?? 1
    phase.batch = try fields.integer("batch", in: batches)
    phase.freeze = try fields.line("freeze") ?? ""
    let sideWording = "a whole number from 1 to \(sides.upperBound), or two as in 128..300"
    if let side = try fields.span("resolution", in: sides, expected: sideWording, { Int(plain: $0) }) {
      try checkSpan(fields, "resolution", side.first == side.last, phase.stages)
      phase.resolution = side
    }
    for key in settings {
      let range = 0.0...1000.0
      let wording = Fields.wording(range) + ", or two as in 0.1..0.3"
      guard let span = try fields.span(key, in: range, expected: wording, { Double(plain: $0) }) else { continue }
      try checkSpan(fields, key, span.first == span.last, phase.stages)
      phase.settings.append(TrainingSchedule.Setting(key, first: span.first, last: span.last))
    }
    return phase
  }

  /// A value that changes needs stages to change in.
  private static func checkSpan(
    _ fields: Fields, _ key: String, _ isConstant: Bool, _ stages: Int
  ) throws(ArchitectureFileError) {
    guard !isConstant, stages == 1, let item = fields[key] else { return }
    throw fields.wrongType(key, item, expected: "one value where the phase has one stage")
  }
}
