import Testing

@testable import Evaluation

@Suite struct CommandTemplateTests {
  private func arguments(_ text: String, shell: Bool = false) throws -> [String] {
    try CommandTemplate(parsing: text, shell: shell).arguments { $0.isFile ? "/tmp/a b/\($0.rawValue)" : "<\($0)>" }
  }

  @Test func wordsSplitAsTheShellSplitsThem() throws {
    #expect(try arguments("python  train.py --lr 0.1") == ["python", "train.py", "--lr", "0.1"])
    #expect(try arguments("a 'b c' \"d e\" f\\ g '' h\"i\"'j'") == ["a", "b c", "d e", "f g", "", "hij"])
    #expect(try arguments(#"a "b\"c\\d\n" 'e\f' "'" '"'"#) == ["a", #"b"c\d\n"#, #"e\f"#, "'", "\""])
    #expect(try arguments("a '|' \"&&\" \\;") == ["a", "|", "&&", ";"])
  }

  @Test func placesAreFilledInAfterSplitting() throws {
    #expect(try arguments("t --w={width}x{depth} {model.yaml}") == ["t", "--w=<width>x<depth>", "/tmp/a b/model.yaml"])
    #expect(try arguments("awk '{{print}' {\"a\":{width}}") == ["awk", "{print}", "{a:<width>}"])
    #expect(try CommandTemplate(parsing: "a {alpha} {model.onnx} {alpha}").placeholders == [.alpha, .onnx])
  }

  @Test func aShellReadsTheTextAndNoValueBreaksOut() throws {
    #expect(
      try arguments("echo {width} | cat {model.yaml} ${HOME}", shell: true)
        == ["/bin/sh", "-c", "echo '<width>' | cat '/tmp/a b/model.yaml' ${HOME}"])
  }

  @Test(arguments: [
    ("", "the command is empty"), ("  ", "the command is empty"),
    ("a 'b", "the quotation mark ' at character 3 is not closed"),
    ("a \"b", "the quotation mark \" at character 3 is not closed"),
    ("a {width", "'{width' is not closed: write '{width}'; a bracket that is meant as such is doubled, '{{'"),
    ("a \\", "the command ends in a backslash, which stands before a character"),
    ("a | b", "'|' at character 3 means something to a shell only: quote it, or give --shell"),
    ("a > b", "'>' at character 3 means something to a shell only: quote it, or give --shell"),
    (
      "a {dept}",
      "there is nothing called {dept}: there are {depth}, {width}, {resolution}, {alpha}, {beta}, {gamma}, {phi}, "
        + "{model.yaml}, {model.onnx}; a bracket that is meant as such is doubled, '{{'"
    ),
  ])
  func aTextThatIsNoCommandIsRefused(text: String, message: String) {
    #expect { try CommandTemplate(parsing: text) } throws: { "\($0)" == message }
  }

  @Test func theLastLineIsTheSameHoweverAStreamIsCut() {
    let text = "first\n\n second \r\n  \nthird part\rfourth\n\n \t\n"
    let bytes = Array(text.utf8)
    for cut in 0...bytes.count {
      for second in cut...bytes.count {
        var line = LastLine()
        for part in [bytes[..<cut], bytes[cut..<second], bytes[second...]] {
          Array(part).withUnsafeBytes { line.append($0) }
        }
        #expect(line.text == "fourth")
      }
    }
    var long = LastLine()
    Array(repeating: UInt8(ascii: "7"), count: 100_000).withUnsafeBytes { long.append($0) }
    #expect(long.text.utf8.count == LastLine.limit)
    #expect(LastLine().text == "")
  }
}
