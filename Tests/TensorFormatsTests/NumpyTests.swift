import Foundation
import NetworkGraph
import Tensors
import TestSupport
import Testing

@testable import TensorFormats

struct NumpyTests {
  static let files = ExpectedTensor.arrays.keys.filter { $0.hasSuffix(".npy") }.sorted()

  @Test func `all arrays are there`() { #expect(Self.files.count == 18) }

  @Test(arguments: files) func `arrays have the values that NumPy gave them`(name: String) throws {
    let tensor = try NumpyFile.read(golden(name))
    let expected = try #require(ExpectedTensor.arrays[name])
    #expect(expected.matches(tensor), "\(tensor)")
  }

  @Test func `element types are those of the file`() throws {
    #expect(try NumpyFile.read(golden("i2-big.npy")).elementType == .int16)
    #expect(try NumpyFile.read(golden("b1.npy")).elementType == .bool)
    #expect(try NumpyFile.read(golden("f8-big-fortran.npy")).elementType == .float64)
  }

  @Test(arguments: ["f4", "scalar", "empty"]) func `written arrays are NumPy's own, byte for byte`(name: String) throws
  {
    let folder = try TemporaryFolder()
    try NumpyFile.write(NumpyFile.read(golden("\(name).npy")), to: folder.path("x.npy"))
    let written = try Data(contentsOf: URL(filePath: folder.path("x.npy")))
    #expect(try written == Data(contentsOf: URL(filePath: golden("\(name).npy"))))
  }

  @Test func `a vector is written with a comma behind its length`() throws {
    let folder = try TemporaryFolder()
    try NumpyFile.write(Tensor([3], [1, 2, 3]), to: folder.path("x.npy"))
    let written = try Data(contentsOf: URL(filePath: folder.path("x.npy")))
    #expect(String(decoding: written, as: UTF8.self).contains("'shape': (3,), }"))
    #expect(try NumpyFile.read(folder.path("x.npy")) == Tensor([3], [1, 2, 3]))
  }

  @Test func `the longest shape is written and read`() throws {
    let folder = try TemporaryFolder()
    let tensor = try Tensor(Array(repeating: 1, count: Tensor.axisLimit), [5])
    try NumpyFile.write(tensor, to: folder.path("x.npy"))
    #expect(try NumpyFile.read(folder.path("x.npy")) == tensor)
  }

  static let headers: [(header: String, dataCount: Int, says: String)] = [
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 7, "need 8 bytes of data, but 7 follow"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 9, "need 8 bytes of data, but 9 follow"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1152921504606846976,), }", 8, "no tensor can have the shape"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 9223372036854775807, 4), }", 0, "no tensor can have"),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (\(String(repeating: "1,", count: 65)))}", 4,
      "no tensor can have the shape 1x1x1x1x... (65 axes)"
    ),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", 8, "exceeds 64 bits"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }", 8, "expected a whole number that is not negative"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': 2}", 8, "expected '(', but found '2'"),
    ("{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}", 8, "expected True or False, but found '0'"),
    ("{'descr': '|O', 'fortran_order': False, 'shape': (2,)}", 8, "'|O' (Python objects, which are never loaded)"),
    ("{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", 8, "byte 20: holds elements of type '<c8'"),
    ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", 8, "holds records of several fields"),
    ("{'descr': '<f4', 'fortran_order': False}", 8, "lacks one of descr, fortran_order and shape"),
    ("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}", 4, "has a key 'descr'; expected"),
    ("{'x': 1}", 8, "has a key 'x'; expected descr, fortran_order and shape once each"),
    ("{'descr': '<f4", 8, "byte 20: a text does not end"),
    ("", 8, "expected '{', but the header ends"),
    ("{} {}", 8, "expected the end of the header"),
  ]

  @Test(arguments: headers)
  func `a wrong header gets a sentence that says where`(header: String, dataCount: Int, says: String) throws {
    let folder = try TemporaryFolder()
    let text = Array(header.utf8)
    let start = NumpyFile.signature + [1, 0, UInt8(text.count), 0]
    let path = try folder.file("x.npy", start + text + Array(repeating: 0, count: dataCount))
    let found = sentence { () throws(TensorError) in _ = try NumpyFile.read(path) }
    #expect(found.contains(says), "\(found)")
  }

  @Test func `what is no array is said to be none`() throws {
    let folder = try TemporaryFolder()
    let cases: [([UInt8], String)] = [
      ([], "byte 0: does not start as an .npy file does"),
      (Array("PK\u{03}\u{04}".utf8), "does not start as an .npy file does"),
      (NumpyFile.signature + [4, 0, 0, 0], "is of format version 4; 1 to 3 are known"),
      (NumpyFile.signature + [2, 0, 0, 0], "the file ends before its header"),
      (NumpyFile.signature + [2, 0, 0xFF, 0xFF, 0xFF, 0xFF], "states a header of 4294967295 bytes"),
      (NumpyFile.signature + [1, 0, 10, 0], "states a header of 10 bytes; the limit is 65536, and 0 bytes follow"),
    ]
    for (bytes, says) in cases {
      let path = try folder.file("x.npy", bytes)
      let found = sentence { () throws(TensorError) in _ = try NumpyFile.read(path) }
      #expect(found.contains(says), "\(found)")
    }
  }

  @Test(arguments: ["f4-fortran.npy", "i8-big.npy", "version3.npy", "scalar.npy"])
  func `a damaged file is an array or a sentence`(name: String) throws {
    let folder = try TemporaryFolder()
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: golden(name))))
    let outcomes = try Damage.outcomes(of: bytes, header: 128, in: folder) { path throws(TensorError) in
      try NumpyFile.read(path).values.count
    }
    #expect(outcomes.refused > 700)
    #expect(outcomes.read > 5)
  }
}
