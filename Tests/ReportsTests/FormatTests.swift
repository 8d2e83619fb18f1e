import SymbolicIntegers
import Testing

@testable import Reports

@Suite struct FormatTests {
  private let table = Table(
    title: "numbers", columns: [Table.Column("name", "Name"), Table.Column("n", "n", isNumeric: true)],
    rows: [[.text("a"), .count(1)], [.text("longer"), .count(25_557_032)]], total: [.text("total"), .count(25_557_033)])

  private func report(_ table: Table) -> Report {
    Report(title: "T", tables: [table], data: table, notes: ["note"], document: ["k": 1])
  }

  @Test func tableAlignsNumbersAtTheRight() throws {
    #expect(
      try report(table).text(.table, numbers: .exact) == """
        T

        numbers
        Name             n
        ──────  ──────────
        a                1
        longer  25,557,032
        ──────  ──────────
        total   25,557,033

        note

        """)
  }

  @Test func colourOnlyOnATerminal() throws {
    #expect(!(try report(table).text(.table, numbers: .si).contains("\u{1B}")))
    #expect(try report(table).text(.table, numbers: .si, terminal: true).contains("\u{1B}[1m"))
  }

  @Test func markdownMarksNumericColumns() throws {
    #expect(
      try report(table).text(.markdown, numbers: .si) == """
        # T

        ## numbers

        | Name      |          n |
        | --------- | ---------: |
        | a         |          1 |
        | longer    |     25.6 M |
        | **total** | **25.6 M** |

        - note

        """)
  }

  @Test func csvHasKeysPlainNumbersAndNoTotal() throws {
    #expect(try report(table).text(.csv, numbers: .si) == "name,n\na,1\nlonger,25557032\n")
  }

  @Test func jsonIsSortedAndEndsWithALineBreak() throws {
    #expect(try report(table).text(.json, numbers: .si) == "{\n  \"k\" : 1\n}\n")
  }

  @Test func csvQuotesWhatItMust() {
    let hostile = Table(columns: [Table.Column("a", "a")], rows: [[.text("x,\"y\"\nz")], [.text("é 😀")]])
    #expect(hostile.csv == "a\n\"x,\"\"y\"\"\nz\"\né 😀\n")
  }

  @Test func markdownAndTableKeepHostileNamesOnOneLine() throws {
    let hostile = Table(columns: [Table.Column("a", "a")], rows: [[.text("x|y\n<b>_*`&[]")]])
    let markdown = hostile.markdown(numbers: .si)
    #expect(markdown.split(separator: "\n").count == 3)
    #expect(markdown.contains("x\\|y &lt;b>\\_\\*\\`&amp;\\[\\]"))
    #expect(hostile.aligned(numbers: .si, colored: false).last == "x|y <b>_*`&[]")
  }

  @Test func markdownLeavesNamesWithUnderscoresAlone() {
    let names = Table(columns: [Table.Column("a", "a")], rows: [[.text("mobilenet_v2")], [.text("_x_")]])
    #expect(names.markdown(numbers: .si).contains("| mobilenet_v2 |"))
    #expect(names.markdown(numbers: .si).contains("| \\_x\\_"))
  }

  @Test func symbolicCellsSurviveEveryFormat() throws {
    let symbolic = Table(
      columns: [Table.Column("n", "n", isNumeric: true)], rows: [[.count(.symbol("H") * .symbol("W"))]])
    #expect(try report(symbolic).text(.csv, numbers: .si) == "n\nH*W\n")
    #expect(try report(symbolic).text(.markdown, numbers: .si).contains("H\\*W"))
  }
}
