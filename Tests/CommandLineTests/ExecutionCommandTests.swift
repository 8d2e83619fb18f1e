import Foundation
import TestSupport
import Testing

/// `convscope run`, `bench` and `verify`.
@Suite struct ExecutionCommandTests {
  @Test func aRunOnPlainLoopsIsTheCommittedOne() throws {
    let outcome = try convscope("run", "lenet5_modern", "--backend", "reference", "--top", "3")
    #expect(outcome.status == 0)
    try expectSnapshot(outcome.standardOutput, "run-lenet5_modern.txt")
  }

  @Test func outputsComeAsJSONAndAsAnArray() throws {
    let folder = try TemporaryFolder()
    let outcome = try convscope(
      [
        "run", "squeezenet1_1", "--backend", "reference", "--input", "1x3x64x64", "--format", "json", "-o", "y.npy",
        "--dump-layer", "features.0",
      ],
      in: folder.url)
    #expect(outcome.status == 0, "\(outcome.standardError)")
    let document = try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8)) as? [String: Any]
    let output = try #require((document?["outputs"] as? [[String: Any]])?.first)
    #expect(output["name"] as? String == "output")
    #expect(output["shape"] as? [Int] == [1, 1000])
    #expect((output["values"] as? [Double])?.count == 1000)
    #expect(try folder.files.sorted() == ["features.0.npy", "y.npy"])
  }

  /// What is exported and read back computes the same, and another network does not.
  @Test func anExportedModelComputesWhatTheNetworkDoes() throws {
    let folder = try TemporaryFolder()
    func run(_ arguments: String...) throws -> Int32 {
      let outcome = try convscope(arguments, in: folder.url)
      return outcome.status
    }
    let weights = ["--weights", "synthetic:1.5"]
    #expect(try convscope(["export", "shufflenet_v2_x0_5", "-o", "x.onnx"] + weights, in: folder.url).status == 0)
    let input = ["--input", "1x3x64x64"]
    let sizes = ["run", "shufflenet_v2_x0_5", "--backend", "reference", "-o", "y.npy"] + weights
    #expect(try convscope(sizes, in: folder.url).status == 0)
    #expect(try run("verify", "x.onnx", "--expected", "y.npy") == 0)
    #expect(try convscope(["run", "shufflenet_v2_x0_5", "-o", "z.npy"] + input, in: folder.url).status == 0)
    #expect(try run("verify", "x.onnx", "--expected", "z.npy") == 1)
  }

  @Test func timesComeAsJSON() throws {
    let outcome = try convscope(
      "bench", "lenet5_modern", "--repetitions", "3", "--threads", "2", "--format", "json", "--profile")
    #expect(outcome.status == 0, "\(outcome.standardError)")
    let document = try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8)) as? [String: Any]
    let result = try #require((document?["results"] as? [[String: Any]])?.first)
    #expect(result["model"] as? String == "lenet5_modern")
    #expect(result["threads"] as? Int == 2)
    let minimum = try #require(result["minimumMilliseconds"] as? Double)
    let median = try #require(result["medianMilliseconds"] as? Double)
    #expect(minimum > 0 && minimum <= median)
    #expect(try #require(result["preparationMilliseconds"] as? Double) > 0)
  }

  @Test func verificationComesAsJSON() throws {
    let outcome = try convscope("verify", "lenet5_modern", "resnet18", "--quick", "--format", "json")
    #expect(outcome.status == 0, "\(outcome.standardOutput)")
    let document = try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8)) as? [String: Any]
    #expect(document?["holds"] as? Bool == true)
    #expect((document?["networks"] as? [[String: Any]])?.count == 2)
  }

  @Test(
    arguments: [
      (["run", "resnet5"], 64, "unknown model 'resnet5'"),
      (["run", "resnet18", "--weights", "none.safetensors"], 66, "none.safetensors"),
      (["run", "resnet18", "--weights", "synthetic:-1"], 64, "the gain is a positive number"),
      (["run", "resnet18", "--input", "none.npy"], 66, "none.npy"),
      (["run", "resnet18", "--weights", "/dev/null"], 65, "is not a regular file"),
      (["run", "resnet18", "--input", "1x3xHxW"], 64, "a run needs numbers"),
      (["run", "resnet18", "--input", "3x4"], 64, "takes 4 axes"),
      (["run", "resnet18", "--input", "1x3x9000000x9000000"], 64, "no tensor can have the shape"),
      (["run", "resnet18", "--input", "400000x3x224x224"], 64, "bytes of memory twice, but a run may use"),
      (["run", "lenet5_modern", "--dump-layer", "nothing"], 64, "'convscope show lenet5_modern' prints the names"),
      (["run", "resnet18", "--dump-layer", "layer1.0.con1"], 64, "did you mean layer1.0.conv1"),
      (["run", "lenet5_modern", "--threads", "0"], 64, "--threads 0: expected 1 to 1024"),
      (["bench", "lenet5_modern", "--threads", "100000"], 64, "--threads 100000: expected 1 to 1024"),
      (["run", "lenet5_modern", "--top", "-1"], 64, "top"),
      (["bench", "lenet5_modern", "--repetitions", "0"], 64, "at least one run is timed"),
      (["bench", "lenet5_modern", "--repetitions", "\(Int.max)"], 64, "at most 1000000"),
      (["bench", "lenet5_modern", "--warm-up", "\(Int.max)"], 64, "at most 1000000"),
      (["bench", "vgg16", "-o", "/no/such/x.txt"], 73, "/no/such/x.txt: cannot be written"),
      (["verify", "--all", "-o", "/no/such/x.txt"], 73, "/no/such/x.txt: cannot be written"),
      (
        ["run", "resnet18", "--dump-layer", "conv1", "-o", "/no/such/y.npy"], 73,
        "/no/such/y.npy: cannot be written"
      ),
      (["run", "resnet18", "--input", picture, "--input", picture], 64, "are both for input 'input'"),
      (["run", "resnet18", "--input", "data=\(picture)"], 64, "resnet18 has no such input; it has 'input'"),
      (["verify"], 64, "give a model, or --all"),
      (["verify", "resnet18", "--all"], 64, "--all stands for models"),
      (["verify", "lenet5_modern", "--expected", "none.npy"], 66, "none.npy"),
    ] as [([String], Int32, String)])
  func wrongInputIsExplained(arguments: [String], status: Int32, sentence: String) throws {
    let folder = try TemporaryFolder()
    let outcome = try convscope(arguments, in: folder.url)
    #expect(outcome.status == status, "\(outcome.standardError)")
    #expect(outcome.standardError.contains(sentence), "\(outcome.standardError)")
    #expect(outcome.standardOutput == "")
    #expect(try folder.files.isEmpty)
  }

  private static let picture = Golden.folder.appending(path: "images/picture.ppm").path()

  @Test func theEnvironmentMasksInstructionsOff() throws {
    let portable = try convscope(["verify", "lenet5_modern"], environment: ["CONVSCOPE_ISA": "portable"])
    #expect(portable.status == 0, "\(portable.standardError)")
    let unknown = try convscope(["run", "lenet5_modern"], environment: ["CONVSCOPE_ISA": "mmx"])
    #expect(unknown.status == 65)
    #expect(unknown.standardError.contains("CONVSCOPE_ISA=mmx: this processor offers portable"))
  }

  /// As root such a rename would put a file in the place of a device that every program needs.
  @Test func devicesAreWrittenToAndNotReplaced() throws {
    for command in [["analyze", "resnet18", "-o"], ["run", "lenet5_modern", "--output"]] {
      let outcome = try convscope(command + ["/dev/null"])
      #expect(outcome.status == 0, "\(outcome.standardError)")
      let kind = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType
      #expect(kind == .typeCharacterSpecial)
    }
  }

  @Test(
    arguments: [
      ("--weights", [0x80, 0x02, 0x7d, 0x71], "torch"),
      ("--weights", Array("P6 1 1 255 abc".utf8), "expected weights in safetensors or ONNX form"),
      ("--input", [0x80, 0x02, 0x7d, 0x71], "torch"),
    ] as [(String, [UInt8], String)])
  func filesOfOtherKindsAreNamed(option: String, bytes: [UInt8], sentence: String) throws {
    let folder = try TemporaryFolder()
    try Data(bytes).write(to: folder.url.appendingPathComponent("given.pth"))
    let outcome = try convscope(["run", "resnet18", option, "given.pth"], in: folder.url)
    #expect(outcome.status == 65, "\(outcome.standardError)")
    #expect(outcome.standardError.contains(sentence), "\(outcome.standardError)")
  }
}

/// Where ONNX's back-end tests are, if they are there.
private enum ONNXTests {
  /// Real ONNX files, and the tests below `node`.
  static let files = URL(
    filePath: ProcessInfo.processInfo.environment["CONVSCOPE_ONNX_FILES"]
      ?? Golden.packageRoot.deletingLastPathComponent().appending(path: "shared/reference/onnx").path())
  static let folder = files.appending(path: "node")
  static let exist = FileManager.default.fileExists(atPath: folder.path())
}

/// ONNX's own back-end tests, where the folder of reference files is.
@Suite(.enabled(if: ONNXTests.exist, "no ONNX back-end tests; set CONVSCOPE_ONNX_FILES to a folder of them"))
struct ONNXTestFolders {
  /// What the graph does not have, and why.
  static let unsupported = [
    "test_convinteger_with_padding": "quantised numbers are not computed with",
    "test_convinteger_without_padding": "quantised numbers are not computed with",
    "test_identity_opt": "an optional sequence is no tensor",
  ]

  @Test func allButTheListedPassOnBothBackEnds() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: ONNXTests.folder.path()).sorted()
    let outcome = try convscope(
      ["verify", "--format", "json", "--onnx-test"] + names.map { ONNXTests.folder.appending(path: $0).path() })
    let document = try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8)) as? [String: Any]
    let tests = try #require(document?["tests"] as? [[String: Any]])
    #expect(tests.count == names.count)
    for test in tests {
      let name = test["name"] as? String ?? ""
      let outcome = test["outcome"] as? String
      let expected = Self.unsupported[name] == nil ? "pass" : "unsupported"
      #expect(outcome == expected, "\(name): \(test["detail"] ?? "")")
    }
  }
}

/// The models with constant weights that ONNX stores for its back-end tests.
private enum LightModels {
  /// Files called `light_*.onnx` with the expected output in `light_*_output_0.pb` beside them.
  static let names =
    (try? FileManager.default.contentsOfDirectory(atPath: ONNXTests.files.path()))?
    .filter { $0.hasPrefix("light_") && $0.hasSuffix(".onnx") }.map { String($0.dropLast(".onnx".count)) }.sorted()
    ?? []
  /// Those whose plain loops take long where they are not optimised.
  static let large: Set = [
    "light_bvlc_alexnet", "light_densenet121", "light_inception_v1", "light_inception_v2", "light_resnet50",
    "light_vgg19", "light_zfnet512",
  ]
  static let isOptimized = ProcessInfo.processInfo.environment["CONVSCOPE_OPTIMIZED_KERNELS"] != nil
}

@Suite(.enabled(if: !LightModels.names.isEmpty, "no light_*.onnx; set CONVSCOPE_ONNX_FILES to a folder of them"))
struct LightModelTests {
  /// The input that ONNX's runner makes for these models: the numbers from 0 on by how many there are.
  private func input(_ shape: [Int]) -> [UInt8] {
    let count = shape.reduce(1, *)
    var values: [UInt8] = []
    for index in 0..<count {
      let bits = Float(Double(index) / Double(count)).bitPattern
      for byte in 0..<4 { values.append(UInt8(truncatingIfNeeded: bits >> (8 * byte))) }
    }
    func varint(_ number: Int) -> [UInt8] {
      number < 128 ? [UInt8(number)] : [UInt8(number & 127) | 128] + varint(number >> 7)
    }
    // Fields of a TensorProto: dims, data_type (float), raw_data.
    return shape.flatMap { [8] + varint($0) } + [16, 1, 74] + varint(values.count) + values
  }

  @Test(arguments: LightModels.names) func expectedOutputsAreReproducedOnBothBackEnds(name: String) throws {
    if LightModels.large.contains(name), !LightModels.isOptimized { return }
    let folder = try TemporaryFolder()
    let sets = folder.url.appending(path: "\(name)/test_data_set_0")
    try FileManager.default.createDirectory(at: sets, withIntermediateDirectories: true)
    for (file, copy) in [("\(name).onnx", "../model.onnx"), ("\(name)_output_0.pb", "output_0.pb")] {
      try FileManager.default.copyItem(at: ONNXTests.files.appending(path: file), to: sets.appending(path: copy))
    }
    let model = sets.appending(path: "../model.onnx").standardizedFileURL.path()
    let info = try convscope("export", model, "--to", "json", "-o", "-")
    let graph = try JSONSerialization.jsonObject(with: Data(info.standardOutput.utf8)) as? [String: Any]
    let shape = try #require((graph?["inputs"] as? [[String: Any]])?.first?["shape"] as? [Int], "\(info.standardError)")
    try Data(input(shape)).write(to: sets.appending(path: "input_0.pb"))
    let outcome = try convscope("verify", "--format", "json", "--onnx-test", folder.url.appending(path: name).path())
    let document = try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8)) as? [String: Any]
    let test = try #require((document?["tests"] as? [[String: Any]])?.first)
    #expect(test["outcome"] as? String == "pass", "\(test["detail"] ?? outcome.standardError)")
  }
}
