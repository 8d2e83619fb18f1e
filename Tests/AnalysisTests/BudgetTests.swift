import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import TestSupport
import Testing

@Suite("Budgets")
struct BudgetTests {
  private func analysis(_ model: String, _ input: Shape? = nil) throws -> NetworkAnalysis {
    try NetworkAnalysis(#require(Catalog.entry(named: model)).graph(input: input))
  }

  @Test(
    "what is checked is what others measured",
    arguments: [
      // torchvision's model table and fvcore.
      ("resnet50", BudgetedQuantity.macs, 4_089_184_256), ("resnet50", .parameters, 25_557_032),
      ("resnet50", .activations, 11_114_984),
      // torchvision's checkpoint: weights and running statistics of 4 bytes; step counters left out.
      ("resnet50", .weightBytes, 4 * (25_557_032 + 53_120)),
      // google-research/receptive_field and Araujo et al. 2019.
      ("vgg16", .receptiveField, 212), ("alexnet", .receptiveField, 195), ("inception_v3", .receptiveField, 1311),
      // Attention sees the image.
      ("vit_b_16", .receptiveField, 224),
    ])
  func actual(model: String, quantity: BudgetedQuantity, expected: Int) throws {
    let analysis = try analysis(model)
    let result = try #require(BudgetCheck(analysis, [Budget(quantity, expected)]).results.first)
    #expect(result.actual == expected)
    #expect(result.margin == 0)
    #expect(result.holds)
    // One beyond the bound breaks it.
    let tight = quantity.bound == .maximum ? expected - 1 : expected + 1
    #expect(try !BudgetCheck(analysis, [Budget(quantity, tight)]).holds)
  }

  @Test(
    "the inference peak is the one measured of the reference implementation",
    arguments: ["alexnet", "vgg16", "resnet50"])
  func peak(model: String) throws {
    let row = try #require(
      Golden.rows("memory.csv").first { $0["model"] == model && $0["batch"] == "1" && $0["library"] == "torchvision" })
    let measured = try #require(row.number("peak_eager_inference_bytes"))
    let check = try BudgetCheck(analysis(model), [Budget(.peakMemory, 0), Budget(.plannedMemory, 0)])
    #expect(abs(Double(check.results[0].actual) / Double(measured) - 1) < 0.01)
    #expect(check.results[1].actual <= check.results[0].actual)
  }

  @Test("all budgets hold only if each does")
  func together() throws {
    let analysis = try analysis("mobilenet_v2")
    #expect(try BudgetCheck(analysis, [Budget(.macs, 300_774_272), Budget(.parameters, 3_504_872)]).holds)
    let check = try BudgetCheck(analysis, [Budget(.macs, 600_000_000), Budget(.parameters, 3_504_871)])
    #expect(!check.holds)
    #expect(check.results.map(\.holds) == [true, false])
    #expect(check.results[1].margin == -1)
    #expect(try BudgetCheck(analysis, []).holds)
  }

  @Test("a formula is not compared with a number")
  func symbolic() throws {
    let analysis = try analysis("resnet18", [1, 3, .symbol("H"), .symbol("W")])
    let error = try #require(throws: BudgetError.self) { try BudgetCheck(analysis, [Budget(.macs, 1)]) }
    #expect("\(error)".contains("macs depends on H, W"))
    // Parameters do not depend on the sides.
    #expect(try BudgetCheck(analysis, [Budget(.parameters, 11_689_512)]).holds)
  }

  @Test("the ends of the range of integers are budgets as any other", arguments: [0, 1, Int.max])
  func extremes(limit: Int) throws {
    let analysis = try analysis("lenet5")
    for quantity in BudgetedQuantity.all {
      let result = try BudgetCheck(analysis, [Budget(quantity, limit)]).results[0]
      #expect(result.holds == (quantity.bound == .maximum ? result.actual <= limit : result.actual >= limit))
    }
  }

  @Test("a network without an image sees nothing")
  func noImage() throws {
    let graph = try Graph(name: "mlp", input: TensorType([1, 10])) { $0.linear("fc", 4) }
    let check = try BudgetCheck(NetworkAnalysis(graph), [Budget(.receptiveField, 1), Budget(.parameters, 44)])
    #expect(check.results.map(\.holds) == [false, true])
  }
}
