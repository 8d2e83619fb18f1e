/// One flag for each element of an executor's memory: which elements some chosen ones depend on.
///
/// Marks go from outputs to inputs, from the last operator to the first. The flags lie as the elements do: what shares
/// memory at different times of a run shares flags at the same times of the way back.
final class Marks {
  private let memory: UnsafeMutablePointer<Float>
  private let flags: UnsafeMutablePointer<UInt8>
  private let count: Int

  init(_ memory: UnsafeMutablePointer<Float>, count: Int) {
    self.memory = memory
    self.count = count
    flags = .allocate(capacity: max(count, 1))
    flags.initialize(repeating: 0, count: max(count, 1))
  }

  deinit { flags.deallocate() }

  /// The flags of a tensor's elements, which lie as the elements do from its base; nil for one that is no part of the
  /// memory: a parameter.
  func flags(_ view: TensorView) -> UnsafeMutablePointer<UInt8>? {
    let position = view.base - memory
    return position >= 0 && position < count ? flags + position : nil
  }

  /// Marks all elements of a tensor.
  func set(_ view: TensorView) { write(1, view) }

  /// Takes all marks from a tensor.
  func clear(_ view: TensorView) { write(0, view) }

  private func write(_ flag: UInt8, _ view: TensorView) {
    guard let flags = flags(view) else { return }
    let walk = Walk([view.layout])
    walk.rows { at in for index in 0..<walk.rowCount { flags[at[0] + index * walk.rowStrides[0]] = flag } }
  }

  /// The marks of a tensor in row-major order.
  func values(_ view: TensorView) -> [Bool] {
    guard let flags = flags(view) else { return [] }
    var values: [Bool] = []
    values.reserveCapacity(view.count)
    let walk = Walk([view.layout])
    walk.rows { at in for index in 0..<walk.rowCount { values.append(flags[at[0] + index * walk.rowStrides[0]] != 0) } }
    return values
  }

  /// Marks the elements that have the same indices as marked ones of a tensor of the same shape.
  func spread(from output: TensorView, to input: TensorView) {
    guard let from = flags(output), let to = flags(input) else { return }
    let walk = Walk([output.layout, input.layout])
    walk.rows { at in
      for index in 0..<walk.rowCount where from[at[0] + index * walk.rowStrides[0]] != 0 {
        to[at[1] + index * walk.rowStrides[1]] = 1
      }
    }
  }

  /// Marks whole slices in which an element is marked.
  /// - Parameter slices: of the input, then of the output.
  func spread(within slices: Slices, from output: TensorView, to input: TensorView) {
    guard let from = flags(output), let to = flags(input) else { return }
    slices.forEach { inside, at in
      var isMarked = false
      inside.rows { row in
        for index in 0..<inside.rowCount where from[at[1] + row[1] + index * inside.rowStrides[1]] != 0 {
          isMarked = true
        }
      }
      guard isMarked else { return }
      inside.rows { row in
        for index in 0..<inside.rowCount { to[at[0] + row[0] + index * inside.rowStrides[0]] = 1 }
      }
    }
  }

  /// Marks all elements of some tensors if any of `output` is marked: for operators that read where data tells them to.
  func spreadEverywhere(from output: TensorView, to inputs: [TensorView]) {
    guard let from = flags(output) else { return }
    var isMarked = false
    let outputs = Walk([output.layout])
    outputs.rows { at in
      for index in 0..<outputs.rowCount where from[at[0] + index * outputs.rowStrides[0]] != 0 { isMarked = true }
    }
    for input in inputs where isMarked { set(input) }
  }
}

/// The elements of a factor that were next to 0 in the last run, so that nothing depends on what they multiply: attention
/// that a mask takes out.
final class Nothing {
  /// One bit for each place; none behind the last that was next to 0.
  private var words: [UInt64] = []
  /// Weights of e^-100 and the like; what is not masked weighs far more.
  private static let threshold = 1e-30

  func note(_ place: Int, _ value: Double) {
    let (word, bit) = (place >> 6, UInt64(1) << UInt64(place & 63))
    if abs(value) < Nothing.threshold {
      while words.count <= word { words.append(0) }
      words[word] |= bit
    } else if word < words.count {
      words[word] &= ~bit
    }
  }

  func contains(_ place: Int) -> Bool {
    let word = place >> 6
    return word < words.count && words[word] >> UInt64(place & 63) & 1 != 0
  }
}
