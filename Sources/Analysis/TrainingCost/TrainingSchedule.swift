/// How long a network is trained, and on what: phases one after the other.
public struct TrainingSchedule: Hashable, Sendable {
  /// A strength of augmentation or regularisation, from the first stage of a phase to its last. Costs do not depend on it.
  public struct Setting: Hashable, Sendable {
    public var name: String
    public var first: Double
    public var last: Double

    public init(_ name: String, first: Double, last: Double) {
      (self.name, self.first, self.last) = (name, first, last)
    }
  }

  public struct Phase: Hashable, Sendable {
    public var name: String?
    public var epochs: Epochs
    /// Equally long stages, from the first to the last value of what changes; at least 1.
    public var stages = 1
    /// Height and width of the images, in the first stage and in the last; nil for the network's own.
    public var resolution: (first: Int, last: Int)? {
      get { sides.count == 2 ? (sides[0], sides[1]) : nil }
      set { sides = newValue.map { [$0.first, $0.last] } ?? [] }
    }
    private var sides: [Int] = []
    public var batch: Int?
    /// The frozen part, as ``FrozenPart`` reads it; empty for none.
    public var freeze = ""
    public var settings: [Setting] = []

    public init(epochs: Epochs) {
      self.epochs = epochs
    }
  }

  /// Empty for one that has none.
  public var name: String
  /// Where it was published; empty where that is not said.
  public var source = ""
  /// Images to an update, where a phase has no number of its own.
  public var batch: Int?
  public var optimizer: TrainingOptions.Optimizer?
  public var phases: [Phase]

  public init(name: String, phases: [Phase]) {
    self.name = name
    self.phases = phases
  }
}

/// A number of passes over the images, exact to a millionth.
public struct Epochs: Hashable, Sendable {
  /// Millionths of an epoch; above 0.
  public let millionths: Int

  /// More epochs than anyone trains.
  public static let most = 1_000_000

  init(millionths: Int) { self.millionths = millionths }

  /// The number that `text` writes: digits with at most six decimals, above 0, at most ``most``; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }),
      let whole = Int(parts[0]), whole <= Epochs.most
    else { return nil }
    var millionths = 0
    if parts.count == 2 {
      guard parts[1].utf8.count <= 6, let decimals = Int(parts[1]) else { return nil }
      millionths = decimals
      for _ in parts[1].utf8.count..<6 { millionths *= 10 }
    }
    self.init(millionths: whole * 1_000_000 + millionths)
    if self.millionths == 0 || self.millionths > Epochs.most * 1_000_000 { return nil }
  }

  public var value: Double { Double(millionths) / 1e6 }
}

/// A stretch of training in which nothing changes.
public struct PlannedPhase: Hashable, Sendable {
  /// The phase's name, and the number of its stage where it has several.
  public var name: String
  /// Images seen, counting one as often as it is seen.
  public var images: Int
  public var batch: Int
  /// Height and width of the images; nil for the network's own.
  public var resolution: Int?
  public var freeze: String
  /// Name and value.
  public var settings: [TrainingSchedule.Setting]

  public init(
    name: String, images: Int, batch: Int, resolution: Int? = nil, freeze: String = "",
    settings: [TrainingSchedule.Setting] = []
  ) {
    (self.name, self.images, self.batch) = (name, images, batch)
    (self.resolution, self.freeze, self.settings) = (resolution, freeze, settings)
  }

  /// Updates of the weights. Batches run on across epochs; the last of a phase may be smaller.
  public var steps: Int { images / batch + (images % batch == 0 ? 0 : 1) }
}

/// Why a schedule cannot be followed.
public enum TrainingPlanError: Error, Hashable, Sendable {
  case noBatch(phase: String)
  /// More images than counted here.
  case tooLong(images: Int, epochs: Double)
  case tooManyPhases(Int)
  /// A phase so short that it sees no image.
  case empty(phase: String)
}

extension TrainingPlanError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noBatch(let phase): "\(phase) has no batch size: give one with --batch or in the schedule"
    case .tooLong(let images, let epochs):
      "\(images) images in \(epochs) epochs are more than the \(TrainingSchedule.mostImages) that are counted here"
    case .tooManyPhases(let count):
      "the schedule has \(count) phases and stages, but at most \(TrainingSchedule.mostPhases) are followed"
    case .empty(let phase): "\(phase) is so short that it sees no image"
    }
  }
}

extension TrainingSchedule {
  /// Images seen in a whole training, counting one as often as it is seen.
  public static let mostImages = 1_000_000_000_000_000
  /// Phases, each stage counted.
  public static let mostPhases = 256

  /// The stretches that the schedule gives for a set of `images`.
  ///
  /// Boundaries between phases and between stages are rounded down to whole images, so that all parts add up to the
  /// whole. What changes within a phase goes from its first value to its last in equal steps, sizes rounded down: stage i
  /// of n has `first + (last - first) * i / (n - 1)`; Tan and Le 2021, arXiv:2104.00298, algorithm 1.
  /// - Parameters:
  ///   - epochs: stretches the schedule to so many; nil for its own.
  ///   - batch: takes the place of every batch size in the schedule.
  public func planned(
    images: Int, epochs: Epochs? = nil, batch: Int? = nil
  ) throws(TrainingPlanError) -> [PlannedPhase] {
    let count = phases.reduce(0) { $0 + $1.stages }
    guard count <= Self.mostPhases else { throw .tooManyPhases(count) }
    let length = phases.reduce(Int128(0)) { $0 + Int128($1.epochs.millionths) }
    let asked = epochs.map { Int128($0.millionths) } ?? length
    let seen = Int128(images) * asked / 1_000_000
    guard seen <= Int128(Self.mostImages), length > 0 else {
      throw .tooLong(images: images, epochs: Double(asked) / 1e6)
    }
    var result: [PlannedPhase] = []
    var (passed, start) = (Int128(0), Int128(0))
    for (position, phase) in phases.enumerated() {
      passed += Int128(phase.epochs.millionths)
      let end = seen * passed / length
      let title = phase.name ?? (phases.count == 1 ? "training" : "phase \(position + 1)")
      guard let batch = batch ?? phase.batch ?? self.batch else { throw .noBatch(phase: title) }
      for stage in 0..<phase.stages {
        let (from, through) = (
          start + (end - start) * Int128(stage) / Int128(phase.stages),
          start + (end - start) * Int128(stage + 1) / Int128(phase.stages)
        )
        let name = phase.stages == 1 ? title : "\(title), stage \(stage + 1)"
        guard through > from else { throw .empty(phase: name) }
        result.append(
          PlannedPhase(
            name: name, images: Int(through - from), batch: batch, resolution: phase.side(at: stage),
            freeze: phase.freeze, settings: phase.settings.map { $0.at(stage, of: phase.stages) }))
      }
      start = end
    }
    return result
  }
}

extension TrainingSchedule.Phase {
  fileprivate func side(at stage: Int) -> Int? {
    guard let resolution else { return nil }
    guard stages > 1 else { return resolution.first }
    let product = (resolution.last - resolution.first) * stage
    // Rounded down where sides shrink, too.
    let steps = stages - 1
    let quotient = product / steps - (product % steps < 0 ? 1 : 0)
    return resolution.first + quotient
  }
}

extension TrainingSchedule.Setting {
  fileprivate func at(_ stage: Int, of stages: Int) -> TrainingSchedule.Setting {
    let value = stages > 1 ? first + (last - first) * Double(stage) / Double(stages - 1) : first
    return TrainingSchedule.Setting(name, first: value, last: value)
  }
}
