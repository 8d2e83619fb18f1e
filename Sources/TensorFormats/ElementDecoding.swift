import NetworkGraph
import Tensors

/// One tensor's elements as they lie in a file, one after the other.
///
/// Half, bfloat and single precision become float32 exactly; double precision is rounded to the nearest float32. NaN
/// and infinities stay what they are. Whole numbers must be exact in float32.
package struct StoredElements: Sendable {
  package var file: TensorFile
  /// What errors call the tensor.
  package var tensor: String
  package var type: ElementType
  package var offset: Int
  package var count: Int
  package var isBigEndian: Bool
  /// Whether whole numbers that float32 does not hold become the nearest that it does.
  package var roundsIntegers: Bool

  package init(
    _ file: TensorFile, tensor: String, type: ElementType, offset: Int, count: Int, isBigEndian: Bool = false,
    roundsIntegers: Bool = false
  ) {
    self.file = file
    self.tensor = tensor
    self.type = type
    self.offset = offset
    self.count = count
    self.isBigEndian = isBigEndian
    self.roundsIntegers = roundsIntegers
  }

  /// Bytes that are read and converted at a time.
  private static let windowSize = 1 << 16

  /// The elements in the order of the file.
  /// - Throws: ``TensorError`` where the file has fewer, before anything is allocated; or for a whole number beyond
  ///   ``Tensor/largestExactInteger``.
  package func values() throws(TensorError) -> [Float] {
    let (byteCount, overflow) = count.multipliedReportingOverflow(by: type.byteCount)
    guard !overflow, count >= 0, offset >= 0, offset <= file.count, byteCount <= file.count - offset else {
      throw .malformed(
        file: file.path, offset: offset,
        reason: "\(tensor) needs \(count) elements of \(type) from here on, but the file has \(file.count) bytes in all"
      )
    }
    var failure: TensorError?
    let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(TensorError) {
        try read(into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
        initialized = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return values
  }

  private func read(into target: UnsafeMutableBufferPointer<Float>) throws(TensorError) {
    if type == .float32, !isBigEndian, Self.hostIsLittleEndian {
      return try file.read(UnsafeMutableRawBufferPointer(target), at: offset)
    }
    let step = Self.windowSize / Swift.max(1, type.byteCount)
    let window = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.windowSize, alignment: 8)
    defer { window.deallocate() }
    var first = 0
    while first < count {
      let part = Swift.min(step, count - first)
      let bytes = UnsafeMutableRawBufferPointer(rebasing: window[..<(part * type.byteCount)])
      try file.read(bytes, at: offset + first * type.byteCount)
      let problem = ElementDecoding.decode(
        UnsafeRawBufferPointer(bytes), type, isBigEndian: isBigEndian, roundsIntegers: roundsIntegers,
        into: UnsafeMutableBufferPointer(rebasing: target[first..<first + part]))
      if let problem { throw .inexact(file.path, tensor, element: first + problem.index, value: problem.value) }
      first += part
    }
  }

  private static var hostIsLittleEndian: Bool { 1.littleEndian == 1 }
}

/// Conversion of stored elements to float32.
enum ElementDecoding {
  /// Fills `target` from as many elements in `bytes`.
  /// - Returns: The first whole number that is not exact in float32, if any.
  static func decode(
    _ bytes: UnsafeRawBufferPointer, _ type: ElementType, isBigEndian: Bool, roundsIntegers: Bool,
    into target: UnsafeMutableBufferPointer<Float>
  ) -> (index: Int, value: String)? {
    func word<Word: FixedWidthInteger>(_ index: Int, _: Word.Type) -> Word {
      let stored = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Word>.size, as: Word.self)
      return isBigEndian ? Word(bigEndian: stored) : Word(littleEndian: stored)
    }
    func integers<Word: FixedWidthInteger>(_: Word.Type) -> (index: Int, value: String)? {
      for index in target.indices {
        let value = word(index, Word.self)
        guard roundsIntegers || value.magnitude <= UInt64(Tensor.largestExactInteger) else {
          return (index, "\(value)")
        }
        target[index] = Float(value)
      }
      return nil
    }
    switch type {
    case .float32: for index in target.indices { target[index] = Float(bitPattern: word(index, UInt32.self)) }
    case .float16: for index in target.indices { target[index] = Float(half: word(index, UInt16.self)) }
    case .bfloat16: for index in target.indices { target[index] = Float(bfloat: word(index, UInt16.self)) }
    case .float64:
      for index in target.indices { target[index] = Float(Double(bitPattern: word(index, UInt64.self))) }
    case .bool: for index in target.indices { target[index] = bytes[index] == 0 ? 0 : 1 }
    case .int8: return integers(Int8.self)
    case .uint8: return integers(UInt8.self)
    case .int16: return integers(Int16.self)
    case .uint16: return integers(UInt16.self)
    case .int32: return integers(Int32.self)
    case .uint32: return integers(UInt32.self)
    case .int64: return integers(Int64.self)
    case .uint64: return integers(UInt64.self)
    case .other: for index in target.indices { target[index] = .nan }
    }
    return nil
  }
}

extension TensorError {
  /// A whole number is not exact in float32.
  package static func inexact(_ file: String, _ tensor: String, element: Int, value: String) -> TensorError {
    .malformed(
      file: file, offset: nil,
      reason: "element \(element) of \(tensor) is \(value), but tensors hold whole numbers only up to 2^24 in magnitude"
    )
  }
}

extension Float {
  /// The number with the given bits in half precision.
  ///
  /// Exponents differ by 112, for numbers below the normal ones too; without branches, so that it runs on vectors.
  package init(half bits: UInt16) {
    let magnitude = UInt32(bits & 0x7FFF) << 13
    let isFinite = bits & 0x7C00 != 0x7C00
    let pattern = isFinite ? (Float(bitPattern: magnitude) * 0x1p112).bitPattern : magnitude | 0x7F80_0000
    self.init(bitPattern: UInt32(bits & 0x8000) << 16 | pattern)
  }

  /// The number with the given bits in bfloat16.
  package init(bfloat bits: UInt16) { self.init(bitPattern: UInt32(bits) << 16) }

  /// The bits of the nearest number in half precision, ties to even; an infinity from 65,520 on.
  package var halfBits: UInt16 { Float16(self).bitPattern }

  /// The bits of the nearest bfloat16, ties to even; NaN stays NaN.
  package var bfloatBits: UInt16 {
    if isNaN { return UInt16(truncatingIfNeeded: bitPattern >> 16) | 0x40 }
    return UInt16(truncatingIfNeeded: (bitPattern &+ 0x7FFF &+ (bitPattern >> 16 & 1)) >> 16)
  }
}
