import Analysis
import Architectures
import NetworkGraph
import Testing

@Suite("Settings of mobile networks")
struct MobileSettingsTests {
  private func analysis(_ model: String, _ settings: [String]) throws -> NetworkAnalysis {
    let entry = try #require(Catalog.entry(named: model))
    let network = try entry.architecture.with(settings: settings, model: model)
    return try NetworkAnalysis(Graph(name: model, input: TensorType(entry.input)) { network($0) })
  }

  @Test(
    "a width, set by name, gives what torchvision's width_mult gives",
    arguments: [
      ("mobilenet_v2", "width=0.5", 1_968_680, 97_131_840),
      ("mobilenet_v3_large", "width=0.75", 3_377_576, 140_033_816),
      ("mobilenet_v3_small", "width=0.35", 558_744, 11_238_936), ("mnasnet1_0", "width=0.35", 1_788_232, 58_878_912),
      ("efficientnet_b0", "classes=10", 4_020_358, 384_547_552),
    ])
  func width(model: String, setting: String, parameters: Int, macs: Int) throws {
    let total = try analysis(model, [setting]).total
    #expect(total.parameters.constant == parameters)
    #expect(CountingConvention.macs.count(total.operations).constant == macs)
  }

  @Test("names are a setting too: timm's modules hold the same tensors as torchvision's, at the same work")
  func names() throws {
    for model in ["mobilenet_v2", "mobilenet_v3_small", "mnasnet1_0", "efficientnet_b0", "efficientnet_v2_s"] {
      let own = try analysis(model, [])
      let other = try analysis(model, ["names=timm"])
      #expect(own.total.parameters == other.total.parameters)
      #expect(
        CountingConvention.macs.count(own.total.operations) == CountingConvention.macs.count(other.total.operations))
      #expect(
        own.graph.parameters.map(\.spec.shape.elementCount) == other.graph.parameters.map(\.spec.shape.elementCount))
      #expect(own.graph.name(of: own.graph.parameters[0]) != "conv_stem.weight")
      #expect(other.graph.name(of: other.graph.parameters[0]) == "conv_stem.weight")
    }
  }

  @Test(
    "a table's entry beyond reason is an error or an empty stage, not a trap",
    arguments: [
      "stages[1].depth=-1", "stages[1].channels=-8", "stages[1].stride=-9223372036854775808", "stages[1].stride=0",
      "width=-1", "width=1e300", "stem=0", "stages=[]", "classes=-1",
    ])
  func hostile(setting: String) throws {
    for model in ["mobilenetv1_100", "mobilenet_v2", "mobilenetv2_050", "mnasnet1_0", "mnasnet_140", "efficientnet_b0"]
    {
      do { _ = try analysis(model, [setting]) } catch is GraphError {}
    }
  }

  @Test("kernels and expansions beyond reason are errors, not traps")
  func hostileKernels() throws {
    for value in ["0", "-1", "2", "9223372036854775807", "-9223372036854775808"] {
      for model in ["mnasnet1_0", "efficientnet_b0", "tf_efficientnet_b0", "tf_efficientnetv2_s"] {
        for property in ["kernel", "expansion"] {
          do { _ = try analysis(model, ["stages[1].\(property)=\(value)"]) } catch is GraphError {}
        }
      }
      do { _ = try analysis("mobilenet_v3_large", ["stages[1].kernel=\(value)"]) } catch is GraphError {}
      do { _ = try analysis("shufflenet_v1_g3", ["groups=\(value)"]) } catch is GraphError {}
    }
  }
}
