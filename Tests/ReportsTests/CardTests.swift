import Architectures
import Reports
import Testing

@Suite("Published against computed")
struct CardTests {
  @Test(
    "each published figure rounds from the computed one, or the card says why not",
    arguments: Catalog.entries.map(\.name))
  func figures(name: String) throws {
    let entry = try #require(Catalog.entry(named: name))
    for compared in try entry.comparedFigures() {
      let figure = compared.figure
      switch figure.quantity {
      case .parameters, .operations:
        let computed = try #require(compared.computed)
        #expect(figure.printed.integer != nil, "\(figure.printed)")
        let agrees = try #require(compared.agrees as Bool?)
        #expect(agrees || compared.verdict != "differs", "\(name): \(figure.source): \(figure.printed), \(computed)")
      case .top1, .top5:
        #expect(compared.computed == nil && compared.agrees == nil)
        let percent = try #require(Double(figure.printed.description))
        #expect((40...100).contains(percent))
      }
    }
  }

  @Test("figures are compared under their own convention and resolution")
  func conventions() throws {
    let figures = try #require(Catalog.entry(named: "resnet50")).comparedFigures()
    func computed(_ printed: String) throws -> ComparedFigure {
      try #require(figures.first { $0.figure.printed == PrintedNumber(printed) })
    }
    #expect(try computed("4,089,185,256").computed == 4_089_185_256)
    #expect(try computed("4.1B").computed == 4_089_184_256)
    #expect(try computed("3500M").agrees == false)
    let b2 = try #require(Catalog.entry(named: "efficientnet_b2")).comparedFigures()
    let paper = try #require(b2.first { $0.figure.side == 260 && $0.figure.quantity == .operations })
    // The default input is torchvision's 288; the paper's is 260.
    #expect(paper.computed == 993_561_872 && paper.agrees == true)
    let printed = try #require(b2.first { $0.figure.printed == "9.2M" })
    #expect(printed.agrees == false && printed.verdict.contains("9.1M"))
  }

  @Test("a selection keeps what is within its bounds, in order")
  func selection() throws {
    var selection = CatalogSelection()
    selection.years = 2015...2016
    selection.maximumParameters = 25_557_032
    selection.order = .macs
    let names = try selection.entries().map(\.entry.name)
    #expect(names.firstIndex(of: "resnet18").map { $0 < names.firstIndex(of: "resnet50") ?? 0 } == true)
    #expect(!names.contains("resnet101") && !names.contains("densenet121") && !names.contains("alexnet"))
    selection.maximumParameters = 25_557_031
    #expect(!(try selection.entries().contains { $0.entry.name == "resnet50" }))
    selection = CatalogSelection()
    selection.family = "vgg"
    selection.order = .name
    let vgg = try selection.entries().map(\.entry.name)
    #expect(vgg.contains("vgg16") && vgg == vgg.sorted() && vgg.allSatisfy { $0.hasPrefix("vgg") })
    selection.maximumMACs = 15_470_264_320
    #expect(try selection.entries().map(\.entry.name).contains("vgg16"))
    selection.maximumMACs = 15_470_264_319
    #expect(!(try selection.entries().map(\.entry.name).contains("vgg16")))
  }
}
