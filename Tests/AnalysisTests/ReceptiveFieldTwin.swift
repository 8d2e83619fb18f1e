import NetworkGraph
import SymbolicIntegers

/// Sets of image positions, one for each element of a tensor: bits packed into words.
///
/// The last bit is no position: it marks attention scores that a mask takes out.
struct SetTensor {
  var shape: [Int]
  let words: Int
  var bits: [UInt64]

  init(shape: [Int], words: Int) {
    self.shape = shape
    self.words = words
    bits = Array(repeating: 0, count: shape.reduce(1, *) * words)
  }

  var count: Int { shape.reduce(1, *) }

  func set(_ element: Int) -> ArraySlice<UInt64> { bits[element * words..<(element + 1) * words] }

  func contains(_ element: Int, _ position: Int) -> Bool {
    bits[element * words + position / 64] >> UInt64(position % 64) & 1 == 1
  }

  mutating func insert(_ element: Int, _ position: Int) {
    bits[element * words + position / 64] |= 1 << UInt64(position % 64)
  }

  mutating func unite(_ element: Int, with other: SetTensor, _ source: Int) {
    for word in 0..<words { bits[element * words + word] |= other.bits[source * words + word] }
  }

  /// The coordinates of an element.
  func coordinates(_ element: Int) -> [Int] {
    var rest = element
    var result = Array(repeating: 0, count: shape.count)
    for axis in shape.indices.reversed() { (rest, result[axis]) = (rest / shape[axis], rest % shape[axis]) }
    return result
  }

  /// The element at some coordinates; nil outside.
  func element(_ coordinates: [Int]) -> Int? {
    var result = 0
    for (axis, place) in coordinates.enumerated() {
      guard place >= 0, place < shape[axis] else { return nil }
      result = result * shape[axis] + place
    }
    return result
  }
}

struct Unwritten: Error { var operation: String }

/// Runs a graph on sets: every element becomes the set of image positions it depends on, by the definition of each
/// operator on elements. Knows nothing of windows moving, of periods, or of axes by themselves.
struct SetInterpreter {
  let graph: Graph
  let sides: [Int]
  var values: [[SetTensor]] = []

  private var marker: Int { sides.reduce(1, *) }

  init(_ graph: Graph) throws {
    self.graph = graph
    let input = graph.inputs[0].value
    sides = graph.type(of: input).shape.spatial.compactMap(\.constant)
    for node in graph.nodes { values.append(try outputs(node)) }
  }

  private func empty(_ shape: Shape) -> SetTensor {
    SetTensor(shape: shape.dimensions.map { $0.constant ?? 1 }, words: (marker + 64) / 64)
  }

  private func outputs(_ node: Node) throws -> [SetTensor] {
    let inputs = node.inputs.map { values[$0.node][$0.output] }
    var result = node.outputs.map { empty($0.shape) }
    // For each output element the input elements that it reads.
    func gather(_ output: Int = 0, _ body: ([Int], (Int, [Int]) -> Void) -> Void) {
      for element in 0..<result[output].count {
        body(result[output].coordinates(element)) { input, place in
          if let source = inputs[input].element(place) { result[output].unite(element, with: inputs[input], source) }
        }
      }
    }
    switch node.operation {
    case .source(let source):
      if case .input = source.kind {
        for element in 0..<result[0].count {
          let place = result[0].coordinates(element).dropFirst(2)
          result[0].insert(element, zip(place, sides).reduce(0) { $0 * $1.1 + $1.0 })
        }
      } else if case .shiftedWindowMask(_, _, let height, let width, let down, let right)? = source.values {
        mask(&result[0], source, [height, width], [down, right])
      }
    case .identity, .activation, .batchNorm, .scale, .affine, .localResponseNorm: result = [inputs[0]]
    case .elementwise:
      gather { place, read in
        for (index, input) in inputs.enumerated() {
          let offset = place.count - input.shape.count
          read(index, input.shape.indices.map { input.shape[$0] == 1 ? 0 : place[$0 + offset] })
        }
      }
    case .convolution(let convolution):
      let groups = convolution.groups.constant ?? 1
      let perGroup = (inputs[0].shape[1] / groups, result[0].shape[1] / groups)
      gather { place, read in
        let group = place[1] / perGroup.1
        for channel in group * perGroup.0..<(group + 1) * perGroup.0 {
          taps(convolution.slidingWindow, inputs[0].shape, place) { read(0, [place[0], channel] + $0) }
        }
      }
    case .pool(let pool):
      gather { place, read in
        taps(pool.slidingWindow, inputs[0].shape, place) { read(0, [place[0], place[1]] + $0) }
      }
    case .transposedConvolution(let convolution):
      // As the definition scatters: every input element adds to the outputs its taps fall on.
      for element in 0..<inputs[0].count {
        let place = inputs[0].coordinates(element)
        for tap in places(convolution.slidingWindow.axes.map(\.kernel)) {
          let spatial = tap.indices.map { axis -> Int in
            let window = convolution.slidingWindow.axes[axis]
            return place[axis + 2] * window.stride - window.before + tap[axis] * window.dilation
          }
          for channel in 0..<result[0].shape[1] {
            if let target = result[0].element([place[0], channel] + spatial) {
              result[0].unite(target, with: inputs[0], element)
            }
          }
        }
      }
    case .adaptivePool:
      let shape = inputs[0].shape
      let target = result[0].shape
      gather { place, read in
        let ranges = (2..<shape.count).map { axis in
          let last = ((place[axis] + 1) * shape[axis] + target[axis] - 1) / target[axis]
          return Array(place[axis] * shape[axis] / target[axis]..<last)
        }
        for pixel in places(ranges.map(\.count)) {
          read(0, [place[0], place[1]] + pixel.indices.map { ranges[$0][pixel[$0]] })
        }
      }
    case .resize(let resize):
      let (shape, target) = (inputs[0].shape, result[0].shape)
      gather { place, read in
        let reads = place.indices.map { sources(resize, place[$0], shape[$0], target[$0]) }
        for choice in places(reads.map(\.count)) { read(0, choice.indices.map { reads[$0][choice[$0]] }) }
      }
    case .pad(let pad):
      gather { place, read in read(0, place.indices.map { place[$0] - pad.before[$0] }) }
    case .slice(let slice):
      gather { place, read in
        var place = place
        for bound in slice.bounds {
          let axis = bound.axis < 0 ? bound.axis + place.count : bound.axis
          let size = inputs[0].shape[axis]
          place[axis] = max(0, bound.start < 0 ? bound.start + size : bound.start) + place[axis] * bound.step
        }
        read(0, place)
      }
    case .concatenation(let concatenation):
      let axis = concatenation.axis < 0 ? concatenation.axis + result[0].shape.count : concatenation.axis
      gather { place, read in
        var place = place
        for (index, input) in inputs.enumerated() {
          if place[axis] < input.shape[axis] {
            read(index, place)
            break
          }
          place[axis] -= input.shape[axis]
        }
      }
    case .split(let split):
      let axis = split.axis < 0 ? split.axis + inputs[0].shape.count : split.axis
      var start = 0
      for output in result.indices {
        gather(output) { place, read in
          var place = place
          place[axis] += start
          read(0, place)
        }
        start += result[output].shape[axis]
      }
    case .transpose(let transpose):
      gather { place, read in
        var source = place
        for (index, axis) in transpose.permutation.enumerated() { source[axis] = place[index] }
        read(0, source)
      }
    case .view: result[0].bits = inputs[0].bits
    case .expand:
      gather { place, read in
        let offset = place.count - inputs[0].shape.count
        read(0, inputs[0].shape.indices.map { inputs[0].shape[$0] == 1 ? 0 : place[$0 + offset] })
      }
    case .roll(let roll):
      gather { place, read in
        var place = place
        for (shift, axis) in zip(roll.shifts, roll.axes) {
          let size = inputs[0].shape[axis]
          place[axis] = ((place[axis] - shift) % size + size) % size
        }
        read(0, place)
      }
    case .channelShuffle(let shuffle):
      let size = inputs[0].shape[1] / shuffle.groups
      gather { place, read in
        var place = place
        place[1] = place[1] % shuffle.groups * size + place[1] / shuffle.groups
        read(0, place)
      }
    case .spaceDepth(let move):
      let (block, isDown) = (move.block, move.direction == .spaceToDepth)
      let channels = (isDown ? inputs[0] : result[0]).shape[1]
      gather { place, read in
        if isDown {
          let (part, channel) = (place[1] / channels, place[1] % channels)
          read(0, [place[0], channel, place[2] * block + part / block, place[3] * block + part % block])
        } else {
          let part = place[2] % block * block + place[3] % block
          let isShuffle = move.direction == .pixelShuffle
          let channel = isShuffle ? place[1] * block * block + part : part * channels + place[1]
          read(0, [place[0], channel, place[2] / block, place[3] / block])
        }
      }
    case .gather(let operation):
      guard let indices = operation.indices else { break }
      let axis = operation.axis < 0 ? operation.axis + inputs[0].shape.count : operation.axis
      gather { place, read in
        var place = place
        place[axis] = indices[place[axis]]
        read(0, place)
      }
    case .linear:
      gather { place, read in
        for feature in 0..<inputs[0].shape[place.count - 1] { read(0, place.dropLast() + [feature]) }
      }
    case .reduction(let reduction):
      let rank = inputs[0].shape.count
      let axes = Set(reduction.axes.map { $0 < 0 ? $0 + rank : $0 })
      gather { place, read in
        let kept = (0..<rank).filter { !axes.contains($0) }
        let reduced = (0..<rank).filter { axes.contains($0) }
        for choice in places(reduced.map { inputs[0].shape[$0] }) {
          var source = Array(repeating: 0, count: rank)
          for (index, axis) in reduced.enumerated() { source[axis] = choice[index] }
          for (index, axis) in kept.enumerated() { source[axis] = place[reduction.keepsAxes ? axis : index] }
          read(0, source)
        }
      }
    case .layerNorm(let norm):
      let rank = inputs[0].shape.count
      let axes: [Int] = if case .trailing(let count) = norm.axes { Array(rank - count..<rank) } else { [1] }
      whole(&result[0], inputs[0], axes, perGroup: nil)
    case .unitNormalization(let norm): whole(&result[0], inputs[0], [inputs[0].shape.count + norm.axis], perGroup: nil)
    case .globalResponseNorm: whole(&result[0], inputs[0], Array(1..<inputs[0].shape.count), perGroup: nil)
    case .groupNorm(let norm):
      let channels = inputs[0].shape[1]
      let groups = norm.groups.map { $0.constant ?? 1 } ?? channels
      whole(&result[0], inputs[0], Array(1..<inputs[0].shape.count), perGroup: channels / groups)
    case .softmax(let softmax):
      let axis = softmax.axis < 0 ? softmax.axis + inputs[0].shape.count : softmax.axis
      for element in 0..<result[0].count {
        var place = result[0].coordinates(element)
        guard !inputs[0].contains(element, marker) else {
          result[0].insert(element, marker)
          continue
        }
        for other in 0..<inputs[0].shape[axis] {
          place[axis] = other
          if let source = inputs[0].element(place), !inputs[0].contains(source, marker) {
            result[0].unite(element, with: inputs[0], source)
          }
        }
      }
    case .matrixProduct(let product):
      let (left, right) = (inputs[0], inputs[1])
      let inner = left.shape[left.shape.count - (product.transposesLeft ? 2 : 1)]
      for element in 0..<result[0].count {
        let place = result[0].coordinates(element)
        func leading(_ tensor: SetTensor) -> [Int] {
          let offset = place.count - tensor.shape.count
          return tensor.shape.indices.dropLast(2).map { tensor.shape[$0] == 1 ? 0 : place[$0 + offset] }
        }
        let (row, column) = (place[place.count - 2], place[place.count - 1])
        for term in 0..<inner {
          let a = left.element(leading(left) + (product.transposesLeft ? [term, row] : [row, term]))
          let b = right.element(leading(right) + (product.transposesRight ? [column, term] : [term, column]))
          guard let a, let b, !left.contains(a, marker) else { continue }
          result[0].unite(element, with: left, a)
          result[0].unite(element, with: right, b)
        }
      }
    default: throw Unwritten(operation: node.operation.semantics.name)
    }
    return result
  }

  /// Every element keeps its set and gets those it is normalised with.
  private func whole(_ result: inout SetTensor, _ input: SetTensor, _ axes: [Int], perGroup: Int?) {
    result = input
    for element in 0..<input.count {
      let place = input.coordinates(element)
      for choice in places(axes.map { input.shape[$0] }) {
        var source = place
        for (index, axis) in axes.enumerated() { source[axis] = choice[index] }
        if let perGroup, source[1] / perGroup != place[1] / perGroup { continue }
        if let source = input.element(source) { result.unite(element, with: input, source) }
      }
    }
  }

  /// The pairs of positions of a window that lie in different regions of the unshifted map.
  private func mask(_ result: inout SetTensor, _ source: Source, _ window: [Int], _ shift: [Int]) {
    guard case .shiftedWindowMask(let height, let width, _, _, _, _)? = source.values else { return }
    let map = [height.constant ?? 1, width.constant ?? 1]
    let columns = map[1] / window[1]
    func region(_ index: Int, _ position: Int) -> [Int] {
      let place = [
        index / columns * window[0] + position / window[1], index % columns * window[1] + position % window[1],
      ]
      return [0, 1].map { axis in
        place[axis] < map[axis] - window[axis] ? 0 : shift[axis] > 0 && place[axis] >= map[axis] - shift[axis] ? 2 : 1
      }
    }
    for element in 0..<result.count {
      let place = result.coordinates(element)
      let (query, key) = (place[place.count - 2], place[place.count - 1])
      if region(place[0], query) != region(place[0], key) { result.insert(element, marker) }
    }
  }
}

/// Every tuple with `0 ..< sizes[i]` in place `i`.
private func places(_ sizes: [Int]) -> [[Int]] {
  sizes.reduce([[]]) { tuples, size in tuples.flatMap { tuple in (0..<size).map { tuple + [$0] } } }
}

/// The spatial places that a window reads, padding included.
private func taps(_ window: Window, _ shape: [Int], _ place: [Int], _ body: ([Int]) -> Void) {
  for tap in places(window.axes.map(\.kernel)) {
    body(
      tap.indices.map { axis in
        let setting = window.axes[axis]
        var before = setting.before
        if window.padding != .explicit {
          let output = (shape[axis + 2] + setting.stride - 1) / setting.stride
          let span = (setting.kernel - 1) * setting.dilation + 1
          let total = max(0, (output - 1) * setting.stride + span - shape[axis + 2])
          before = window.padding == .sameUpper ? total / 2 : total - total / 2
        }
        return place[axis + 2] * setting.stride - before + tap[axis] * setting.dilation
      })
  }
}

/// The input positions that interpolation reads for output position `place`.
private func sources(_ resize: Resize, _ place: Int, _ size: Int, _ target: Int) -> [Int] {
  guard size != target else { return [place] }
  let (input, output) = (Double(size), Double(target))
  let x: Double
  switch resize.coordinates {
  case .alignCorners: x = target == 1 ? 0 : Double(place) * (input - 1) / (output - 1)
  case .asymmetric: x = Double(place) * input / output
  case .pytorchHalfPixel where target == 1: x = 0
  case .halfPixel, .pytorchHalfPixel, .halfPixelSymmetric: x = (Double(place) + 0.5) * input / output - 0.5
  }
  let low = Int((x + 1e-9).rounded(.down))
  let isWhole = abs(x - Double(low)) < 1e-6
  func kept(_ list: [Int]) -> [Int] { list.map { min(max($0, 0), size - 1) } }
  switch resize.mode {
  case .nearest(.floor): return kept([low])
  case .nearest(.ceiling): return kept([isWhole ? low : low + 1])
  case .nearest(.preferFloor): return kept([x - Double(low) < 0.5 + 1e-9 ? low : low + 1])
  case .nearest(.preferCeiling): return kept([x - Double(low) > 0.5 - 1e-9 ? low + 1 : low])
  case .linear: return isWhole ? kept([low]) : kept([low, low + 1])
  case .cubic: return isWhole ? kept([low]) : kept([low - 1, low, low + 1, low + 2])
  }
}
