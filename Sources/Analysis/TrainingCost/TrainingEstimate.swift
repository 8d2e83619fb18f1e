import NetworkGraph
import SymbolicIntegers

/// How long a training takes at least on given devices, and a model of how long it takes.
///
/// - Compute bound: two operations for each multiply-accumulate at the device's peak. Nothing is faster.
/// - Bandwidth bound: every operand and result of every kernel once between memory and arithmetic. Programs that fuse
///   operators move less and may be faster; those that run one after the other are not.
/// - Roofline: kernel by kernel the larger of the two, summed. Williams, Waterman and Patterson 2009.
/// - Model: the roofline divided by a stated utilisation.
///
/// Devices share a batch equally and exchange gradients in no time. None of this is a measurement.
public struct TrainingEstimate: Sendable {
  /// How a device takes its share of a batch.
  public struct Fit: Hashable, Sendable {
    /// Images of the batch that one device has.
    public var deviceBatch: Int
    /// Bytes that training on them needs at once.
    public var neededBytes: Int
    /// The most images that fit; nil where not even one does.
    public var microBatch: Int?

    /// Whether the whole share fits.
    public var fits: Bool { microBatch.map { $0 >= deviceBatch } ?? false }
    /// Passes to a step; nil where nothing fits.
    public var microBatches: Int? { microBatch.map { (deviceBatch + $0 - 1) / $0 } }
  }

  /// Seconds.
  public struct Bounds: Hashable, Sendable {
    public var compute = 0.0
    public var bandwidth = 0.0
    public var roofline = 0.0

    static func += (left: inout Bounds, right: Bounds) {
      left.compute += right.compute
      left.bandwidth += right.bandwidth
      left.roofline += right.roofline
    }

    static func * (left: Bounds, factor: Double) -> Bounds {
      Bounds(compute: left.compute * factor, bandwidth: left.bandwidth * factor, roofline: left.roofline * factor)
    }
  }

  public let hardware: Hardware
  public let peak: Hardware.Peak
  public let devices: Int
  /// By phase.
  public let bounds: [Bounds]
  /// By phase.
  public let fits: [Fit]

  /// - Parameter devices: at least 1.
  public init(
    _ run: TrainingRun, on hardware: Hardware, peak: Hardware.Peak, devices: Int
  ) throws(TrainingRunError) {
    self.hardware = hardware
    self.peak = peak
    self.devices = devices
    var bounds: [Bounds] = []
    var fits: [Fit] = []
    func share(_ batch: Int) -> Int { batch / devices + (batch % devices == 0 ? 0 : 1) }
    for phase in run.phases {
      var sum = Bounds()
      let full = phase.plan.images / phase.plan.batch
      let roofline = Roofline(hardware, peak, run.options)
      if full > 0 { sum += try roofline.step(of: phase, images: share(phase.plan.batch)) * Double(full) }
      if phase.remainder > 0 { sum += try roofline.step(of: phase, images: share(phase.remainder)) }
      bounds.append(sum)
      let batch = share(min(phase.plan.batch, phase.plan.images))
      let largest: Int?
      do throws(GraphError) {
        largest = try phase.network.memory.largestBatch(fitting: hardware.memory, batch: phase.network.batch)
      } catch {
        throw .graph(error)
      }
      fits.append(
        Fit(
          deviceBatch: batch, neededBytes: try phase.memory(\.totalBytes, batch: batch),
          microBatch: largest.map { min($0, batch) }))
    }
    self.bounds = bounds
    self.fits = fits
  }

  /// All phases together.
  public var total: Bounds { bounds.reduce(into: Bounds()) { $0 += $1 } }

  /// Seconds by the model; nil where no utilisation is stated.
  public var modelSeconds: Double? { hardware.utilization.map { total.roofline / $0 } }

  /// Kilowatt-hours that all devices draw in so many seconds; nil where their power is not known.
  public func energy(seconds: Double) -> Double? {
    hardware.power.map { $0 * Double(devices) * seconds / 3_600_000 }
  }

  /// The price of all devices for so many seconds; nil where it is not known.
  public func price(seconds: Double) -> Double? {
    hardware.price.map { $0 * Double(devices) * seconds / 3600 }
  }
}

/// The roofline of one device, kernel by kernel.
private struct Roofline {
  let hardware: Hardware
  let peak: Hardware.Peak
  let options: TrainingOptions

  init(_ hardware: Hardware, _ peak: Hardware.Peak, _ options: TrainingOptions) {
    (self.hardware, self.peak, self.options) = (hardware, peak, options)
  }

  /// One step on so many images, with the update.
  func step(of phase: TrainingRun.Phase, images: Int) throws(TrainingRunError) -> TrainingEstimate.Bounds {
    var sum = TrainingEstimate.Bounds()
    for step in phase.network.pass.steps {
      sum += try bounds(step.forward, phase, images)
      for gradient in step.gradients { sum += try bounds(gradient.kernel, phase, images) }
    }
    let update = phase.network.update
    sum += try bounds(seconds(update.work, phase, images), bytes: update.bytesMoved, phase, images)
    return sum
  }

  private func bounds(
    _ kernel: TrainingKernel, _ phase: TrainingRun.Phase, _ images: Int
  ) throws(TrainingRunError) -> TrainingEstimate.Bounds {
    let bytes = kernel.bytesMoved(elementBytes: options.precision.elementBytes)
    return try bounds(seconds(kernel.work, phase, images), bytes: bytes, phase, images)
  }

  private func bounds(
    _ compute: Double, bytes: Dimension, _ phase: TrainingRun.Phase, _ images: Int
  ) throws(TrainingRunError) -> TrainingEstimate.Bounds {
    let bandwidth = Double(try phase.network.value(bytes, at: images, in: phase.plan.name)) / hardware.bandwidth
    return TrainingEstimate.Bounds(compute: compute, bandwidth: bandwidth, roofline: max(compute, bandwidth))
  }

  /// Products alone: what else there is runs beside them on other units.
  private func seconds(
    _ work: Arithmetic, _ phase: TrainingRun.Phase, _ images: Int
  ) throws(TrainingRunError) -> Double {
    guard work.multiplyAdds != 0 else { return 0 }
    let terms = try phase.network.value(work.multiplyAdds, at: images, in: phase.plan.name)
    return Double(terms) * 2 / peak.operationsPerSecond
  }
}
