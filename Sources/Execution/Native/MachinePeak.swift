import CKernels

/// What a machine's vector instructions and memory do at best, as measured: nothing but multiply-adds in registers, and
/// nothing but reading or copying memory that no cache holds. Other programs that run meanwhile lower it.
public struct MachinePeak: Hashable, Sendable {
  public var instructionSet: InstructionSet
  public var threads: Int
  /// Float32 operations in a second; a multiply-add is two.
  public var operationsPerSecond: Double
  /// Bytes read in a second.
  public var readBytesPerSecond: Double
  /// Bytes read and bytes written in a second, together.
  public var copiedBytesPerSecond: Double

  /// Floats that are read, and copied from one half to the other: 128 MiB.
  private static let floats = 1 << 25

  /// Takes about a tenth of a second.
  /// - Throws: ``ExecutionError`` where the instructions or threads cannot be had.
  public init(_ instructionSet: InstructionSet, threads: Int) throws(ExecutionError) {
    let kernels = try instructionSet.kernels()
    let pool = try ThreadPool(threads: threads)
    let memory = NativeMemory()
    let (values, scratch) = (memory.floats(Self.floats), memory.floats(threads))
    // Several jobs a thread, so that none waits long for the last.
    let jobs = 4 * threads
    func best(_ runs: Int, _ job: @escaping CKJob, _ work: CKPeak) -> Duration {
      let kept = memory.keep([work])
      let task = NativeTask(job: job, arguments: UnsafeRawPointer(kept), jobs: jobs)
      let clock = ContinuousClock()
      return (0..<runs).map { _ in clock.measure { pool.run(task, scratch: scratch, stride: 0) } }.min() ?? .zero
    }
    let sums = memory.floats(jobs)
    let rounds = 20_000
    let sum = CKPeak(input: UnsafePointer(values), output: sums, count: rounds, factor: 0.5, addend: 1)
    let multiplying = best(20, kernels.multiplyAdd, sum)
    var reading = sum
    reading.count = Self.floats / jobs
    var copying = reading
    copying.output = values + Self.floats / 2
    copying.count = Self.floats / 2 / jobs
    let bytes = Double(Self.floats * MemoryLayout<Float>.stride)
    self.instructionSet = instructionSet
    self.threads = threads
    operationsPerSecond = Double(2 * rounds * kernels.chains * kernels.width * jobs) / (multiplying / .seconds(1))
    readBytesPerSecond = bytes / (best(4, kernels.readMemory, reading) / .seconds(1))
    copiedBytesPerSecond = bytes / (best(4, kernels.copyMemory, copying) / .seconds(1))
  }
}
