import Foundation
import NetworkGraph
import Tensors
import TestSupport
import Testing

@testable import TensorFormats

struct SafetensorsTests {
  @Test func `every element type has the values that PyTorch reads`() throws {
    let file = try SafetensorsFile(path: golden("types.safetensors"))
    #expect(Set(file.names ?? []) == Set(ExpectedTensor.tensors.keys))
    #expect(ExpectedTensor.tensors.count == 13)
    for (name, expected) in ExpectedTensor.tensors {
      let tensor = try #require(try file.tensor(named: name, shape: []))
      #expect(expected.matches(tensor), "\(name): \(tensor)")
      #expect(file.shape(ofTensor: name) == expected.shape)
    }
    #expect(file.metadata == ["format": "pt", "a\n": "\"ü\""])
    #expect(try file.tensor(named: "f64", shape: [])?.elementType == .float64)
  }

  @Test func `a name that is not there is no error`() throws {
    let file = try SafetensorsFile(path: golden("types.safetensors"))
    #expect(try file.tensor(named: "absent", shape: [1]) == nil)
    #expect(file.shape(ofTensor: "absent") == nil)
  }

  @Test(arguments: [(StoredFloat.float16, "f16"), (.bfloat16, "bf16"), (.float32, "f32")])
  func `writing rounds as PyTorch does`(format: StoredFloat, name: String) throws {
    let folder = try TemporaryFolder()
    let source = try SafetensorsFile(path: golden("rounding-f32.safetensors"))
    let values = try #require(try source.tensor(named: "values", shape: []))
    #expect(values.values.count > 4900)
    try SafetensorsFile.write([("values", values)], as: format, to: folder.path("written"))
    let written = try SafetensorsFile(path: folder.path("written")).tensor(named: "values", shape: [])?.values
    let expected = try SafetensorsFile(path: golden("rounding-\(name).safetensors"))
      .tensor(named: "values", shape: [])?.values
    #expect(written?.map(\.bitPattern) == expected?.map(\.bitPattern))
  }

  @Test func `every number of half precision is the one that the compiler has`() {
    for bits in UInt16.min...UInt16.max {
      let (value, expected) = (Float(half: bits), Float(Float16(bitPattern: bits)))
      // NaN may be any.
      if value.bitPattern != expected.bitPattern, !(value.isNaN && expected.isNaN) { Issue.record("\(bits): \(value)") }
    }
  }

  @Test func `what is written is read`() throws {
    let folder = try TemporaryFolder()
    let tensors: [(name: String, tensor: Tensor)] = [
      ("b", try Tensor([2, 3], [1, -0.0, .infinity, 4, 5, .leastNonzeroMagnitude])),
      ("a \"quoted\"\n\u{01}\\ü😀", Tensor(scalar: 7)),
      ("", try Tensor([0, 5], [])),
      ("large", try Tensor([40000], (0..<40000).map { Float($0) / 3 })),
    ]
    let metadata = ["k": "v", "\"": "\t"]
    try SafetensorsFile.write(tensors, metadata: metadata, to: folder.path("x.safetensors"))
    let file = try SafetensorsFile(path: folder.path("x.safetensors"))
    #expect(file.metadata == metadata)
    #expect(Set(file.names ?? []) == Set(tensors.map(\.name)))
    for (name, tensor) in tensors { #expect(try file.tensor(named: name, shape: []) == tensor) }
    let bytes = try Data(contentsOf: URL(filePath: folder.path("x.safetensors")))
    #expect(bytes[0] % 8 == 0, "data start at a multiple of eight bytes")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["x.safetensors"])
  }

  @Test func `writing two tensors of one name is refused and leaves no file`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("x")
    let text = sentence { () throws(TensorError) in
      try SafetensorsFile.write([("a", Tensor(scalar: 1)), ("a", Tensor(scalar: 2))], to: path)
    }
    #expect(text == "\(path): cannot hold two tensors called 'a'")
    let missing = sentence { () throws(TensorError) in try SafetensorsFile.write([], to: "\(path)/y") }
    #expect(missing == "\(path)/y: cannot be written: No such file or directory")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
  }

  @Test func `the smallest files are read`() throws {
    let folder = try TemporaryFolder()
    let empty = try SafetensorsFile(path: folder.file("a", safetensors("{}", dataCount: 0)))
    #expect(empty.names == [])
    let padded = try SafetensorsFile(path: folder.file("b", safetensors("{ }   ", dataCount: 0)))
    #expect(padded.names == [])
  }

  @Test func `tensors in any order of the header are read where their data lie`() throws {
    let folder = try TemporaryFolder()
    var bytes = safetensors(
      #"{"z":{"shape":[1],"data_offsets":[4,5],"dtype":"U8"},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}"#,
      dataCount: 0)
    bytes += [0, 0, 0x80, 0x3F, 9]
    let file = try SafetensorsFile(path: folder.file("x", bytes))
    #expect(file.names == ["a", "z"])
    #expect(try file.tensor(named: "a", shape: [])?.values == [1])
    #expect(try file.tensor(named: "z", shape: [])?.values == [9])
  }

  @Test func `whole numbers beyond 2^24 are refused`() throws {
    let folder = try TemporaryFolder()
    for (value, isExact) in [(1 << 24, true), (-(1 << 24), true), (1 << 24 + 1, false), (Int.min, false)] {
      var bytes = safetensors(#"{"n":{"dtype":"I64","shape":[2],"data_offsets":[0,16]}}"#, dataCount: 8)
      withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
      let path = try folder.file("x", bytes)
      let text = sentence { () throws(TensorError) in
        _ = try SafetensorsFile(path: path).tensor(named: "n", shape: [2])
      }
      let expected =
        "\(path): element 1 of tensor 'n' is \(value), but tensors hold whole numbers only up to 2^24 in magnitude"
      #expect(text == (isExact ? "" : expected))
    }
  }

  @Test func `types that no tensor holds are refused when they are read`() throws {
    let folder = try TemporaryFolder()
    let header =
      #"{"q":{"dtype":"F8_E4M3","shape":[3],"data_offsets":[0,3]},"r":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}}"#
    let file = try SafetensorsFile(path: folder.file("x", safetensors(header, dataCount: 4)))
    #expect(try file.tensor(named: "r", shape: [1])?.values == [0])
    let text = sentence { () throws(TensorError) in _ = try file.tensor(named: "q", shape: [3]) }
    #expect(text.hasSuffix("tensor 'q' has the dtype F8_E4M3, which is not read; convert it to F32 or F16"))
  }
}

struct HostileSafetensorsTests {
  static let f32 = #""dtype":"F32""#
  static let headers: [(header: String, dataCount: Int, says: String)] = [
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 7, "describes 8 bytes of data, but 7 follow"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 9, "describes 8 bytes of data, but 9 follow"),
    (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8, "'a' of shape 3 and dtype F32 needs 12 bytes"),
    (#"{"a":{"dtype":"F32","shape":[1152921504606846976],"data_offsets":[0,8]}}"#, 8, "no tensor can have the shape"),
    (
      #"{"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,0]}}"#, 0,
      "no tensor can have the shape"
    ),
    (#"{"a":{"dtype":"F32","shape":[0,9223372036854775807,3],"data_offsets":[0,0]}}"#, 0, "no tensor can have"),
    (#"{"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,0]}}"#, 0, "a number exceeds 64 bits"),
    (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,0]}}"#, 0, "byte 37: expected a whole number that is not"),
    (#"{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}"#, 4, "expected ']', but found '.'"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4, "data_offsets of 'a' are [4, 0]"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}"#, 8, "data_offsets of 'a' are [0, 4, 8]"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, "start at byte 4 of the data, but what precedes"),
    (
      #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}"#, 6,
      "data of 'b' start at byte 2 of the data, but what precedes them ends at 4"
    ),
    (
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, 2,
      "byte 61: 'a' occurs twice in the header"
    ),
    (
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\u0061":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#,
      2, "'a' occurs twice in the header"
    ),
    (#"{"__metadata__":{"k":"1","k":"2"}}"#, 0, "'k' occurs twice in __metadata__"),
    (#"{"__metadata__":{"k":1}}"#, 0, "expected a text in \""),
    (#"{"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}"#, 4, "'a' has the dtype 'F33', which is not known"),
    (#"{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 4, "'a' has a key 'dtype'"),
    (#"{"a":{"dtype":"F32","shape":[1]}}"#, 4, "'a' lacks one of dtype, shape and data_offsets"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}"#, 4, "'a' has a key 'x'"),
    (#"{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}"#, 1, "needs 2 bytes"),
    (#"{"a":["#, 0, "expected '{', but found '['"),
    (#"["#, 0, "byte 8: expected '{', but found '['"),
    ("", 0, "byte 8: expected '{', but the header ends"),
    ("{", 0, "expected a text in \", but the header ends"),
    ("{\"a", 0, "byte 9: a text does not end"),
    ("{\"a\\", 0, "a text does not end"),
    (#"{"\ud800x":{}}"#, 0, "half of a surrogate pair is missing"),
    (#"{"\ud800\u0041":{}}"#, 0, "half of a surrogate pair is missing"),
    (#"{"\udc00":{}}"#, 0, "half of a surrogate pair is missing"),
    (#"{"\x":{}}"#, 0, "a backslash before a character that it does not escape"),
    (#"{"\u00g0":{}}"#, 0, "expected four hexadecimal digits, but found 'g'"),
    ("{\"\u{01}\":{}}", 0, "a text holds the control character 1"),
    ("{} x", 0, "byte 11: expected the end of the header"),
    ("{}{}", 0, "byte 10: expected the end of the header"),
    ("{\"a\":{}}", 0, "'a' lacks one of dtype"),
    ("{,}", 0, "expected a text in \", but found ','"),
  ]

  @Test(arguments: headers)
  func `a wrong header gets a sentence that says where`(header: String, dataCount: Int, says: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("x.safetensors", safetensors(header, dataCount: dataCount))
    let text = sentence { () throws(TensorError) in _ = try SafetensorsFile(path: path) }
    #expect(text.contains(says), "\(text)")
  }

  @Test func `a text that is not UTF-8 is refused`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("x", [5, 0, 0, 0, 0, 0, 0, 0] + Array("{\"".utf8) + [0xFF] + Array("\":".utf8))
    #expect(sentence { () throws(TensorError) in _ = try SafetensorsFile(path: path) }.hasSuffix("is not UTF-8"))
  }

  @Test func `the length of the header is checked before anything is read`() throws {
    let folder = try TemporaryFolder()
    let cases: [([UInt8], String)] = [
      ([], "has 0 bytes; a safetensors file starts with eight that state the header's length"),
      ([1, 2, 3], "has 3 bytes"),
      (Array(repeating: 0xFF, count: 8), "states a header of 18446744073709551615 bytes, more than the limit"),
      ([0x01, 0xE1, 0xF5, 0x05, 0, 0, 0, 0], "states a header of 100000001 bytes, more than the limit of 100000000"),
      ([0x00, 0xE1, 0xF5, 0x05, 0, 0, 0, 0], "states a header of 100000000 bytes, but only 0 follow"),
    ]
    for (bytes, says) in cases {
      let path = try folder.file("x", bytes)
      let text = sentence { () throws(TensorError) in _ = try SafetensorsFile(path: path) }
      #expect(text.contains(says), "\(text)")
    }
  }

  @Test func `directories, pipes and devices are refused at once`() throws {
    let folder = try TemporaryFolder()
    mkfifo(folder.path("pipe"), 0o600)
    for path in [folder.url.path, folder.path("pipe"), "/dev/zero"] {
      let text = sentence { () throws(TensorError) in _ = try SafetensorsFile(path: path) }
      #expect(text == "\(path): is not a regular file")
    }
    let absent = folder.path("absent")
    let text = sentence { () throws(TensorError) in _ = try SafetensorsFile(path: absent) }
    #expect(text == "\(absent): No such file or directory")
  }

  @Test func `a file that shrinks after it was opened is an error`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("x")
    try SafetensorsFile.write([("a", try Tensor([1000], Array(repeating: 1, count: 1000)))], to: path)
    let file = try SafetensorsFile(path: path)
    #expect(truncate(path, 200) == 0)
    let text = sentence { () throws(TensorError) in _ = try file.tensor(named: "a", shape: [1000]) }
    #expect(text.contains("byte 200: the file ends here"), "\(text)")
  }

  @Test func `a damaged file is tensors or a sentence`() throws {
    let folder = try TemporaryFolder()
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: golden("types.safetensors"))))
    let header = 8 + Int(bytes[0]) + Int(bytes[1]) << 8
    let outcomes = try Damage.outcomes(of: bytes, header: header, in: folder) { path throws(TensorError) in
      try SafetensorsFile(path: path).all().values.reduce(0) { $0 + $1.values.count }
    }
    #expect(outcomes.refused > 5000)
    // Letters of names, and types of the same width, may change.
    #expect(outcomes.read > 100)
  }
}
