import Analysis
import NetworkGraph
import SymbolicIntegers
import Tensors

/// The numbers that analyses give of a network against what an execution does.
public struct Verification: Sendable {
  /// What is compared.
  public enum Subject: String, Sendable, CaseIterable {
    /// The inferred shape of every output against the elements that its kernel wrote.
    case shapes
    /// Windows that fit into the padded input, counted one by one, against the inferred side.
    case windows
    /// Parameters counted against elements allocated for them.
    case parameters
    /// Multiply-accumulates of the formulas against those that kernels did, padded taps included.
    case multiplyAdds
    /// Multiply-accumulates that kernels did against pairs of output and input positions that meet in a window.
    case unpaddedMultiplyAdds
    /// Live bytes of the analysis against those alive in the run, and the planned block against its highest place.
    case memory
    /// The analysed hull of what a unit sees against the pixels that marks reach through the executed windows.
    case receptiveField
    /// The native back end against the reference one.
    case native
    /// The outputs against given ones.
    case expected
  }

  /// How one subject came out.
  public struct Check: Sendable {
    public let subject: Subject
    /// How many comparisons were made.
    public internal(set) var count = 0
    /// The first of those that failed, as sentences, and how many there are.
    public internal(set) var failures: [String] = []
    public internal(set) var failureCount = 0
    /// The largest relative distance, where numbers are compared within a tolerance.
    public internal(set) var worstError: Double?
    /// What was compared, in total: the larger side of sums.
    public internal(set) var total: Int?

    init(_ subject: Subject) { self.subject = subject }

    public var holds: Bool { failureCount == 0 }

    /// The most failures that are told one by one.
    static let toldFailures = 5

    mutating func expect(_ holds: Bool, _ failure: @autoclosure () -> String) {
      count += 1
      guard !holds else { return }
      failureCount += 1
      if failures.count < Self.toldFailures { failures.append(failure()) }
    }
  }

  public let graph: Graph
  public internal(set) var checks: [Check] = []
  /// Outputs of the reference back end.
  public internal(set) var outputs: [Tensor] = []

  public var holds: Bool { checks.allSatisfy(\.holds) }
}

/// What is verified, and how closely.
public struct VerificationOptions: Sendable {
  /// The largest relative Euclidean distance between the back ends, and to expected outputs.
  public var tolerance = 1e-4
  /// How many nodes the receptive field is compared at.
  public var fieldSamples = 6
  /// Threads of the native back end.
  public var threads = 1
  public var memoryLimit = Int.physicalMemory
  /// Whether outputs that are not finite numbers are an error, told before anything is compared.
  public var mustBeFinite = false

  public init() {}
}

extension Verification {
  /// Runs a network and compares.
  /// - Parameters:
  ///   - inputs: one for each input of the graph, whose sizes are all numbers.
  ///   - expected: the outputs as another program computed them, if there are any.
  ///   - progress: called with a share of the whole, from 0 to 1.
  /// - Throws: ``ExecutionError`` when the network cannot be run.
  public init(
    _ graph: Graph, weights: any TensorSource, inputs: [Tensor], expected: [Tensor]? = nil,
    options: VerificationOptions = VerificationOptions(), progress: (Double) -> Void = { _ in }
  ) throws(ExecutionError) {
    self.graph = graph
    let state = try ModelState(graph, from: weights, memoryLimit: options.memoryLimit)
    // The native back end's weights are given up before the reference one prepares its own.
    var native = NativeComparison(graph, options)
    try native.run(state, inputs)
    if options.mustBeFinite, let name = native.nonFiniteOutput { throw .notFinite(output: name) }
    let executor = try ReferenceExecutor(graph, state: state, memoryLimit: options.memoryLimit)
    let steps = Double(max(executor.plan.steps.count, 1))
    let inspection = try Inspection(executor, inputs) { step, node in
      progress(0.8 * Double(step) / steps)
      native.compare(node, executor)
    }
    outputs = inspection.outputs
    checks = [
      shapes(inspection), windows(), parameters(state), multiplyAdds(executor), unpaddedMultiplyAdds(executor),
      memory(executor, inspection), native.check(inspection.outputs),
    ]
    progress(0.8)
    if let fields = receptiveField(executor, samples: options.fieldSamples) { checks.append(fields) }
    if let expected { checks.append(comparison(.expected, outputs, expected, options)) }
    progress(1)
  }

  private func comparison(
    _ subject: Subject, _ found: [Tensor], _ expected: [Tensor], _ options: VerificationOptions
  ) -> Check {
    var check = Check(subject)
    check.expect(found.count == expected.count, "\(expected.count) outputs expected, but there are \(found.count)")
    for ((port, found), expected) in zip(zip(graph.outputs, found), expected) {
      check.expect(
        found.shape == expected.shape,
        "\(port.name): shape \(Tensor.description(of: expected.shape)) expected, but it is "
          + Tensor.description(of: found.shape))
      guard found.shape == expected.shape else { continue }
      let error = found.relativeDistance(to: expected)
      check.worstError = max(check.worstError ?? 0, error)
      check.expect(error <= options.tolerance, "\(port.name): relative distance \(error), at most \(options.tolerance)")
    }
    return check
  }
}

extension Tensor {
  /// How many values are infinite or no numbers.
  public var nonFiniteCount: Int {
    var count = 0
    for value in values where !value.isFinite { count += 1 }
    return count
  }

  /// The Euclidean norm of the difference over that of `other`; the norm itself where that is 0.
  ///
  /// Values that are infinite or no numbers count in no norm, but must be the same on both sides: else the distance is
  /// infinite.
  public func relativeDistance(to other: Tensor) -> Double {
    var difference = 0.0
    var norm = 0.0
    for (left, right) in zip(values, other.values) {
      guard left.isFinite, right.isFinite else {
        if left == right || left.isNaN && right.isNaN { continue }
        return .infinity
      }
      let distance = Double(left) - Double(right)
      difference += distance * distance
      norm += Double(right) * Double(right)
    }
    return norm > 0 ? (difference / norm).squareRoot() : difference.squareRoot()
  }
}
