/// Values that follow from a tensor's name and shape alone, so that two programs agree on them without a file.
///
/// Element `i` of a tensor comes from the SplitMix64 finaliser of `FNV-1a(name) + i * 0x9E3779B97F4A7C15`: its top 24 bits
/// as a number in [-1, 1), exact in float32. What that number is scaled by follows from the last part of the name: weights
/// are uniform with variance `gain^2 / fan-in`, norms stay near 1, biases near 0.
/// Sources: Fowler, Noll and Vo, "The FNV Non-Cryptographic Hash Algorithm"; Steele, Lea and Flood 2014, "Fast Splittable
/// Pseudorandom Number Generators".
public struct SyntheticTensors: TensorSource {
  /// Factor on the standard deviation of weights, which keeps activations in range through many layers.
  public var gain: Double

  public init(gain: Double = 1) {
    self.gain = gain
  }

  public var names: [String]? { nil }

  public func tensor(named name: String, shape: [Int]) throws(TensorError) -> Tensor? {
    let distribution = Distribution(name: name, shape: shape, gain: gain)
    let count = try Tensor.elementCount(of: shape)
    return try Tensor(shape, SyntheticTensors.values(of: name, count: count) { distribution(Double($0)) })
  }

  public func fill(
    _ memory: UnsafeMutablePointer<Float>, named name: String, shape: [Int]
  ) throws(TensorError) -> Bool {
    let distribution = Distribution(name: name, shape: shape, gain: gain)
    let count = try Tensor.elementCount(of: shape)
    SyntheticTensors.forEachValue(of: name, count: count) { memory[$0] = distribution(Double($1)) }
    return true
  }

  /// An input of a network: uniform in [-1, 1).
  /// - Throws: ``TensorError/size(shape:)``.
  public static func input(_ shape: [Int], name: String = "input") throws(TensorError) -> Tensor {
    try Tensor(shape, values(of: name, count: Tensor.elementCount(of: shape)) { $0 })
  }

  /// `value` of each of the first `count` uniform numbers that belong to `name`.
  static func values(of name: String, count: Int, _ value: (Float) -> Float) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      forEachValue(of: name, count: count) { buffer[$0] = value($1) }
      initialized = count
    }
  }

  /// Calls `body` with each of the first `count` uniform numbers that belong to `name`, and its index.
  @inline(__always)
  private static func forEachValue(of name: String, count: Int, _ body: (Int, Float) -> Void) {
    var state = name.utf8.reduce(into: UInt64(0xCBF2_9CE4_8422_2325)) { hash, byte in
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    for index in 0..<count {
      var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      mixed ^= mixed >> 31
      body(index, Float(mixed >> 40) / 8_388_608 - 1)
      state &+= 0x9E37_79B9_7F4A_7C15
    }
  }
}

extension SyntheticTensors {
  /// `offset + factor * r`, or of `|r|`, rounded once to float32.
  private struct Distribution {
    var offset = 0.0
    var factor = 0.1
    var isFolded = false

    init(name: String, shape: [Int], gain: Double) {
      switch name.split(separator: ".").last.map(String.init) ?? name {
      case "running_mean": break
      case "running_var": (offset, isFolded) = (1, true)
      case "gamma", "layer_scale", "layer_scale_1", "layer_scale_2", "gamma_1", "gamma_2", "ls1", "ls2",
        "skipinit_gain":
        offset = 0.5
      case "logit_scale", "gain", "scale": offset = 1
      case "weight", "in_proj_weight":
        guard shape.count >= 2 else {
          offset = 1
          break
        }
        factor = gain * (3 / shape.dropFirst().reduce(1) { $0 * Double($1) }).squareRoot()
      default: break
      }
    }

    func callAsFunction(_ uniform: Double) -> Float {
      let term = factor * (isFolded ? abs(uniform) : uniform)
      return Float(offset == 0 ? term : offset + term)
    }
  }
}
