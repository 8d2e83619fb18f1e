import Evaluation
import Testing

@Suite struct ScoreTableTests {
  private let sets = [["alpha", "beta", "gamma", "phi"], ["depth", "width", "resolution"]]

  private func table(_ text: String) throws -> ScoreTable {
    try ScoreTable(parsing: text, settings: sets, optional: ["phi"])
  }

  @Test func settingsAndScoresAreFoundByTheirColumns() throws {
    let table = try table(
      "\u{FEFF}name,score,\"width\",depth , resolution\r\nb0,0.5,1,1.0,224\r\n\r\n\"b,\"\"1\",.6,1,1.1,2.4e2\r\n")
    #expect(table.columns == ["depth", "width", "resolution"])
    #expect(table.rows.map(\.settings) == [[1, 1, 224], [1.1, 1, 240]])
    #expect(table.rows.map(\.score) == [0.5, 0.6])
    #expect(table.rows.map(\.line) == [2, 4])
    #expect(try self.table("alpha,beta,gamma,score\n1.2,1.1,1.15,77").columns == ["alpha", "beta", "gamma"])
  }

  @Test(arguments: [
    ("", "it is empty: the first line names the columns"),
    (
      "width,score\n1,2",
      "its columns are width,score; needed are 'score' and alpha,beta,gamma,phi or depth,width,resolution"
    ),
    ("alpha,beta,gamma,score\n1,2,3", "line 2: 3 fields, the first line names 4"),
    ("alpha,beta,gamma,score\n1,2,3,4\n\n1,x,3,4", "line 4: 'x' in column 'beta' is no finite number"),
    ("alpha,beta,gamma,score\n1,2,3,nan", "line 2: 'nan' in column 'score' is no finite number"),
    ("alpha,beta,gamma,score\n1,2,3,4\n1.0,2,3,5", "line 3: the point of line 2 again"),
    ("alpha,beta,gamma,score\n1,2,3,\"4", "line 2: a quotation mark is not closed"),
    ("alpha,beta,beta,gamma,score\n1,2,3,4,5", "line 1: two columns are called 'beta'"),
  ])
  func whatCannotBeUsedIsToldWithItsLine(text: String, message: String) {
    #expect { try table(text) } throws: { "\($0)" == message }
  }
}
