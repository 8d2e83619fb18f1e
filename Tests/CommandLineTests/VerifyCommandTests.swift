import Foundation
import TestSupport
import Testing

/// What `run` and `verify` say of values, files and folders that are not as they should be, and of pictures.
@Suite struct VerifyCommandTests {
  private static func json(_ outcome: Outcome) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8)) as? [String: Any])
  }

  /// An array of NumPy, 1x1x32x32, of zeros but for the first value.
  private static func array(startingWith value: Float) -> Data {
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 32, 32), }"
    header += String(repeating: " ", count: 117 - header.count) + "\n"
    var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8))
    for index in 0..<1024 { withUnsafeBytes(of: index == 0 ? value : 0) { data.append(contentsOf: $0) } }
    return data
  }

  @Test(arguments: [Float.nan, .infinity], ["reference", "native"])
  func valuesThatAreNotFiniteAreKeptAndTold(value: Float, backend: String) throws {
    let folder = try TemporaryFolder()
    try Self.array(startingWith: value).write(to: folder.url.appending(path: "x.npy"))
    let run = ["run", "lenet5_modern", "--input", "x.npy", "--backend", backend]
    let table = try convscope(run, in: folder.url)
    #expect(table.status == 0, "\(table.standardError)")
    #expect(table.standardOutput.contains("output: 10 of 10 values are not finite numbers"))
    #expect(table.standardOutput.contains("nan") && !table.standardOutput.contains("-nan"))
    let document = try Self.json(convscope(run + ["--format", "json"], in: folder.url))
    let output = try #require((document["outputs"] as? [[String: Any]])?.first)
    #expect((output["values"] as? [Any])?.count == 10)
    #expect((output["values"] as? [Any])?.allSatisfy { $0 is NSNull } == true)
  }

  @Test func bothBackEndsAgreeOnValuesThatAreNotFinite() throws {
    let folder = try TemporaryFolder()
    try Self.array(startingWith: .nan).write(to: folder.url.appending(path: "x.npy"))
    let outcome = try convscope(["verify", "lenet5_modern", "--input", "x.npy", "--format", "json"], in: folder.url)
    let document = try Self.json(outcome)
    let network = try #require((document["networks"] as? [[String: Any]])?.first)
    #expect((network["notes"] as? [String])?.first?.contains("10 of 10 values of output are not finite") == true)
    #expect(network["holds"] as? Bool == true, "\(outcome.standardOutput)")
  }

  @Test(arguments: ["run", "verify"])
  func theHelpStatesThePolicy(command: String) throws {
    #expect(try convscope(command, "--help").standardOutput.contains("NaN and infinities"))
  }

  @Test func networksThatOverflowAreVerifiedWithSmallerWeights() throws {
    let outcome = try convscope("verify", "van_b4", "lenet5_modern", "--quick", "--format", "json")
    let document = try Self.json(outcome)
    #expect(document["holds"] as? Bool == true, "\(outcome.standardOutput)")
    let networks = try #require(document["networks"] as? [[String: Any]])
    #expect(networks.map { $0["model"] as? String } == ["van_b4", "lenet5_modern"])
    #expect((networks[0]["notes"] as? [String])?.first?.contains("weights are synthetic with gain") == true)
    #expect((networks[1]["notes"] as? [String])?.isEmpty == true)
  }

  @Test func reportsOfSeveralNetworksAreTheSameEachTime() throws {
    let arguments = ["verify", "--quick", "--format", "json", "squeezenet1_1", "lenet5", "resnet18", "lecun1989"]
    #expect(try convscope(arguments).standardOutput == convscope(arguments).standardOutput)
  }

  @Test func foldersThatAreNoTestsFailWithASentenceEach() throws {
    let folder = try TemporaryFolder()
    func file(_ path: String, _ text: String) throws {
      let url = folder.url.appending(path: path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    try file("plain", "")
    try file("empty/other", "")
    try file("lone/model.onnx", "")
    try file("damaged/model.onnx", "no message")
    try file("damaged/test_data_set_0/input_0.pb", "")
    let names = ["none", "plain", "empty", "lone", "damaged"]
    let arguments = ["verify", "--onnx-test"] + names
    let table = try convscope(arguments, in: folder.url)
    #expect(table.status == 1)
    #expect(table.standardError == "")
    #expect(table.standardOutput.hasPrefix("5 tests: 0 pass, 5 fail, 0 unsupported"))
    let outcome = try convscope(["verify", "--format", "json", "--onnx-test"] + names, in: folder.url)
    #expect(outcome.status == 1)
    let tests = try #require(try Self.json(outcome)["tests"] as? [[String: Any]])
    #expect(tests.map { $0["name"] as? String } == names)
    #expect(tests.allSatisfy { $0["outcome"] as? String == "fail" })
    let sentences = [
      "there is no folder none", "plain is a file, not a folder", "there is no model.onnx in empty",
      "there is no test_data_set_* in lone", "damaged/model.onnx",
    ]
    for (test, sentence) in zip(tests, sentences) {
      #expect((test["detail"] as? String)?.contains(sentence) == true, "\(test)")
    }
  }

  @Test(
    arguments: [
      (
        "squeezenet1_1", "shorter side 256 (bilinear), middle 224x224, mean 0.485 0.456 0.406",
        "torchvision's IMAGENET1K_V1"
      ),
      ("mobilenetv1_100", "shorter side 256 (bicubic), middle 224x224, mean 0.5 0.5 0.5", "timm's ra4_e3600_r224_in1k"),
      ("shufflenet_v1_g1_x0_25", "shorter side 256 (bilinear), middle 224x224, mean 0.485", "as usual for ImageNet"),
    ])
  func theReportTellsWhatBecameOfAPicture(model: String, numbers: String, source: String) throws {
    let picture = Golden.folder.appending(path: "images/picture.ppm").path()
    let outcome = try convscope("run", model, "--input", picture)
    #expect(outcome.status == 0, "\(outcome.standardError)")
    // Where lines break depends on the length of the path.
    let text = outcome.standardOutput.replacing("\n", with: " ")
    #expect(text.contains(numbers), "\(text)")
    #expect(text.contains(source), "\(text)")
  }

  /// Quick networks, and all of the reference's when asked.
  static let models: [Golden.Row] = {
    let rows = (try? Golden.rows("numeric/logits.csv")) ?? []
    if ProcessInfo.processInfo.environment["CONVSCOPE_THOROUGH"] != nil { return rows }
    return rows.filter { ["mobilenet_v3_small", "vit_tiny_patch16_224", "regnet_y_400mf"].contains(name($0)) }
  }()

  private static func name(_ row: Golden.Row) -> String {
    row["model"].split(separator: "/").last.map(String.init) ?? ""
  }

  @Test(arguments: models.map(name))
  func theTerminalGivesTheReferencesLogits(model: String) throws {
    let row = try #require(Self.models.first { Self.name($0) == model })
    let outcome = try convscope(
      "run", model, "--weights", "synthetic:\(row["gain"])", "--input", "synthetic", "--format", "json")
    #expect(outcome.status == 0, "\(outcome.standardError)")
    let output = try #require((try Self.json(outcome)["outputs"] as? [[String: Any]])?.first)
    let found = try #require(output["values"] as? [Double])
    let expected = row["logits"].split(separator: " ").compactMap { Double($0) }
    try #require(found.count == expected.count)
    let difference = zip(found, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let norm = expected.reduce(0) { $0 + $1 * $1 }
    #expect((difference / norm).squareRoot() <= 1e-4)
  }
}
