import Architectures
import TestSupport
import Testing

@Suite("Model cards")
struct CardTests {
  @Test("every network's paper has its contribution told", arguments: catalogNames)
  func contributions(name: String) throws {
    let entry = try #require(Catalog.entry(named: name))
    let text = try #require(entry.card.contribution, "\(entry.paper.source)")
    #expect(text.count > 150 && text.hasSuffix(".") && !text.contains("  ") && !text.contains("\n"))
  }

  @Test("every network that torchvision trained has its weight sets, of which one is the default")
  func weights() throws {
    for row in try Golden.rows("weights.csv") {
      guard let entry = Catalog.entry(named: row["model"]) else { continue }
      let set = try #require(entry.card.weights.first { $0.name == row["weights"] }, "\(row["model"])")
      #expect(set.isDefault == (row["is_default"] == "1"))
      #expect(set.top1?.description ?? "nan" == row["acc1"])
      #expect(set.top5?.description ?? "nan" == row["acc5"])
      #expect(set.crop == row.number("crop_size") && set.resize == row.number("resize_size"))
      #expect(set.interpolation.rawValue == row["interpolation"])
      #expect(set.recipe == row["recipe"])
      #expect(entry.card.weights.count { $0.isDefault } == 1)
    }
    #expect(try Golden.rows("weights.csv").count == 115)
  }

  @Test("every model and paper of a card is in the catalogue")
  func subjects() {
    let papers = Set(Timeline.milestones.map(\.paper.source) + Catalog.entries.map(\.paper.source))
    let missing = Set(ModelCard.subjects.models).subtracting(catalogNames).sorted()
    let unread = Set(ModelCard.subjects.papers).subtracting(papers).sorted()
    #expect(missing.isEmpty, "no such models: \(missing.joined(separator: ", "))")
    #expect(unread.isEmpty, "no network cites \(unread.joined(separator: ", "))")
    #expect(Set(ModelCard.subjects.papers).count == ModelCard.subjects.papers.count)
  }

  @Test("a printed number agrees with what rounds to its digits")
  func printedNumbers() {
    func agrees(_ text: String, _ value: Int) -> Bool { PrintedNumber(text).agrees(with: value) }
    #expect(agrees("25.6M", 25_557_032) && !agrees("25.5M", 25_557_032))
    #expect(agrees("4.1B", 4_089_184_256) && agrees("4.09G", 4_089_184_256) && !agrees("4.1G", 4_151_000_000))
    #expect(agrees("569M", 568_740_352) && !agrees("568M", 568_740_352))
    #expect(agrees("25,557,032", 25_557_032) && agrees("25557032", 25_557_032) && !agrees("25557032", 25_557_033))
    // Midway rounds to either side.
    #expect(agrees("2.5k", 2550) && agrees("2.6k", 2550) && !agrees("2.5k", 2551) && !agrees("2.6k", 2549))
    #expect(
      agrees("0.39B", 385_814_752) && agrees("0.5G", 500_000_000) && agrees("7", 7) && agrees("1.5T", 1_500_000_000_000)
    )
    for text in [
      "", "M", ".", "1.", ".5M", "-1", "1e6", "5q", "1 M", "٣", "99999999999999999999", "99999999999999G", "1.2.3",
    ] {
      #expect(PrintedNumber(text).integer == nil, "\(text)")
      #expect(!agrees(text, 0), "\(text)")
    }
    #expect(PrintedNumber("76.13").integer == nil)
    #expect(PrintedNumber("5M").integer == 5_000_000)
    #expect(!agrees("1", .min) && !agrees("1M", .max))
  }
}
