import Architectures
import NetworkGraph
import TestSupport
import Testing

/// Every catalogued model that torchvision or timm has: the whole state dictionary in one number.
@Suite("State dictionaries of all that the libraries own")
struct StateDigestTests {
  static let models: [String] = (try? Golden.rows("state_digests.csv").map { $0["model"] }) ?? []

  @Test("the table is there and most of the catalogue in it")
  func tableIsPresent() {
    #expect(Set(Self.models).isSubset(of: catalogNames))
    #expect(Self.models.count * 4 > catalogNames.count * 3)
  }

  @Test("names, shapes and order of all tensors have the library's digest", arguments: models)
  func digest(model: String) throws {
    let row = try #require(Golden.rows("state_digests.csv").first { $0["model"] == model })
    let graph = try graph(of: model)
    var (count, value): (Int, UInt64) = (0, 0xCBF2_9CE4_8422_2325)
    for parameter in graph.parameters where parameter.spec.kind != .counter {
      count += 1
      let shape = parameter.spec.shape.rank == 0 ? "" : "\(parameter.spec.shape)"
      for byte in "\(graph.name(of: parameter)) \(shape)\n".utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
    #expect(count == row.number("tensors"))
    #expect(String(value, radix: 16) == row["fnv1a64"].drop { $0 == "0" })
  }
}
