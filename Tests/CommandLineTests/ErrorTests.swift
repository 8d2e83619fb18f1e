import Foundation
import TestSupport
import Testing

/// Wrong input ends with one sentence on standard error, a status that says what kind of mistake it was, no file and
/// nothing on standard output.
@Suite struct ErrorTests {
  @Test(
    arguments: [
      (["analyze", "resnet5"], 64, "unknown model 'resnet5': did you mean resnet50, resnet50c, resnet50d?"),
      (["analyze", "zzz"], 64, "unknown model 'zzz': 'convscope list' prints the names"),
      (["list", "--family", "nope"], 64, "unknown family 'nope'"),
      (["info", "resnet5"], 64, "unknown model 'resnet5': did you mean resnet50, resnet50c, resnet50d?"),
      (["list", "--year", "now"], 64, "--year now: write a year or a range, for example 2015..2018"),
      (["list", "--year", "2018..2015"], 64, "--year 2018..2015: the range ends before it begins"),
      (["list", "--year", ".."], 64, "--year ..: write a year or a range"),
      (["list", "--max-params", "5Q"], 64, "--max-params 5Q: write a whole number, with k, M, G or T if you like"),
      (["list", "--max-macs", "99999999999G"], 64, "--max-macs 99999999999G: write a whole number"),
      (
        ["analyze", "resnet50", "--set", "depth=1"], 64,
        "--set: resnet50 has no parameter 'depth': there are block, classes"
      ),
      (["compare", "resnet50", "vgg16", "--set", "groups=2"], 64, "--set: vgg16 has no parameter 'groups'"),
      (["diagram", "resnet50", "--set", "depths[0]=0", "-o", "x.svg"], 64, "'depths[0]': it must be above 0"),
      (["show", "resnet50", "--set", "classes"], 64, "'classes' is not a setting: write name=value"),
      (["analyze", "lenet5_modern", "--features"], 64, "lenet5_modern marks no stages and no head"),
      (["analyze", "missing.onnx"], 66, "missing.onnx"),
      (["analyze", "missing.yaml"], 66, "missing.yaml: cannot be read"),
      (
        ["analyze", "Examples/architectures/inception.yaml", "--input", "3x224x224"], 64,
        "input 'input' has 4 axes, 1x3xHxW, but the shape given is 3x224x224"
      ),
      (["analyze", "Sources"], 65, "Sources"),
      (["analyze", "README.md"], 65, "README.md"),
      (["analyze", "resnet50", "--input", "1x3x0x224"], 64, "every axis must be positive, but one is 0"),
      (["analyze", "resnet50", "--input", "1x3x-1x224"], 64, "every axis must be positive, but one is -1"),
      (["analyze", "resnet50", "--input", "1x3x99999999999999999999x224"], 64, "--input"),
      (["analyze", "resnet50", "--input", "1x3x4000000000x4000000000"], 65, "overflows 64-bit integers"),
      (["analyze", "resnet50", "--input", "1x3x224"], 64, "4 axes"),
      (["analyze", "resnet50", "--input", "1x3x224x22!"], 64, "column"),
      (["analyze", "resnet50", "--input", "data=1x3x224x224"], 64, "resnet50 has one input, 'input'"),
      (["analyze", "resnet50", "--input", "1x3x8x8", "--input", "1x3x9x9"], 64, "two shapes without a name"),
      (["analyze", "resnet50", "--input", "1x3xHxW", "--assume", "H=32*H"], 64, "--assume"),
      (["analyze", "vgg16", "--input", "1x3x8x8"], 64, "does not fit"),
      (["analyze", "resnext50_32x4d", "--input", "1x0x8x8"], 64, "every axis must be positive"),
      (["analyze", "lenet5", "--input", "1x1x28x28"], 64, "lenet5: "),
      (["analyze", "resnet50", "-o", "/no/such/folder/x.txt"], 73, "/no/such/folder/x.txt: cannot be written"),
      (["diagram", "resnet50", "-o", "/no/such/folder/x.svg"], 73, "/no/such/folder/x.svg: cannot be written"),
      (["analyze"], 64, "model"),
      (["analize", "resnet50"], 64, "unknown command 'analize': there are list, info, show, analyze"),
      (["analyze", "resnet50", "--format", "xml"], 64, "xml"),
      (["analyze", "resnet50", "--convention", "gflops"], 64, "gflops"),
      (["show", "resnet50", "--depth", "0"], 64, "--depth must be at least 1"),
      (["compare"], 64, "models"),
    ] as [([String], Int32, String)])
  func wrongInputIsExplained(arguments: [String], status: Int32, sentence: String) throws {
    let outcome = try convscope(arguments)
    #expect(outcome.status == status)
    #expect(outcome.standardError.contains(sentence), "\(outcome.standardError)")
    #expect(outcome.standardOutput == "")
  }

  @Test(
    "mistakes in a description point at line and column",
    arguments: [
      ("  - conv: {chanels: 3, kernel: 1}", 65, "net.yaml:3:12: conv has no key 'chanels': did you mean 'channels'?"),
      ("  - conv: {channels: true, kernel: 1}", 65, "net.yaml:3:22: 'channels' of conv must be"),
      ("  - block: basic", 65, "net.yaml:3:12: there is no block 'basic'"),
      ("  - conv: {channels: 4, kernel: 9}", 65, "net.yaml:3:5: conv_1 (Convolution): the window (9x9) does not fit"),
    ] as [(String, Int32, String)])
  func descriptionsAreExplained(layer: String, status: Int32, sentence: String) throws {
    let folder = try TemporaryFolder()
    let text = "input: 1x3x8x8\nlayers:\n\(layer)\n"
    try text.write(to: folder.url.appending(path: "net.yaml"), atomically: true, encoding: .utf8)
    for command in [["analyze", "net.yaml"], ["diagram", "net.yaml", "-o", "net.svg"]] {
      let outcome = try convscope(command, in: folder.url)
      #expect(outcome.status == status)
      #expect(outcome.standardError.hasPrefix("convscope: \(sentence)"), "\(outcome.standardError)")
      #expect(outcome.standardOutput == "")
    }
    #expect(try folder.files == ["net.yaml"])
  }

  @Test func ourOwnSentencesAreOneLine() throws {
    let outcome = try convscope("analyze", "resnet5")
    #expect(outcome.standardError.split(separator: "\n").count == 1)
    #expect(outcome.standardError.hasPrefix("convscope: "))
  }

  @Test(arguments: [["analyze", "vgg16", "--input", "1x3x8x8"], ["diagram", "nosuchmodel"]])
  func aFailedCommandLeavesNoFile(arguments: [String]) throws {
    let folder = try TemporaryFolder()
    let outcome = try convscope(arguments + ["-o", "result"], in: folder.url)
    #expect(outcome.status != 0)
    #expect(try folder.files == [])
  }

  @Test func aWrittenFileIsWholeAndAlone() throws {
    let folder = try TemporaryFolder()
    let outcome = try convscope(
      ["analyze", "resnet18", "--format", "csv", "-o", "result.csv"], in: folder.url)
    #expect(outcome.status == 0)
    #expect(outcome.standardOutput == "")
    #expect(try folder.files == ["result.csv"])
    let text = try String(contentsOf: folder.url.appending(path: "result.csv"), encoding: .utf8)
    #expect(text == (try convscope("analyze", "resnet18", "--format", "csv").standardOutput))
  }
}
