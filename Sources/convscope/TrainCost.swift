import Analysis
import ArchitectureFormat
import ArgumentParser
import NetworkGraph
import Reports
import SymbolicIntegers

struct TrainCost: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train-cost", abstract: "Count what training one network costs, before anyone trains it.",
    discussion: """
      Operations of the forward and the backward pass and of the optimizer, bytes moved, and memory, for every phase of a \
      schedule; with a hardware file, bounds on time, energy and price. Nothing is measured. Examples/schedules and \
      Examples/hardware hold files to start from.
      """)

  /// What weights and activations are stored as.
  enum Precision: String, CaseIterable, ExpressibleByArgument {
    case fp32, fp16, bf16
  }

  @Argument(help: "A built-in network, an ONNX file or a description in YAML.")
  var model: String

  @OptionGroup var inputs: InputOptions
  @OptionGroup var edits: EditOptions

  @Option(name: .long, help: "Images of the data set: 1281167 for ImageNet-1k.")
  var images: Int?

  @Option(name: .long, help: "Passes over the images; with a schedule, its length is stretched to so many.")
  var epochs: String?

  @Option(name: .long, help: "Images to an update; takes the place of a schedule's.")
  var batch: Int?

  @Option(name: .long, help: ArgumentHelp("Phases of sizes and strengths, in YAML.", valueName: "file"))
  var schedule: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Stages and layers that are not trained: stem..layer3; repeat with commas. For phases that freeze nothing themselves.",
      valueName: "stages"))
  var freeze: String?

  @Option(name: .long, help: "Classes of the data set: short for --set classes=...")
  var classes: Int?

  @Option(name: .long, help: "What updates the weights. By default the schedule's, else momentum.")
  var optimizer: TrainingOptions.Optimizer?

  @Option(
    name: .long, help: "What weights and activations are stored as; fp16 and bf16 with 32-bit copies of the weights.")
  var precision: Precision = .fp32

  @Option(name: .long, help: ArgumentHelp("Rates, memory, price and power of a device, in YAML.", valueName: "file"))
  var hardware: String?

  @Option(name: .long, help: "Devices that share each batch.")
  var devices: Int = 1

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Which of the hardware's peaks holds for products. By default that of --precision.", valueName: "type"))
  var peak: String?

  @Option(name: .long, help: "Share of the roofline that the model reaches; takes the place of the hardware's.")
  var utilization: Double?

  @OptionGroup var convention: ConventionOption

  @Option(name: .long, help: "One row per what for one image. By default stages in text for people, else none.")
  var by: Grouping?

  @OptionGroup var output: OutputOptions

  func run() throws {
    try checkNumbers()
    let schedule = try trainingSchedule()
    let device = try device()
    guard let images else {
      throw CommandFailure(.usage, "--images: say how many images the data set has, such as 1281167 for ImageNet-1k")
    }
    let plan = try planned(schedule, images: images)
    let options = TrainingOptions(
      optimizer: optimizer ?? schedule.optimizer ?? .momentum, precision: trainingPrecision)
    let run = try trainingRun(plan, options)
    let grouping = by ?? (output.format == .csv || output.format == .json ? .model : .stage)
    do {
      let estimate = try device.map { try TrainingEstimate(run, on: $0.hardware, peak: $0.peak, devices: devices) }
      let cost = TrainingCost(
        run, schedule: schedule, images: images, convention: convention.convention, estimate: estimate)
      try output.write(.training(cost, grouping: grouping))
    } catch let error as TrainingRunError {
      throw CommandFailure(.data, "\(model): \(error)")
    }
  }

  // MARK: Options

  private func checkNumbers() throws {
    if let images, images < 1 { throw CommandFailure(.usage, "--images \(images): a data set has at least 1 image") }
    if let batch, !TrainingScheduleFile.batches.contains(batch) {
      throw CommandFailure(
        .usage, "--batch \(batch): a batch has from 1 to \(TrainingScheduleFile.batches.upperBound) images")
    }
    if let classes, classes < 1 { throw CommandFailure(.usage, "--classes \(classes): there is at least 1 class") }
    guard (1...1_000_000).contains(devices) else {
      throw CommandFailure(.usage, "--devices \(devices): from 1 to 1000000 devices share a batch")
    }
    if let utilization, !(utilization > 0 && utilization <= 1) {
      throw CommandFailure(.usage, "--utilization \(utilization): a share is above 0 and at most 1")
    }
    if hardware == nil {
      let needless = [("--peak", peak != nil), ("--utilization", utilization != nil), ("--devices", devices != 1)]
      if let option = needless.first(where: \.1)?.0 {
        throw CommandFailure(.usage, "\(option) says something about a device: name it with --hardware")
      }
    }
    guard !["fvcore", "thop"].contains(convention.convention.name) else {
      throw CommandFailure(
        .usage,
        "--convention \(convention.convention.name) is the definition of a forward pass and says nothing of gradients: "
          + "there are macs, macs-bias, flops, all-operations")
    }
  }

  private var trainingPrecision: TrainingOptions.Precision {
    switch precision {
    case .fp32: .full
    case .fp16: .float16
    case .bf16: .bfloat16
    }
  }

  private func givenEpochs() throws -> Epochs? {
    guard let epochs else { return nil }
    guard let count = Epochs(epochs) else {
      throw CommandFailure(
        .usage,
        "--epochs \(epochs): write a number above 0 and up to \(Epochs.most), with at most 6 decimals")
    }
    return count
  }

  private func trainingSchedule() throws -> TrainingSchedule {
    guard let path = schedule else {
      guard let epochs = try givenEpochs() else {
        throw CommandFailure(.usage, "--epochs: say how long to train, such as 90, or name a --schedule")
      }
      return TrainingSchedule(name: "", phases: [TrainingSchedule.Phase(epochs: epochs)])
    }
    return try read { () throws(ArchitectureFileError) in try TrainingScheduleFile.schedule(contentsOf: path) }
  }

  private func device() throws -> (hardware: Hardware, peak: Hardware.Peak)? {
    guard let path = hardware else { return nil }
    var device = try read { () throws(ArchitectureFileError) in try HardwareFile.hardware(contentsOf: path) }
    if let utilization { device.utilization = utilization }
    let name = peak ?? trainingPrecision.peakName
    guard let rate = device.peaks.first(where: { $0.name == name }) else {
      let names = device.peaks.map(\.name).joined(separator: ", ")
      throw CommandFailure(
        .usage, "\(device.name) states no peak for \(name): choose with --peak among \(names)")
    }
    return (device, rate)
  }

  private func read<Result>(_ body: () throws(ArchitectureFileError) -> Result) throws -> Result {
    do throws(ArchitectureFileError) {
      return try body()
    } catch {
      if case .unreadable = error.fault { throw CommandFailure(.noInput, "\(error)") }
      throw CommandFailure(.data, "\(error)")
    }
  }

  // MARK: Work

  private func planned(_ schedule: TrainingSchedule, images: Int) throws -> [PlannedPhase] {
    let epochs = try self.schedule == nil ? nil : givenEpochs()
    do throws(TrainingPlanError) {
      var plan = try schedule.planned(images: images, epochs: epochs, batch: batch)
      for position in plan.indices where plan[position].freeze.isEmpty { plan[position].freeze = freeze ?? "" }
      return plan
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
  }

  private func trainingRun(_ plan: [PlannedPhase], _ options: TrainingOptions) throws -> TrainingRun {
    guard let symbol = Symbol("training_batch") else { throw CommandFailure(.software, "the batch has no name") }
    var edits = edits
    if let classes { edits.set.append("classes=\(classes)") }
    let source = ModelSource(argument: model, edits: edits)
    let own = try source.graph(inputs)
    do {
      return try TrainingRun(plan, options, batch: symbol) { side in
        try source.graph(symbolicInputs(own, batch: symbol, side: side))
      }
    } catch let error as TrainingRunError {
      if case .frozen(let phase, _) = error {
        let origin = freeze == nil ? "\(schedule ?? "--schedule"): \(phase)" : "--freeze"
        throw CommandFailure(.usage, "\(origin): \(model): \(error)")
      }
      throw CommandFailure(.data, "\(model): \(error)")
    }
  }

  /// The inputs of the network with the batch as a symbol, and images of another size.
  private func symbolicInputs(_ own: Graph, batch: Symbol, side: Int?) throws -> InputOptions {
    var inputs = inputs
    inputs.input = try own.inputs.map { port in
      var shape = own.type(of: port.value).shape
      if let side {
        guard shape.rank == 4 else {
          throw CommandFailure(
            .usage,
            "\(model): the schedule sets a size of images, but input \(port.name) is \(shape), which has no sides")
        }
        (shape[2], shape[3]) = (Dimension(side), Dimension(side))
      }
      let axes = shape.dimensions.dropFirst().map { "x(\($0))" }
      return (own.inputs.count == 1 ? "" : "\(port.name)=") + batch.name + axes.joined()
    }
    return inputs
  }
}
