import Foundation
import SwiftProtobuf
import Testing

@testable import ONNXFormat

@Suite struct DamagedFileTests {
  @Test func `a model cut at any byte is an error unless only later fields are lost`() throws {
    let model = TestModels.everywhere(count: 2)
    let bytes: [UInt8] = try model.serializedBytes()

    // The writer orders fields by number; cuts between the fields after the graph leave a shorter, valid model.
    var withoutLater = model
    withoutLater.functions = []
    let beforeFunctions = try withoutLater.serializedBytes() as [UInt8]
    withoutLater.trainingInfo = []
    let beforeTraining = try withoutLater.serializedBytes() as [UInt8]
    withoutLater.opsetImport = []
    let afterGraph = try withoutLater.serializedBytes() as [UInt8]
    let valid = Set([afterGraph.count, beforeTraining.count, beforeFunctions.count, bytes.count])

    for length in 0...bytes.count {
      let error = ModelFile.error(reading: Array(bytes[..<length]))
      #expect((error == nil) == valid.contains(length), "cut at \(length): \(String(describing: error))")
      if case .malformed(_, let fault) = error { #expect(fault.offset <= length) }
    }
  }

  @Test func `a model with large tensors cut at any byte never traps`() throws {
    let model = TestModels.model(
      TestModels.graph("g", nodes: [TestModels.node("Conv")], constants: [TestModels.weights("w", count: 300)]))
    let bytes: [UInt8] = try model.serializedBytes()
    let errors = (0..<bytes.count).filter { ModelFile.error(reading: Array(bytes[..<$0])) != nil }
    // Only the cut between the graph and the operator set leaves a model.
    #expect(errors.count == bytes.count - 1)
  }

  /// The plain decoder is the twin: what it reads we read alike, what it refuses we refuse.
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `randomly damaged models are read as the plain decoder reads them`(seed: UInt64) throws {
    let original: [UInt8] = try TestModels.everywhere(count: 2).serializedBytes()
    var generator = SeededGenerator(state: seed)
    var readable = 0
    for _ in 0..<1_500 {
      let bytes = Self.damaged(original, &generator)
      let plain = try? ModelProto(serializedBytes: bytes)
      switch ModelFile.outcome(reading: bytes) {
      case .success(let file):
        #expect(file.stripped.isEmpty)
        let twin: [UInt8]? = try plain?.serializedBytes()
        #expect(try file.model.serializedBytes() == twin)
        readable += 1
      case .failure(.malformed(_, let fault)):
        // Groups are the one thing that the plain decoder skips and this reader refuses.
        let isGroup = fault.problem == .wireType(3) || fault.problem == .wireType(4)
        #expect(plain == nil || isGroup, "\(fault)")
      case .failure(.noGraph): #expect(plain?.hasGraph == false)
      case .failure(let error): #expect(plain == nil, "\(error)")
      }
    }
    #expect(readable > 100)
  }

  @Test(arguments: [5, 6, 7, 8] as [UInt64])
  func `randomly damaged models with large tensors never trap`(seed: UInt64) throws {
    let original: [UInt8] = try TestModels.everywhere(count: 260).serializedBytes()
    var generator = SeededGenerator(state: seed)
    var outcomes = (read: 0, refused: 0)
    for _ in 0..<1_000 {
      guard let file = try? ModelFile(Self.damaged(original, &generator)) else {
        outcomes.refused += 1
        continue
      }
      outcomes.read += 1
      var model = file.model
      TestModels.forEveryTensor(in: &model) { tensor in
        let record = file.strippedData(of: tensor)
        #expect(record.map { 0..<file.byteCount ~= $0.message.lowerBound } ?? true)
        _ = try? tensor.ints()
        _ = try? tensor.floats()
      }
    }
    #expect(outcomes.read > 50 && outcomes.refused > 50)
  }

  @Test func `random bytes and random text never trap`() {
    var generator = SeededGenerator(state: 9)
    for round in 0..<2_000 {
      let range: ClosedRange<UInt8> = round.isMultiple(of: 2) ? 0...255 : 32...126
      let bytes = (0..<Int.random(in: 1...200, using: &generator)).map { _ in
        UInt8.random(in: range, using: &generator)
      }
      if let error = ModelFile.error(reading: bytes) { #expect(error.description.hasPrefix("test.onnx: ")) }
    }
  }

  @Test func `hostile encodings are refused where they stand`() {
    let nineBytes = Array(repeating: UInt8(0x80), count: 9)
    let cases: [([UInt8], Int, WireFault.Problem)] = [
      ([0x08], 1, .endsInsideField),
      ([0x08, 0x80], 1, .endsInsideField),
      ([0x08] + nineBytes + [0x80, 0x00], 1, .overlongNumber),
      ([0x3A] + nineBytes + [0x01], 1, .lengthBeyondEnd(length: 1 << 63, available: 0)),
      ([0x3A, 0x05, 0x0A, 0x00], 1, .lengthBeyondEnd(length: 5, available: 2)),
      ([0x3A, 0x02, 0x0A, 0x05, 0, 0, 0, 0, 0], 3, .lengthBeyondEnd(length: 5, available: 0)),
      ([0x00], 0, .fieldNumber(0)),
      (Wire.varint(1 << 32) + [0], 0, .fieldNumber(1 << 29)),
      ([0x08, 0x01, 0x3B, 0x3C], 2, .wireType(3)),
      ([0x3C], 0, .wireType(4)),
      ([0x3E], 0, .wireType(6)),
      ([0x3F], 0, .wireType(7)),
      ([0x0D, 1, 2, 3], 1, .endsInsideField),
      ([0x09, 1, 2, 3, 4, 5, 6, 7], 1, .endsInsideField),
    ]
    for (bytes, offset, problem) in cases {
      guard case .malformed(_, let fault) = ModelFile.error(reading: bytes) else {
        Issue.record("\(bytes) was not refused as malformed")
        continue
      }
      #expect(fault.offset == offset && fault.problem == problem, "\(bytes): \(fault)")
    }
  }

  @Test func `nesting is bounded, and what real models need is within the bound`() throws {
    func nested(_ levels: Int) -> [UInt8] {
      var graph = Wire.bytes(2, Array("innermost".utf8))
      for _ in 0..<levels { graph = Wire.bytes(1, Wire.bytes(5, Wire.bytes(6, graph))) }
      return Wire.bytes(7, graph)
    }
    _ = try ModelFile(nested(32))
    guard case .malformed(_, let fault) = ModelFile.error(reading: nested(33)) else {
      Issue.record("101 levels were read")
      return
    }
    #expect(fault.problem == .tooDeep(limit: 100))
    #expect(ModelFile.error(reading: nested(20_000)) != nil)
  }

  @Test func `text that is not UTF-8 and values that do not fill their field are explained`() throws {
    let name = ModelFile.error(reading: Wire.bytes(7, Wire.bytes(2, [0xFF, 0xFE])))
    #expect(name?.description == "test.onnx: not a readable ONNX model: a name or text in it is not valid UTF-8")
    let floats = Wire.bytes(7, Wire.bytes(5, Wire.bytes(4, [1, 2, 3])))
    #expect(ModelFile.error(reading: floats)?.description.contains("do not fill its length") == true)
  }

  @Test func `fields without a graph are not a model`() {
    let error = ModelFile.error(reading: Wire.number(1, 9))
    #expect(error?.description == "test.onnx: has no graph: not an ONNX model")
  }

  /// A copy with a few bytes changed, inserted or removed.
  private static func damaged(_ original: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      let byte = UInt8.random(in: 0...255, using: &generator)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: bytes.insert(byte, at: place)
      case 1: bytes.remove(at: place)
      case 2: bytes[place] ^= 1 << (byte & 7)
      default: bytes[place] = byte
      }
    }
    return bytes
  }
}
