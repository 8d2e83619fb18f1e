import NetworkGraph
import SymbolicIntegers
import TestSupport
import Testing

@testable import Tensors

@Suite("Fixed tensors")
struct FixedTensorsTests {
  /// One line of fixed_values.csv: what torchvision computes.
  private struct Reference {
    var values: FixedValues
    var shape: [Int]
    var digest: String
    var sample: [Double]

    init(_ row: Golden.Row) throws {
      let sizes = row["sizes"].split(separator: " ").compactMap { Int($0) }
      switch row["kind"] {
      case "index": values = .relativePositionIndex(height: sizes[0], width: sizes[1])
      case "offsets": values = .logarithmicOffsets(height: sizes[0], width: sizes[1])
      default:
        values = .shiftedWindowMask(
          height: Dimension(sizes[0]), width: Dimension(sizes[1]), windowHeight: sizes[2], windowWidth: sizes[3],
          verticalShift: sizes[4], horizontalShift: sizes[5])
      }
      shape = row["shape"].split(separator: "x").compactMap { Int($0) }
      digest = row["digest"]
      sample = row["sample"].split(separator: " ").compactMap { Double($0) }
    }
  }

  /// FNV-1a over the elements times 10,000 as little-endian 32-bit integers.
  private func digest(_ tensor: Tensor) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for value in tensor.values {
      let bits = UInt32(bitPattern: Int32((Double(value) * 10_000).rounded()))
      for shift in stride(from: 0, to: 32, by: 8) { hash = (hash ^ UInt64(bits >> shift & 255)) &* 0x100_0000_01B3 }
    }
    let text = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }

  @Test func tablesAreTheOnesTorchvisionComputes() throws {
    let rows = try Golden.rows("fixed_values.csv")
    #expect(rows.count == 11)
    for row in rows {
      let reference = try Reference(row)
      let tensor = try reference.values.tensor(shape: reference.shape)
      #expect(tensor.shape == reference.shape)
      #expect(digest(tensor) == reference.digest, "\(reference.values)")
      for (index, expected) in reference.sample.enumerated() {
        let position = (Double(index * (tensor.values.count - 1)) / 7).rounded(.toNearestOrEven)
        #expect(abs(Double(tensor.values[Int(position)]) - expected) <= 1e-6 * abs(expected))
      }
    }
  }

  @Test func anIndexIsAWholeNumber() throws {
    #expect(try FixedValues.relativePositionIndex(height: 2, width: 2).tensor(shape: [4, 4]).elementType == .int64)
    #expect(try FixedValues.uniform(0.5).tensor(shape: [2]) == Tensor([2], [0.5, 0.5]))
    #expect(try FixedValues.uniform(2).tensor(shape: []) == Tensor(scalar: 2))
  }

  @Test func aWindowOfOnePositionHasOneOffset() throws {
    #expect(try FixedValues.logarithmicOffsets(height: 1, width: 1).tensor(shape: [1, 1, 1, 2]).values == [0, 0])
  }

  @Test func valuesThatDoNotFillTheShapeAreRefused() throws {
    let sizes = [-1, 0, 1, 3, 1 << 31, 1 << 62, .max, .min]
    for height in sizes {
      for width in sizes where (height, width) != (1, 1) {
        for values in [
          FixedValues.relativePositionIndex(height: height, width: width),
          .logarithmicOffsets(height: height, width: width),
          .shiftedWindowMask(
            height: Dimension(height), width: 6, windowHeight: width, windowWidth: 3, verticalShift: 1,
            horizontalShift: 1),
        ] {
          #expect(throws: TensorError.self) { try values.tensor(shape: [7, 1]) }
        }
      }
    }
    let side = Dimension(try #require(Symbol("H")))
    let symbolic = FixedValues.shiftedWindowMask(
      height: side, width: 6, windowHeight: 3, windowWidth: 3, verticalShift: 1, horizontalShift: 1)
    #expect(throws: TensorError.self) { try symbolic.tensor(shape: [4, 1, 9, 9]) }
  }
}
