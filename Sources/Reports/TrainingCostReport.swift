import Analysis
import NetworkGraph
import SymbolicIntegers

/// A training to be reported: what was counted, and what was asked for.
public struct TrainingCost: Sendable {
  public var run: TrainingRun
  public var schedule: TrainingSchedule
  /// Images of the data set.
  public var images: Int
  public var convention: CountingConvention
  /// nil where no hardware was named.
  public var estimate: TrainingEstimate?

  public init(
    _ run: TrainingRun, schedule: TrainingSchedule, images: Int, convention: CountingConvention,
    estimate: TrainingEstimate?
  ) {
    (self.run, self.schedule, self.images) = (run, schedule, images)
    (self.convention, self.estimate) = (convention, estimate)
  }

  /// The phase whose network is shown in parts: the last.
  var shown: TrainingRun.Phase? { run.phases.last }
}

extension Report {
  /// A whole training: its phases, the operations of each direction, its memory, bounds on its time, and the last phase's
  /// network by stage, operator or layer.
  /// - Throws: ``TrainingRunError`` where a figure cannot be evaluated.
  public static func training(_ cost: TrainingCost, grouping: Grouping) throws -> Report {
    guard let shown = cost.shown else {
      return Report(title: "", tables: [], data: Table(columns: [], rows: []), document: [String]())
    }
    let graph = shown.network.pass.graph
    let phases = try TrainingTables.phases(cost)
    var tables = [phases]
    var data = phases
    if grouping != .model {
      let groups = try TrainingTables.groups(cost, shown, grouping)
      tables.append(groups)
      data = groups
    }
    tables.append(try TrainingTables.operations(cost))
    tables.append(try TrainingTables.memory(cost))
    if let estimate = cost.estimate { tables.append(TrainingTables.time(estimate)) }
    let document = try TrainingCostDocument(cost, grouping)
    let source = cost.schedule.source.isEmpty ? "" : " (\(cost.schedule.source))"
    let name = cost.schedule.name.isEmpty ? "" : "\(cost.schedule.name)\(source): "
    let seen = cost.run.phases.reduce(Int128(0)) { $0 + Int128($1.plan.images) }
    let steps = cost.run.phases.reduce(Int128(0)) { $0 + Int128($1.plan.steps) }
    return Report(
      title: "Training \(graph.name)",
      introduction: [
        "\(name)\(Quantity.grouped(Int128(cost.images))) images, \(TrainingTables.epochs(seen, of: cost.images)) epochs: "
          + "\(Quantity.grouped(seen)) images seen in \(Quantity.grouped(steps)) steps."
      ], tables: tables, data: data, notes: try TrainingNotes.notes(cost), document: document)
  }
}

/// The tables of a training report.
enum TrainingTables {
  /// Passes over the data set, with at most two decimals.
  static func epochs(_ seen: Int128, of images: Int) -> String {
    let text = Quantity.fixed(Double(seen) / Double(images), decimals: 2)
    guard text.hasSuffix("0") else { return text }
    return text.hasSuffix(".00") ? String(text.dropLast(3)) : String(text.dropLast())
  }

  static func phases(_ cost: TrainingCost) throws(TrainingRunError) -> Table {
    let phases = cost.run.phases
    var settings: [String] = []
    for phase in phases {
      for setting in phase.plan.settings where !settings.contains(setting.name) { settings.append(setting.name) }
    }
    let isFrozen = phases.contains { !$0.plan.freeze.isEmpty }
    var columns = [
      Table.Column("phase", "phase"), Table.Column("epochs", "epochs", isNumeric: true),
      Table.Column("input", "input", isNumeric: true), Table.Column("batch", "batch", isNumeric: true),
      Table.Column("steps", "steps", isNumeric: true), Table.Column("images", "images", isNumeric: true),
    ]
    columns += settings.map { Table.Column($0, $0.replacing("_", with: " "), isNumeric: true) }
    if isFrozen { columns.append(Table.Column("frozen", "frozen")) }
    columns += [
      Table.Column("trained_parameters", "trained", isNumeric: true),
      Table.Column("operations", cost.convention.name, isNumeric: true),
      Table.Column("bytes_moved", "bytes moved", isNumeric: true),
      Table.Column("saved_bytes", "saved bytes", isNumeric: true),
      Table.Column("memory_bytes", "memory bytes", isNumeric: true),
    ]
    var rows: [[Cell]] = []
    for phase in phases {
      let plan = phase.plan
      let graph = phase.network.pass.graph
      let batch = min(plan.batch, plan.images)
      var row: [Cell] = [
        .text(plan.name), .text(epochs(Int128(plan.images), of: cost.images)), .text(input(graph)),
        .text("\(plan.batch)"), .text("\(plan.steps)"), .count(Dimension(plan.images)),
      ]
      for name in settings {
        row.append(plan.settings.first { $0.name == name }.map { .text(number($0.first)) } ?? .empty)
      }
      if isFrozen { row.append(.text(plan.freeze)) }
      row += [
        .count(phase.network.pass.trainableElements), .wide(try phase.operations(cost.convention).total),
        .wide(try phase.bytesMoved(cost.run.options)),
        .count(Dimension(try phase.memory(\.savedForBackwardBytes, batch: batch))),
        .count(Dimension(try phase.memory(\.totalBytes, batch: batch))),
      ]
      rows.append(row)
    }
    return Table(title: "phases", columns: columns, rows: rows)
  }

  /// The shape of one image.
  static func input(_ graph: Graph) -> String {
    graph.inputs.map { "\(Shape(Array(graph.type(of: $0.value).shape.dimensions.dropFirst())))" }.joined(
      separator: ", ")
  }

  /// At most four decimals.
  private static func number(_ value: Double) -> String {
    var text = Quantity.fixed(value, decimals: 4)
    while text.contains("."), text.last == "0" || text.last == "." { text.removeLast() }
    return text
  }

  /// One image through the last phase's network.
  static func groups(
    _ cost: TrainingCost, _ phase: TrainingRun.Phase, _ grouping: Grouping
  ) throws(TrainingRunError) -> Table {
    let pass = phase.network.pass
    func row(_ name: String, _ nodes: [Int], _ parameters: Dimension) throws(TrainingRunError) -> [Cell] {
      let part = try TrainingPart(phase, nodes, cost)
      return [
        .text(name), .count(parameters), .count(part.trained), .count(Dimension(part.forward)),
        .count(Dimension(part.inputGradients)), .count(Dimension(part.parameterGradients)),
        part.forward == 0 ? .empty : .text(Quantity.fixed(part.ratio, decimals: 3)), .count(Dimension(part.bytesMoved)),
      ]
    }
    var rows: [[Cell]] = []
    let trainingOnly = pass.graph.nodes.filter(\.isTrainingOnly).map(\.id)
    for group in pass.graph.groups(by: grouping) {
      rows.append(
        try row(group.name, group.nodes, FrozenPart.none.trainableElements(of: pass.graph, nodes: group.nodes)))
    }
    if !trainingOnly.isEmpty {
      rows.append(
        try row(
          "(auxiliary heads)", trainingOnly, FrozenPart.none.trainableElements(of: pass.graph, nodes: trainingOnly)))
    }
    let all = Array(pass.graph.nodes.indices)
    let name = cost.run.phases.count > 1 ? " in \(phase.plan.name)" : ""
    return Table(
      title: "one image of \(input(pass.graph))\(name), by \(grouping.rawValue)",
      columns: [
        Table.Column("name", grouping.rawValue), Table.Column("parameters", "parameters", isNumeric: true),
        Table.Column("trained_parameters", "trained", isNumeric: true),
        Table.Column("forward", "forward", isNumeric: true),
        Table.Column("input_gradients", "input gradients", isNumeric: true),
        Table.Column("weight_gradients", "weight gradients", isNumeric: true),
        Table.Column("per_forward", "per forward", isNumeric: true),
        Table.Column("bytes_moved", "bytes moved", isNumeric: true),
      ], rows: rows, total: try row("total", all, FrozenPart.none.trainableElements(of: pass.graph, nodes: all)))
  }

  static func operations(_ cost: TrainingCost) throws(TrainingRunError) -> Table {
    let sum = try cost.run.operations(cost.convention)
    func row(_ name: String, _ count: Int128) -> [Cell] {
      let share = sum.total == 0 ? 0 : Double(count) / Double(sum.total)
      let ratio = sum.forward == 0 ? "" : Quantity.fixed(Double(count) / Double(sum.forward), decimals: 3)
      return [
        .text(name), .text(Quantity.grouped(count)), .text(joined(Quantity.si(Double(count)), cost.convention.unit)),
        .share(share), .text(ratio),
      ]
    }
    return Table(
      title: "operations of the whole training (\(cost.convention.name))",
      columns: [
        Table.Column("what", "what"), Table.Column("operations", "exact", isNumeric: true),
        Table.Column("short", "short", isNumeric: true), Table.Column("share", "share", isNumeric: true),
        Table.Column("per_forward", "per forward", isNumeric: true),
      ],
      rows: [
        row("forward", sum.forward), row("gradients of inputs", sum.inputGradients),
        row("gradients of weights", sum.parameterGradients), row("optimizer", sum.optimizer),
      ], total: row("total", sum.total))
  }

  /// The phase that needs the most.
  static func memory(_ cost: TrainingCost) throws(TrainingRunError) -> Table {
    var largest: (phase: TrainingRun.Phase, batch: Int, bytes: Int)?
    for (position, phase) in cost.run.phases.enumerated() {
      let batch = cost.estimate?.fits[position].deviceBatch ?? min(phase.plan.batch, phase.plan.images)
      let bytes = try phase.memory(\.totalBytes, batch: batch)
      if bytes > largest?.bytes ?? -1 { largest = (phase, batch, bytes) }
    }
    guard let largest else { return Table(columns: [], rows: []) }
    var rows: [[Cell]] = []
    for (name, figure) in memoryFigures {
      let bytes = Dimension(try largest.phase.memory(figure, batch: largest.batch))
      let units = MemoryTables.units(bytes)
      rows.append([.text(name), .text(Quantity(bytes).exact), .text(units.decimal), .text(units.binary)])
    }
    let name = cost.run.phases.count > 1 ? " in \(largest.phase.plan.name)" : ""
    let device = cost.estimate.map { $0.devices > 1 ? " on each device" : "" } ?? ""
    return Table(
      title: "memory at \(Quantity(Dimension(largest.batch)).exact) images\(device)\(name)",
      columns: [
        Table.Column("figure", "figure"), Table.Column("bytes", "bytes", isNumeric: true),
        Table.Column("decimal", "decimal", isNumeric: true), Table.Column("binary", "binary", isNumeric: true),
      ], rows: rows)
  }

  static let memoryFigures: [(String, @Sendable (TrainingMemory) -> Dimension)] = [
    ("saved for backward", { $0.savedForBackwardBytes }), ("gradients", { $0.gradientBytes }),
    ("optimizer state", { $0.optimizerBytes }), ("parameters", { $0.parameterBytes }), ("total", { $0.totalBytes }),
  ]

  static func time(_ estimate: TrainingEstimate) -> Table {
    let total = estimate.total
    func row(_ name: String, _ seconds: Double) -> [Cell] {
      [
        .text(name), .text(duration(seconds)),
        estimate.energy(seconds: seconds).map { .text(joined(Quantity.si($0 * 1000), "Wh")) } ?? .empty,
        estimate.price(seconds: seconds).map { .text("\(money($0)) \(estimate.hardware.currency)") } ?? .empty,
      ]
    }
    var rows = [
      row("compute bound", total.compute), row("bandwidth bound", total.bandwidth), row("roofline", total.roofline),
    ]
    if let model = estimate.modelSeconds, let utilization = estimate.hardware.utilization {
      rows.append(row("model at \(Quantity.fixed(utilization * 100, decimals: 1)) % of the roofline", model))
    }
    let devices = estimate.devices == 1 ? "" : "\(Quantity(Dimension(estimate.devices)).exact) x "
    return Table(
      title: "time on \(devices)\(estimate.hardware.name), \(estimate.peak.name): not measured",
      columns: [
        Table.Column("what", "what"), Table.Column("time", "time", isNumeric: true),
        Table.Column("energy", "energy", isNumeric: true), Table.Column("price", "price", isNumeric: true),
      ], rows: rows)
  }

  /// Three significant digits in the unit that suits: `41.2 h`.
  static func duration(_ seconds: Double) -> String {
    let (value, unit): (Double, String) =
      switch seconds {
      case ..<1: (seconds * 1000, "ms")
      case ..<120: (seconds, "s")
      case ..<7200: (seconds / 60, "min")
      case ..<172_800: (seconds / 3600, "h")
      default: (seconds / 86_400, "days")
      }
    let decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0
    return "\(Quantity.fixed(value, decimals: decimals)) \(unit)"
  }

  /// Two decimals, digits in groups of three.
  static func money(_ value: Double) -> String {
    guard value < 1e15 else { return Quantity.si(value) }
    let text = Quantity.fixed(value, decimals: 2)
    return Quantity.grouped(Int128(text.dropLast(3)) ?? 0) + text.suffix(3)
  }

  private static func joined(_ number: String, _ unit: String) -> String {
    number.last?.isLetter == true ? number + unit : "\(number) \(unit)"
  }
}

/// One image through a part of a phase's network.
struct TrainingPart {
  var trained: Dimension
  var forward: Int
  var inputGradients: Int
  var parameterGradients: Int
  var bytesMoved: Int

  var ratio: Double { Double(forward + inputGradients + parameterGradients) / Double(forward) }

  init(_ phase: TrainingRun.Phase, _ nodes: [Int], _ cost: TrainingCost) throws(TrainingRunError) {
    let pass = phase.network.pass
    let measures = pass.measures(of: nodes)
    trained = pass.frozen.trainableElements(of: pass.graph, nodes: nodes)
    forward = try phase.value(cost.convention.count(measures.forward.operations), images: 1)
    inputGradients = try phase.value(cost.convention.count(measures.inputGradients.operations), images: 1)
    parameterGradients = try phase.value(cost.convention.count(measures.parameterGradients.operations), images: 1)
    bytesMoved = try phase.value(
      measures.bytesMoved(elementBytes: cost.run.options.precision.elementBytes), images: 1)
  }
}
