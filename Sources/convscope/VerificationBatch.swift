import Execution
import Glibc
import NetworkGraph
import Reports
import SymbolicIntegers
import Tensors

/// Verifies networks side by side: as many at a time as there are processors, and as memory holds.
struct VerificationBatch {
  var tolerance: Double
  /// Whether weights that follow from names may be made smaller, for a network that leaves the range of float32.
  var lowersGain: Bool

  private static let smallestGain = 0.01
  /// Networks that take more give their memory back to the system; that of smaller ones serves the next.
  private static let largeBytes = 1 << 29

  /// Verifies networks.
  /// - Parameter run: what a name stands for; called for one after the other.
  /// - Returns: the networks in the order of their names, whichever was ready first.
  /// - Throws: what `run` throws.
  func networks(
    _ names: [String], run: (String) throws -> ExecutionOptions.Run
  ) async throws -> [VerifiedNetwork] {
    let progress = BatchProgress(count: names.count)
    defer { progress.finish() }
    var results: [VerifiedNetwork?] = Array(repeating: nil, count: names.count)
    try await withThrowingTaskGroup(of: (index: Int, bytes: Int, network: VerifiedNetwork).self) { group in
      let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
      var (running, bytesInUse) = (0, 0)
      func takeOne() async throws {
        guard let next = try await group.next() else { return }
        results[next.index] = next.network
        (running, bytesInUse) = (running - 1, bytesInUse - next.bytes)
      }
      for (index, name) in names.enumerated() {
        let run = try run(name)
        let bytes = run.graph.verificationBytes
        // A network that is too large for the others runs alone.
        while running > 0, running >= processors || bytes > Int.physicalMemory / 2 - bytesInUse { try await takeOne() }
        group.addTask { [self] in
          progress.begin(name)
          defer { progress.end(name) }
          let network = verified(name, run) { progress.show(name, $0) }
          if bytes > Self.largeBytes { giveBackFreedMemory() }
          return (index, bytes, network)
        }
        (running, bytesInUse) = (running + 1, bytesInUse + bytes)
      }
      while running > 0 { try await takeOne() }
    }
    return results.compactMap { $0 }
  }

  private func verified(
    _ name: String, _ run: ExecutionOptions.Run, _ progress: (Double) -> Void
  ) -> VerifiedNetwork {
    let input = run.inputs.map { Tensor.description(of: $0.shape) }.joined(separator: ", ")
    var options = VerificationOptions()
    options.tolerance = tolerance
    var (weights, gain) = (run.weights, lowersGain ? (run.weights as? SyntheticTensors)?.gain : nil)
    while true {
      // With the smallest weights, what comes out is told as it is.
      options.mustBeFinite = gain.map { $0 > Self.smallestGain } ?? false
      do throws(ExecutionError) {
        let verification = try Verification(
          run.graph, weights: weights, inputs: run.inputs, expected: run.expected.map { [$0] }, options: options,
          progress: progress)
        var network = VerifiedNetwork(name: name, input: input, verification)
        if let gain, gain < 1 {
          network.notes.append(
            "\(name): weights are synthetic with gain \(gain); larger ones take it out of the range of float32")
        }
        return network
      } catch .notFinite {
        gain = gain.map { $0 / 4 }
        weights = SyntheticTensors(gain: gain ?? 1)
      } catch {
        return VerifiedNetwork(name: name, input: input, error: error)
      }
    }
  }
}

extension Graph {
  /// At least the most memory that a verification takes, and not much more: parameters as they are, and packed or
  /// transformed for vectors; every layer's output as the native back end computed it, beside those that are alive.
  fileprivate var verificationBytes: Int {
    var elements = 0.0
    for node in nodes where !node.isTrainingOnly {
      for parameter in node.parameters {
        let shape = parameters[parameter].spec.shape
        elements += Double(shape.elementCount.constant ?? 0) * (1 + node.packedShare(of: shape))
      }
      for output in node.outputs { elements += 2 * Double(output.shape.elementCount.constant ?? 0) }
    }
    return Int(min(elements * Double(MemoryLayout<Float>.stride), 1e18))
  }
}

extension Node {
  /// Elements that a parameter takes when it is packed for vectors of at most sixteen, by its own.
  fileprivate func packedShare(of shape: Shape) -> Double {
    guard case .convolution(let convolution) = operation, shape.rank > 2 else { return 1.1 }
    if convolution.groups != 1 {
      // Two vectors of outputs are summed together: where a group ends within them they read the next one's inputs too, and
      // inputs by whole vectors. Small groups lie within vectors.
      let channels = shape[1].constant ?? 1
      return [1, 2, 4, 8].contains(channels) ? 1.1 : 1 + 64 / Double(channels)
    }
    // Filters of 3x3 become 6x6.
    let isFiltered = convolution.slidingWindow.axes.allSatisfy { $0.kernel == 3 && $0.stride == 1 && $0.dilation == 1 }
    return isFiltered ? 4.1 : 1.1
  }
}
