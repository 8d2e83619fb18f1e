import Foundation
import Testing

@Suite struct KernelsCommandTests {
  @Test(arguments: [
    ("kernels.txt", ["kernels"]),
    ("kernels.json", ["kernels", "5x5", "3x3,3x3", "--format", "json"]),
    (
      "kernels-numbers.csv",
      ["kernels", "5x5", "3x3,3x3", "dw5x5,1x1", "--channels", "64", "--size", "56", "--format", "csv"]
    ),
  ])
  func outputIsTheCommittedOne(name: String, arguments: [String]) throws {
    let outcome = try convscope(arguments)
    #expect(outcome.status == 0, "\(outcome.standardError)")
    try expectSnapshot(outcome.standardOutput, name)
  }

  @Test(arguments: [
    (["5x5"], "one block has nothing to be compared with"),
    (["5x5", "3x3,"], "block '3x3,', column 5: expected"),
    (["5x5", "3x3", "--channels", "0"], "--channels 0: it must be positive"),
    (["5x5", "g3:3x3", "--channels", "64"], "block 'g3:3x3': "),
    (["5x5", "3x3", "--channels", "9000000000000000000"], "overflows 64-bit integers"),
    (["5x5", "3x3", "--channels", "1e300"], "1e300"),
    (["attention", "attention7", "--size", "56", "--channels", "9x"], "9x"),
  ])
  func wrongInputIsExplained(arguments: [String], sentence: String) throws {
    let outcome = try convscope(["kernels"] + arguments)
    #expect(outcome.status == 64)
    #expect(outcome.standardError.contains(sentence), "\(outcome.standardError)")
    #expect(outcome.standardOutput == "")
  }
}
