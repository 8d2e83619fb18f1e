import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import Testing

@Suite("Settings by name")
struct SettingsTests {
  private func edited(_ model: String, _ settings: String...) throws -> CatalogEntry {
    try #require(Catalog.entry(named: model)).with(settings: settings)
  }

  private func refusal(_ model: String, _ settings: String...) -> String {
    do {
      let entry = try #require(Catalog.entry(named: model))
      _ = try NetworkAnalysis(entry.with(settings: settings).graph())
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  @Test("an edit changes the network and its name, and nothing else of the entry")
  func edit() throws {
    let entry = try edited("resnet50", "classes=10")
    #expect(entry.name == "resnet50 classes=10")
    #expect(entry.family == "ResNet")
    let total = try NetworkAnalysis(entry.graph()).total
    // 2,049,000 parameters of the classifier go, 20,490 come.
    #expect(total.parameters == 23_528_522)
  }

  @Test("a list of repeats makes one variant another")
  func variants() throws {
    let deep = try NetworkAnalysis(edited("resnet50", "depths=[3,4,23,3]").graph()).total
    #expect(deep.parameters == 44_549_160)
    let one = try NetworkAnalysis(edited("resnet50", "depths[2]=23").graph()).total
    #expect(one.parameters == 44_549_160)
    let wide = try NetworkAnalysis(edited("resnet50", "widthPerGroup=128").graph()).total
    #expect(wide.parameters == 68_883_240)
    let grouped = try NetworkAnalysis(edited("resnet50", "groups=32", "widthPerGroup=4").graph()).total
    #expect(grouped.parameters == 25_028_904)
    let basic = try NetworkAnalysis(edited("resnet50", "block=basic").graph()).total
    #expect(basic.parameters == 21_797_672)
    let normalized = try NetworkAnalysis(edited("vgg16", "isNormalized=true").graph()).total
    #expect(normalized.parameters == 138_365_992)
  }

  @Test("names lead into lists and groups, and a group keeps what is left out")
  func nested() throws {
    let one = try NetworkAnalysis(edited("vgg11", "stages[0].depth=2", "stages[1].depth=2").graph()).total
    #expect(one.parameters == 133_047_848)
    let group = try NetworkAnalysis(edited("vgg11", #"stages[0]={"depth":2}"#, "stages[1].depth=2").graph()).total
    #expect(group.parameters == 133_047_848)
  }

  @Test("a size may be a formula")
  func symbols() throws {
    let total = try NetworkAnalysis(edited("resnet50", "classes=C").graph()).total
    #expect("\(total.parameters)" == "2049*C + 23508032")
    let twice = try NetworkAnalysis(edited("resnet50", "classes=2*C").graph()).total
    #expect("\(twice.parameters)" == "4098*C + 23508032")
  }

  @Test(
    "a wrong setting is refused with its name and the reason",
    arguments: [
      (
        "depthz=1",
        "resnet50 has no parameter 'depthz': there are block, classes, depths, groups, shortcuts, strideInFirst, width, widthPerGroup"
      ),
      ("depths.x=1", "there is no 'x' in 'depths', which is a list of 4 entries: write depths[0].x"),
      ("classes[0]=1", "there is no '[0]' in 'classes', which is a single value"),
      ("classes.x=1", "there is no 'x' in 'classes', which is a single value"),
      ("depths[4]=1", "'depths' has 4 entries, counted from 0, so there is none at 4"),
      ("depths[-1]=1", "'depths' has 4 entries, counted from 0, so there is none at -1"),
      ("depths[x]=1", "'depths[x]=1' is not a setting: write name=value, for example stages[2].depth=9"),
      ("depths", "'depths' is not a setting: write name=value, for example stages[2].depth=9"),
      ("=3", "'=3' is not a setting: write name=value, for example stages[2].depth=9"),
      ("classes=", "'classes=' is not a setting: write name=value, for example stages[2].depth=9"),
      (".=1", "'.=1' is not a setting: write name=value, for example stages[2].depth=9"),
      ("classes=0", "'0' does not fit parameter 'classes': it must be a positive whole number"),
      ("classes=-1", "'-1' does not fit parameter 'classes': it must be a positive whole number"),
      ("classes=2.5", "'2.5' does not fit parameter 'classes': it must be a positive whole number"),
      ("classes=[1]", "'[1]' does not fit parameter 'classes': it must be a single value"),
      ("depths=3", "'3' does not fit parameter 'depths': it must be a list of 4 entries"),
      ("depths=[]", "'[]' does not fit parameter 'depths': it has 0 entries, but the list keeps its 4"),
      ("depths=[3,4,0,3]", "'0' does not fit parameter 'depths[2]': it must be above 0"),
      ("depths[0]=0", "'0' does not fit parameter 'depths[0]': it must be above 0"),
      ("depths[0]=-1", "'-1' does not fit parameter 'depths[0]': it must be above 0"),
      ("depths[0]=1000000000", "'1000000000' does not fit parameter 'depths[0]': it must be at most 4096"),
      ("depths[0]=1.5", "'1.5' does not fit parameter 'depths[0]': it must be a whole number"),
      ("depths[0]=NaN", "'NaN' does not fit parameter 'depths[0]': it must be a whole number"),
      ("widthPerGroup=true", "'true' does not fit parameter 'widthPerGroup': it must be a whole number"),
      ("block=tiny", "'tiny' does not fit parameter 'block': Cannot initialize Block from invalid String value tiny"),
    ])
  func refusals(setting: String, sentence: String) {
    #expect(refusal("resnet50", setting) == sentence)
  }

  @Test("of several settings the first wrong one is named")
  func firstWrong() {
    #expect(refusal("resnet50", "classes=5", "widthPerGroup=true", "block=tiny").contains("'true' does not fit"))
    #expect(refusal("resnet50", "block=basic", "groups=x y", "depths=[1,1,1,1]").contains("parameter 'groups'"))
    #expect(refusal("resnet50", "block=basic", "widthPerGroup=32", "depths=[1,1,1,1]") == "accepted")
  }

  @Test("multipliers stay positive and finite")
  func multipliers() {
    for value in ["0", "-1", "NaN", "inf", "1e999", "1e6"] {
      #expect(refusal("mobilenet_v2", "dropout=\(value)").contains("does not fit parameter 'dropout'"), "\(value)")
    }
    #expect(refusal("mobilenet_v2", "dropout=0.5") == "accepted")
  }

  @Test("hostile text ends in a sentence")
  func hostile() {
    let nines = String(repeating: "9", count: 5000)
    for setting in [
      "classes=\(nines)", "depths=\(String(repeating: "[", count: 5000))",
      "depths=[\(String(repeating: "1,", count: 4000))1]",
      "\(nines)=1", "depths[\(nines)]=1", "classes=\(String(repeating: "(", count: 5000))",
      "classes=\(String(repeating: "x", count: 1_000_000))", "a\u{0}b=1", "classes=H/0",
    ] {
      let message = refusal("resnet50", setting)
      #expect(message != "accepted", "\(setting.prefix(40))")
      #expect(!message.isEmpty)
    }
  }

  /// Values at and beyond the edges of every kind, for one parameter after the other of every family.
  @Test("no value of any single parameter traps or hangs", arguments: catalogNames)
  func edges(name: String) throws {
    let entry = try #require(Catalog.entry(named: name))
    // One variant of a family is enough: others are the same code.
    guard Catalog.entries.first(where: { type(of: $0.architecture) == type(of: entry.architecture) })?.name == name
    else {
      return
    }
    for (parameter, value) in try entry.architecture.settings.entries {
      var names = [parameter]
      switch value {
      case .list(let items): names += items.indices.prefix(2).map { "\(parameter)[\($0)]" }
      case .group(let parts): names = parts.keys.sorted().map { "\(parameter).\($0)" }
      default: break
      }
      for name in names {
        for text in ["1", "3", "0.5", "61", "1000000000000", "0", "-1", "x"] {
          if let changed = try? entry.with(settings: ["\(name)=\(text)"]), let graph = try? changed.graph() {
            _ = try? NetworkAnalysis(graph)
            _ = try? graph.backbone()
          }
        }
      }
    }
  }

  @Test("the largest repeat count ends in a network or a sentence")
  func manyBlocks() throws {
    #expect(try edited("resnet18", "depths[0]=4096").graph().nodes.count > 20_000)
    #expect(refusal("densenet121", "depths[0]=4096").hasSuffix("inputs of nodes: too large for a graph"))
  }

  @Test("settings list every parameter once, and each can be set to what it is")
  func roundTrip() throws {
    for entry in Catalog.entries {
      let entries = try entry.architecture.settings.entries
      #expect(!entries.isEmpty && Set(entries.map(\.name)).count == entries.count)
      for (name, value) in entries {
        switch value {
        case .integer, .number, .bool, .list:
          let same = try entry.with(settings: ["\(name)=\(value)"])
          #expect(try same.architecture.settings == entry.architecture.settings, "\(entry.name) \(name)")
        case .null, .text, .group: continue
        }
      }
    }
  }
}
