/// The sums of some outputs at some positions, in double precision, while products are added to them.
///
/// The outputs lie beside each other at each position, and the factors of each input too. A block of one output is a row
/// of positions instead.
struct SumBlock {
  private let sums: UnsafeMutablePointer<Double>
  private let factors: UnsafeMutablePointer<Double>
  private let positions: Int
  private(set) var outputs: Int
  /// How many inputs the factors belong to.
  private var count = 0

  /// The most inputs that are added at a time, and the most outputs.
  static let inputs = 16
  private static let mostOutputs = 64
  /// With fewer outputs, loops over positions are longer.
  private static let fewestOutputs = 8
  /// The most sums of a block, where it has several outputs.
  private static let mostSums = 1 << 22

  /// Calls `body` with blocks of the outputs in `range`, one after the other, and their first output.
  /// - Parameter workspace: what ``workspace(_:outputs:positions:)`` gave for as many.
  static func forEach(
    _ range: Range<Int>, positions: Int, in workspace: Workspace<Double>,
    _ body: (_ block: inout SumBlock, _ first: Int) -> Void
  ) {
    let together = together(range.count, positions)
    guard let sums = workspace.elements.baseAddress else { return }
    for first in stride(from: range.lowerBound, to: range.upperBound, by: together) {
      var block = SumBlock(
        sums: sums, factors: sums + together * positions, positions: positions,
        outputs: min(together, range.upperBound - first))
      body(&block, first)
    }
  }

  /// Room for the blocks of so many outputs.
  static func workspace(_ memory: KernelMemory, outputs: Int, positions: Int) -> Workspace<Double> {
    memory.workspace(of: Double.self, count: together(outputs, positions) * (positions + inputs))
  }

  /// How many outputs a block has.
  private static func together(_ outputs: Int, _ positions: Int) -> Int {
    let most = min(outputs, mostOutputs, mostSums / max(positions, 1))
    return most < fewestOutputs ? 1 : most
  }

  private init(
    sums: UnsafeMutablePointer<Double>, factors: UnsafeMutablePointer<Double>, positions: Int, outputs: Int
  ) {
    (self.sums, self.factors, self.positions, self.outputs) = (sums, factors, positions, outputs)
  }

  /// The sum of an output at a position.
  subscript(output: Int, position: Int) -> Double { sums[position * outputs + output] }

  /// Starts every sum with what `start` gives for its output.
  func clear(_ start: (_ output: Int) -> Double) {
    for output in 0..<outputs {
      let value = start(output)
      for position in 0..<positions { sums[position * outputs + output] = value }
    }
  }

  /// Reads the factors of `count` inputs, which lie `inputStride` apart, for every output.
  mutating func read(_ weights: UnsafePointer<Float>, _ count: Int, _ inputStride: Int, _ outputStride: Int) {
    self.count = count
    for output in 0..<outputs {
      let source = weights + output * outputStride
      for input in 0..<count { factors[input * outputs + output] = Double(source[input * inputStride]) }
    }
  }

  /// Adds the products of inputs and factors at the positions of a walk over the sums and the inputs.
  /// - Parameter inputStride: how far apart inputs lie at one position.
  /// - Returns: the multiply-accumulates that were done.
  func add(_ walk: Walk, _ source: UnsafePointer<Float>, _ inputStride: Int) -> Int {
    var done = 0
    let (length, stride) = (walk.rowCount, walk.rowStrides[1])
    walk.rows { at in
      if outputs == 1 {
        for input in 0..<count {
          accumulate(sums + at[0], factors[input], source + at[1] + input * inputStride, stride, length)
          done += length
        }
      } else {
        for column in 0..<length {
          done += addRow(source + at[1] + column * stride, inputStride, to: at[0] + column)
        }
      }
    }
    return done
  }

  /// Adds the products of inputs, `stride` apart, and factors to the sums of all outputs at one position.
  /// - Returns: the multiply-accumulates that were done.
  @inline(__always)
  func addRow(_ source: UnsafePointer<Float>, _ stride: Int, to position: Int) -> Int {
    let row = sums + position * outputs
    for input in 0..<count { accumulate(row, Double(source[input * stride]), factors + input * outputs, outputs) }
    return count * outputs
  }
}

/// `sums[i] += factor * elements[i]`: one multiply-accumulate for each of `count` sums.
@inline(__always)
private func accumulate(
  _ sums: UnsafeMutablePointer<Double>, _ factor: Double, _ elements: UnsafePointer<Double>, _ count: Int
) {
  for index in 0..<count { sums[index] += factor * elements[index] }
}

/// The same with elements that lie `stride` apart.
@inline(__always)
private func accumulate(
  _ sums: UnsafeMutablePointer<Double>, _ factor: Double, _ elements: UnsafePointer<Float>, _ stride: Int, _ count: Int
) {
  if stride == 1 {
    for index in 0..<count { sums[index] += factor * Double(elements[index]) }
  } else {
    for index in 0..<count { sums[index] += factor * Double(elements[index &* stride]) }
  }
}
