/// What a device can do at most, as its maker states it, and what it costs.
public struct Hardware: Hashable, Sendable {
  /// The most operations a second on one element type; a multiply-accumulate is two.
  public struct Peak: Hashable, Sendable {
    public var name: String
    public var operationsPerSecond: Double

    public init(_ name: String, _ operationsPerSecond: Double) {
      (self.name, self.operationsPerSecond) = (name, operationsPerSecond)
    }
  }

  public var name: String
  /// Where the figures come from; empty where that is not said.
  public var source = ""
  public var peaks: [Peak]
  /// Bytes a second between memory and arithmetic.
  public var bandwidth: Double
  /// Bytes of memory.
  public var memory: Int
  /// Price of an hour of one device.
  public var price: Double?
  public var currency = "USD"
  /// Watts of one device.
  public var power: Double?
  /// The share of the roofline that programs reach, for the model; nil for none.
  public var utilization: Double?

  public init(name: String, peaks: [Peak], bandwidth: Double, memory: Int) {
    (self.name, self.peaks, self.bandwidth, self.memory) = (name, peaks, bandwidth, memory)
  }
}

extension TrainingOptions.Precision {
  /// The element type of products, as hardware files call it.
  public var peakName: String {
    switch self {
    case .full: "float32"
    case .float16: "float16"
    case .bfloat16: "bfloat16"
    }
  }
}
