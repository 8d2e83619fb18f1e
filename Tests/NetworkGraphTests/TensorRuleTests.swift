import NetworkGraph
import SymbolicIntegers
import TestSupport
import Testing

@Suite("Shape rules of operators on whole tensors")
struct TensorRuleTests {
  @Test("broadcasting follows NumPy's table")
  func broadcasting() {
    let table: [(Shape, Shape, Shape?)] = [
      ([2, 3], [2, 3], [2, 3]),
      ([256, 256, 3], [3], [256, 256, 3]),
      ([8, 1, 6, 1], [7, 1, 5], [8, 7, 6, 5]),
      ([5, 4], [1], [5, 4]),
      ([15, 3, 5], [15, 1, 5], [15, 3, 5]),
      ([5, 4], [], [5, 4]),
      ([], [], []),
      ([0, 3], [1, 3], [0, 3]),
      ([1], [0], [0]),
      ([3], [4], nil),
      ([2, 1], [8, 4, 3], nil),
      ([2], [0], nil),
      ([1, 64, height, width], [1, 64, 1, 1], [1, 64, height, width]),
      ([height, 1], [1, width], [height, width]),
      ([height], [width], nil),
      ([height], [height + 1], nil),
      ([height], [2], nil),
    ]
    for (left, right, expected) in table {
      #expect(shape(Elementwise(.add), left, right) == expected, "\(left) + \(right)")
      #expect(shape(Elementwise(.multiply), right, left) == expected, "\(right) * \(left)")
      #expect(shape(Expand(to: right), left) == expected)
    }
    #expect(shape(Elementwise(.where), [2, 1], [1, 3], [3]) == [2, 3])
    #expect(shape(Elementwise(.maximum), [2, 1], [1, 3], [4, 1, 1]) == [4, 2, 3])
    #expect(shape(Elementwise(.subtract), [2]) == nil)
    #expect(shape(Elementwise(.exponential), [2], [2]) == nil)
  }

  @Test("comparisons give truth values, and a choice has the type of what is chosen")
  func elementTypes() throws {
    let floats = TensorType([2], .float32)
    let bools = TensorType([2], .bool)
    #expect(try Elementwise(.less).outputTypes(of: [floats, floats]) == [bools])
    #expect(try Elementwise(.where).outputTypes(of: [bools, floats, floats]) == [floats])
    #expect(try Identity.cast(.int64).outputTypes(of: [floats]) == [TensorType([2], .int64)])
  }

  @Test("split undoes concatenation along any axis, symbolic sizes included")
  func concatenation() {
    let parts: [Dimension] = [1, 2, height, 3 * width]
    for axis in [0, 1, 2, -1, -3] {
      let index = axis < 0 ? axis + 3 : axis
      let inputs = parts.map { part in
        var shape: Shape = [5, 6, 7]
        shape[index] = part
        return TensorType(shape)
      }
      let joined = try? Concatenation(axis: axis).outputTypes(of: inputs)
      #expect(joined?.first?.shape[index] == height + 3 * width + 3)
      let back = joined.flatMap { try? Split(axis: axis, sizes: parts).outputTypes(of: $0) }
      #expect(back == inputs)
    }
    #expect(shape(Concatenation(axis: 1), [2, 3, 4], [2, 9, 5]) == nil)
    #expect(shape(Concatenation(axis: 1), [2, 3, 4], [2, 3]) == nil)
    #expect(shape(Concatenation(axis: 3), [2, 3, 4]) == nil)
    #expect(shapes(Split(axis: 0, sizes: [1, 2]), [4]) == nil)
    #expect(shapes(Split(axis: 0, sizes: [1, 2, 1]), [4]) == [[1], [2], [1]])
  }

  @Test("a reshape keeps the elements, and infers at most one axis, on symbolic shapes too")
  func reshape() {
    let map: Shape = [batch, 512, height, width]
    #expect(shape(View.reshape([.sameAs(axis: 0), .inferred]), map) == [batch, 512 * height * width])
    #expect(shape(View.reshape([.size(batch), .size(512), .inferred]), map) == [batch, 512, height * width])
    #expect(shape(View.reshape([.inferred, .size(256), .size(2 * height), .size(width)]), map)?[0] == batch)
    #expect(shape(View.reshape([.inferred]), [2, 3, 4]) == [24])
    #expect(shape(View.reshape([.size(4), .inferred]), [2, 3, 4]) == [4, 6])
    #expect(shape(View.reshape([.size(5), .inferred]), [2, 3, 4]) == nil)
    #expect(shape(View.reshape([.inferred, .inferred]), [2, 3, 4]) == nil)
    #expect(shape(View.reshape([.size(25)]), [2, 3, 4]) == nil)
    #expect(shape(View.reshape([.size(0), .inferred]), [0, 3]) == nil)
    #expect(shape(View.reshape([.size(7), .inferred]), map) == nil)
    #expect(shape(View.reshape([.sameAs(axis: 4)]), map) == nil)
    #expect(shape(View.reshape([]), [1, 1]) == [])
  }

  @Test("flatten, squeeze and unsqueeze")
  func views() {
    let map: Shape = [2, 3, 1, 5]
    #expect(shape(View.flatten(from: 1, through: -1), map) == [2, 15])
    #expect(shape(View.flatten(from: 0, through: 1), map) == [6, 1, 5])
    #expect(shape(View.flatten(from: 2, through: 1), map) == nil)
    #expect(shape(View.flatten(from: 1, through: 4), map) == nil)
    #expect(shape(View.squeeze(axes: [2]), map) == [2, 3, 5])
    #expect(shape(View.squeeze(axes: []), [1, 3, 1]) == [3])
    #expect(shape(View.squeeze(axes: [1]), map) == nil)
    #expect(shape(View.unsqueeze(axes: [0, -1]), [4]) == [1, 4, 1])
    #expect(shape(View.unsqueeze(axes: [3]), [4]) == nil)
    #expect(shape(View.unsqueeze(axes: [0, 0]), [4]) == nil)
  }

  @Test("slices have the lengths of Python's for every small size, start, end and step")
  func slices() throws {
    var wrong: [String] = []
    let rows = try Golden.rows("slices.csv")
    #expect(rows.count == 36)
    for row in rows {
      let size = try #require(row.number("size"))
      let step = try #require(row.number("step"))
      var lengths = row["lengths"].compactMap(\.wholeNumberValue).makeIterator()
      for start in -7...7 {
        for end in Array(-7...7).map(Optional.some) + [nil] {
          let slice = Slice([.init(axis: 1, start: start, end: end, step: step)])
          let found = shape(slice, [9, Dimension(size)])
          let length = lengths.next()
          let expected = try #require(length)
          if found != [9, Dimension(expected)] { wrong.append("\(size)[\(start):\(end ?? 99):\(step)]") }
          // A symbolic size is taken to reach beyond both bounds.
          guard abs(start) < size, abs(end ?? 0) < size, expected > 0 else { continue }
          let symbolic = shape(slice, [9, height])?[1].at(height: size)
          if symbolic != expected { wrong.append("H=\(size)[\(start):\(end ?? 99):\(step)] \(symbolic ?? -99)") }
        }
      }
    }
    #expect(wrong == [])
  }

  @Test("slice bounds at the ends of the integers mean the ends of the axis")
  func extremeSlices() {
    #expect(shape(Slice([.init(axis: 0, start: 0, end: .max)]), [7]) == [7])
    #expect(shape(Slice([.init(axis: 0, start: .min, end: .max)]), [7]) == [7])
    #expect(shape(Slice([.init(axis: 0, start: .max, end: .min, step: -1)]), [7]) == [7])
    #expect(shape(Slice([.init(axis: 0, start: 0, end: .max, step: .max)]), [7]) == [1])
    #expect(shape(Slice([.init(axis: 0, start: 1, end: .max)]), [height]) == [height - 1])
    #expect(shape(Slice([.init(axis: 0, start: 1, end: Int(Int32.max))]), [height]) == [height - 1])
    #expect(shape(Slice([.init(axis: 0, start: -1, end: .min, step: -1)]), [height]) == [height])
    #expect(shape(Slice([.init(axis: 0, start: 0, step: 0)]), [7]) == nil)
    #expect(shape(Slice([.init(axis: 0, start: 0, step: .min)]), [7]) == nil)
    #expect(shape(Slice([.init(axis: 1)]), [7]) == nil)
  }

  @Test("padding adds to each axis, and negative padding crops no more than there is")
  func padding() {
    #expect(shape(Pad(before: [0, 0, 1, 2], after: [0, 0, 3, 4]), [1, 2, 5, 6]) == [1, 2, 9, 12])
    #expect(shape(Pad(before: [0, -1], after: [0, -2]), [4, 5]) == [4, 2])
    #expect(shape(Pad(before: [0, -2], after: [0, -3]), [4, 5]) == [4, 0])
    #expect(shape(Pad(before: [0, -3], after: [0, -3]), [4, 5]) == nil)
    #expect(shape(Pad(before: [1], after: [1]), [4, 5]) == nil)
    #expect(shape(Pad(before: [0, -1], after: [0, 3]), [4, height]) == [4, height + 2])
  }

  @Test("matrix products follow NumPy's matmul")
  func matrixProducts() {
    let table: [(Shape, Shape, Shape?)] = [
      ([2, 3], [3, 4], [2, 4]), ([3], [3], []), ([2, 3], [3], [2]), ([3], [3, 4], [4]),
      ([7, 2, 3], [3, 4], [7, 2, 4]), ([7, 1, 2, 3], [5, 3, 4], [7, 5, 2, 4]),
      ([2, 3], [4, 3], nil), ([7, 2, 3], [6, 3, 4], nil), ([], [3], nil),
      ([batch, height, 8], [batch, 8, width], [batch, height, width]),
    ]
    for (left, right, expected) in table {
      #expect(shape(MatrixProduct(), left, right) == expected, "\(left) x \(right)")
    }
    #expect(shape(MatrixProduct(transposesRight: true), [2, 3], [4, 3]) == [2, 4])
    #expect(shape(MatrixProduct(transposesLeft: true), [3, 2], [3, 4]) == [2, 4])
    #expect(shape(Linear(outputFeatures: 10), [2, 5, 32]) == [2, 5, 10])
    #expect(shape(Linear(outputFeatures: 10), []) == nil)
  }

  @Test("adaptive and global pools fix the spatial sizes")
  func adaptivePools() {
    let average = PoolKind.average(countIncludePad: true)
    #expect(shape(AdaptivePool(average), [2, 8, height, width]) == [2, 8, 1, 1])
    #expect(shape(AdaptivePool(average), [2, 8, 5]) == [2, 8, 1])
    #expect(shape(AdaptivePool(.maximum, outputSizes: [7, 6]), [2, 8, 5, 5]) == [2, 8, 7, 6])
    #expect(shape(AdaptivePool(average, outputSizes: [7]), [2, 8, 5, 5]) == nil)
    #expect(shape(AdaptivePool(average, outputSizes: [0, 1]), [2, 8, 5, 5]) == nil)
    #expect(shape(AdaptivePool(average), [2, 8]) == nil)
  }

  @Test("reductions drop axes or keep them as 1")
  func reductions() {
    #expect(shape(Reduction(.mean, axes: [2, 3], keepsAxes: true), [2, 8, 5, 6]) == [2, 8, 1, 1])
    #expect(shape(Reduction(.mean, axes: [-1, 1], keepsAxes: false), [2, 8, 5, 6]) == [2, 5])
    #expect(shape(Reduction(.sum, axes: [], keepsAxes: false), [2, 8]) == [2, 8])
    #expect(shape(Reduction(.sum, axes: [2], keepsAxes: false), [2, 8]) == nil)
  }

  @Test("resizing takes sizes or factors, rounded down; a symbolic side needs a simple fraction")
  func resizing() {
    func resized(_ factor: Double, _ size: Dimension) -> Dimension? {
      shape(Resize(.nearest(.floor), sizes: [.factor(1), .factor(factor)]), [3, size])?[1]
    }
    #expect(resized(2, 5) == 10)
    #expect(resized(0.5, 5) == 2)
    #expect(resized(1.7, 10) == 17)
    #expect(resized(0.1, 5) == nil)
    #expect(resized(-1, 5) == nil)
    #expect(resized(.nan, 5) == nil)
    #expect(resized(.infinity, 5) == nil)
    #expect(resized(1e300, 5) == nil)
    #expect(resized(2, height) == 2 * height)
    #expect(resized(0.75, height)?.at(height: 7) == 5)
    #expect(resized(0.1234567, height) == nil)
    #expect(shape(Resize(.linear, sizes: [.size(4)]), [3, 5]) == nil)
    #expect(shape(Resize(.linear, sizes: [.factor(1), .size(width)]), [3, 5]) == [3, width])
  }

  @Test("transposition, shuffling and moving space into depth")
  func movement() {
    #expect(shape(Transpose([0, 2, 3, 1]), [1, 2, 3, 4]) == [1, 3, 4, 2])
    #expect(shape(Transpose([0, 1, 1]), [1, 2, 3]) == nil)
    #expect(shape(Transpose([0, 1]), [1, 2, 3]) == nil)
    #expect(shape(ChannelShuffle(groups: 4), [1, 8, 3, 3]) == [1, 8, 3, 3])
    #expect(shape(ChannelShuffle(groups: 3), [1, 8, 3, 3]) == nil)
    #expect(shape(ChannelShuffle(groups: 0), [1, 8, 3, 3]) == nil)
    let down = shape(SpaceDepth(.spaceToDepth, block: 2), [1, 3, 8, 2 * height])
    #expect(down == [1, 12, 4, height])
    #expect(shape(SpaceDepth(.pixelShuffle, block: 2), [1, 12, 4, height]) == [1, 3, 8, 2 * height])
    #expect(shape(SpaceDepth(.spaceToDepth, block: 2), [1, 3, 7, 8]) == nil)
    #expect(shape(SpaceDepth(.depthToSpace, block: 0), [1, 3, 7, 8]) == nil)
    #expect(shape(Tile(repeats: [1, 3]), [2, 5]) == [2, 15])
    #expect(shape(Roll(shifts: [1], axes: [2]), [2, 5]) == nil)
  }

  @Test("gathering by fixed indices, by index tensors and by tuples")
  func gathering() {
    #expect(shape(Gather(axis: 1, indices: [0, 2, -1]), [1, 6, 5, 5]) == [1, 3, 5, 5])
    #expect(shape(Gather(axis: 1, indices: [6]), [1, 6, 5, 5]) == nil)
    #expect(shape(Gather(axis: 1, indices: [-7]), [1, 6, 5, 5]) == nil)
    #expect(shape(Gather(axis: 1), [2, 3, 4], [7, 8]) == [2, 7, 8, 4])
    #expect(shape(Gather(axis: 1), [2, 3, 4], []) == [2, 4])
    #expect(shape(Gather(axis: 0, mode: .elements), [2, 3], [5, 3]) == [5, 3])
    #expect(shape(Gather(axis: 0, mode: .tuples(batchAxes: 0)), [2, 3, 4], [5, 2]) == [5, 4])
    #expect(shape(Gather(axis: 0, mode: .tuples(batchAxes: 1)), [2, 3, 4], [2, 5, 1]) == [2, 5, 4])
    #expect(shape(Gather(axis: 0, mode: .tuples(batchAxes: 0)), [2, 3], [5, 3]) == nil)
    #expect(shape(Scatter(.tuples), [4], [2, 1], [2]) == [4])
    #expect(shape(Scatter(.tuples), [4, 5], [3, 2, 1], [3, 2, 5]) == [4, 5])
    #expect(shape(Scatter(.tuples), [4, 5], [3, 2, 1], [3, 2, 4]) == nil)
    #expect(shape(Scatter(.tuples), [4, 5], [3, 3], [3]) == nil)
    #expect(shape(Scatter(.elements(axis: 1)), [4, 5], [4, 9], [4, 9]) == [4, 5])
    #expect(shape(Scatter(.elements(axis: 0)), [4, 5], [4, 9], [4, 9]) == nil)
    #expect(shape(Scatter(.elements(axis: 1)), [4, 5], [4, 2], [4, 3]) == nil)
    #expect(shape(Scatter(.elements(axis: 2)), [4, 5], [4, 2], [4, 2]) == nil)
  }

  @Test("a fixed factor costs a multiplication an element, an offset an addition; factor 1 and offset 0 nothing")
  func affine() throws {
    let graph = try Graph(name: "affine", input: TensorType([2, 3])) { input in
      var x = input * 0.5
      x *= 2
      return x.apply(.affine(Affine(offset: 1)), "shift").apply(.affine(Affine()), "same")
    }
    let work = graph.nodes.dropFirst().map { graph.arithmetic(of: $0) }
    #expect(work.map(\.multiplications) == [6, 6, 0, 0])
    #expect(work.map(\.additions) == [0, 0, 6, 0])
    #expect(graph.nodes.allSatisfy { $0.outputs[0].shape == [2, 3] })
  }
}
