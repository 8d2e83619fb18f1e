import Foundation
import TestSupport
import Testing

@Suite struct FormulaCommandTests {
  @Test(arguments: [
    ("formula-resnet18.txt", ["formula", "resnet18"]),
    ("formula-alexnet-stage.txt", ["formula", "alexnet", "--by", "stage", "--quantity", "macs", "--style", "unicode"]),
    ("formula-vit_b_16.tex", ["formula", "vit_b_16", "--style", "latex", "--quantity", "parameters"]),
    ("formula-swin_t.json", ["formula", "swin_t", "--format", "json", "--by", "stage"]),
    (
      "formula-resnet50-assumed.csv",
      ["formula", "resnet50", "--assume", "H=32*h, W=32*w", "--input", "Nx3xHxW", "--format", "csv"]
    ),
    ("formula-densenet121-scaled.txt", ["formula", "densenet121", "--scale", "--quantity", "parameters"]),
    (
      "formula-lenet5-shapes.md", ["formula", "lenet5", "--by", "layer", "--quantity", "shape", "--format", "markdown"]
    ),
    ("formula-described.txt", ["formula", "Examples/architectures/small_resnet.yaml", "--quantity", "macs"]),
  ])
  func outputIsTheCommittedOne(name: String, arguments: [String]) throws {
    let outcome = try convscope(arguments)
    #expect(outcome.status == 0)
    #expect(outcome.standardError == "")
    try expectSnapshot(outcome.standardOutput, name)
  }

  @Test func aPlotIsDrawn() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "plot.svg").path
    let outcome = try convscope("formula", "alexnet", "--quantity", "macs", "--plot", "H=63..320", "--chart", file)
    #expect(outcome.status == 0)
    #expect(outcome.standardOutput.contains("macs"))
    let svg = try String(contentsOfFile: file, encoding: .utf8)
    #expect(svg.contains("exact: rounded sides") && svg.contains("smooth: nothing rounded"))
    let again = try convscope("formula", "alexnet", "--quantity", "macs", "--plot", "H=63..320", "--chart", "-")
    #expect(again.standardOutput == svg)
  }

  @Test(arguments: [
    (["alexnet"], "alexnet-macs.svg"),
    (["alexnet", "--quantity", "memory", "--format", "json"], "alexnet-memory.svg"),
    (["timm/efficientnet_b1"], "timm-efficientnet_b1-macs.svg"),
    (["alexnet", "--set", "classes=10"], "alexnet-classes-10-macs.svg"),
  ])
  func aPlotWithoutAFileSaysWhereItIs(arguments: [String], file: String) throws {
    let folder = try TemporaryFolder()
    let outcome = try convscope(["formula"] + arguments + ["--plot", "H=128..320"], in: folder.url)
    #expect(outcome.status == 0)
    #expect(outcome.standardError == "convscope: the plot is in \(file)\n")
    #expect(try folder.files == [file])
    #expect(try convscope(["formula"] + arguments).standardOutput == outcome.standardOutput)
    let named = try convscope(["formula"] + arguments + ["--plot", "H=128..320", "--chart", "-"])
    #expect(try String(contentsOf: folder.url.appending(path: file), encoding: .utf8) == named.standardOutput)
  }

  @Test(arguments: [
    (["--plot", "H=32..640:0", "--chart", "-"], "the step must be at least 1"),
    (["--plot", "H=0..640", "--chart", "-"], "sizes must be positive"),
    (["--plot", "H=1..999999999999", "--chart", "-"], "more than the 20000 that are drawn"),
    (["--plot", "H=640..32", "--chart", "-"], "not behind its begin"),
    (["--plot", "H=1..99999999999999999999", "--chart", "-"], "is not a whole number"),
    (["--plot", "Q=32..640", "--chart", "-"], "hold no symbol 'Q'"),
    (["--plot", "nonsense", "--chart", "-"], "is not a range"),
    (["--plot", "H=9..99", "--chart", "-", "--quantity", "shape"], "choose a quantity other than shape"),
    (["--plot", "H=9223372036854775000..9223372036854775807", "--chart", "-"], "overflows"),
    (["--input", "1x3x0x0"], "every axis must be positive"),
    (["--input", "1x3x-5x5"], "every axis must be positive"),
    (["--assume", "H=W, W=H"], "in terms of one another"),
  ])
  func mistakesEndInASentence(arguments: [String], sentence: String) throws {
    let outcome = try convscope(["formula", "resnet18"] + arguments)
    #expect(outcome.status == 64)
    #expect(outcome.standardOutput == "")
    #expect(outcome.standardError.contains(sentence), "\(outcome.standardError)")
    #expect(outcome.standardError.split(separator: "\n").count == 1, "\(outcome.standardError)")
  }

  @Test func aFileNeedsAPlotAndAPlotItsDomain() throws {
    #expect(try convscope("formula", "resnet18", "--chart", "x.svg").standardError.contains("--chart needs --plot"))
    let outside = try convscope("formula", "alexnet", "--plot", "H=10..640", "--chart", "-")
    #expect(outside.status == 64)
    #expect(outside.standardError.contains("the network exists from H = 63 on"))
  }
}
