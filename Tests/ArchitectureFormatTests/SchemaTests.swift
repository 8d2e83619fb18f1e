import NetworkGraph
import SymbolicIntegers
import Testing

@testable import ArchitectureFormat

@Suite("Layers of a description")
struct SchemaTests {
  @Test("in_channels is what the layer reads, and in a block's default what the block reads")
  func inputChannels() throws {
    let graph = try network(
      """
      input: 1x8x4x4
      blocks:
        b: {parameters: {half: in_channels//2}, layers: [{conv: {channels: 2*in_channels, kernel: 1}}, {conv: {channels: half, kernel: 1}}]}
      layers: [{block: b}, {conv: {channels: in_channels+1, kernel: 1, when: in_channels == 4}}]
      """)
    #expect(outputShape(graph) == "1x5x4x4")
  }

  @Test("a short list of a counted repeat goes on with its last value")
  func lists() throws {
    let graph = try network(
      layers("- repeat: {count: 3, each: {s: [2, 1]}, layers: [{max_pool: {kernel: 1, stride: s}}]}"))
    #expect(outputShape(graph) == "1x3x16x16")
    #expect(graph.nodes.count == 4)
  }

  @Test(
    "padding is a number, one per axis, a pair per axis or SAME",
    arguments: [
      ("1", "1x4x16x16"), ("[0, 1]", "1x4x15x16"), ("[[0, 1], [1, 1]]", "1x4x16x16"), ("same", "1x4x16x16"),
      ("[[3, 0], [0, 0]]", "1x4x17x15"), ("same_lower", "1x4x16x16"),
    ])
  func padding(written: String, shape: String) throws {
    let graph = try network(layers("- conv: {channels: 4, kernel: 3, stride: 2, padding: \(written)}"))
    #expect(outputShape(graph) == shape)
  }

  @Test("a projection is there only when the shape changes; an optional shortcut only when it does not")
  func shortcuts() throws {
    func operators(_ layer: String) throws -> [String] {
      try network(layers(layer)).nodes.dropFirst().map(\.operation.semantics.name)
    }
    let projection = "projection: [{conv: {channels: 3, kernel: 1, stride: 2}}]"
    #expect(try operators("- residual: {layers: [relu], \(projection)}") == ["ReLU", "Add"])
    #expect(
      try operators("- residual: {layers: [{max_pool: 2}], \(projection)}") == ["MaxPool", "Convolution", "Add"])
    #expect(try operators("- residual: {layers: [relu], optional: true}") == ["ReLU", "Add"])
    #expect(try operators("- residual: {layers: [{max_pool: 2}], optional: true}") == ["MaxPool"])
  }

  @Test("a stage, a block and a head keep their roles, and the head is no part of names")
  func roles() throws {
    let graph = try network(
      """
      input: 1x3x8x8
      blocks: {b: {layers: [relu]}}
      layers: [{stage: {name: s, layers: [{block: b}]}}, {head: [flatten, {linear: {name: fc, features: 2}}]}]
      """)
    let roles = graph.scopes.dropFirst().map { "\($0.name) \($0.role)" }
    #expect(roles == ["s stage", "b_1 block", "head head"])
    #expect(graph.name(of: graph.parameters[0]) == "fc.weight")
  }

  @Test("saved tensors reach across stages, and outputs are the ones listed")
  func saved() throws {
    let graph = try network(
      """
      input: 1x3x8x8
      layers:
        - stage: [{conv: {channels: 4, kernel: 1, save: early}}]
        - stage: [{max_pool: 2}, {save: pooled}, {upsample: 2}, {concat: [early, input]}]
        - save: last
      outputs: {a: pooled, b: last}
      """)
    #expect(graph.outputs.map(\.name) == ["a", "b"])
    #expect(graph.outputs.map { "\(graph.type(of: $0.value).shape)" } == ["1x4x4x4", "1x11x8x8"])
  }

  @Test("the same network in other notations is the same graph")
  func notations() throws {
    let short = try network("input: 1x3x8x8\nlayers: [{conv: {channels: 4, kernel: 3}}, flatten, {linear: 10}]")
    let long = try network(
      """
      input: [1, 3, 8, 8]
      parameters: {c: 4}
      layers:
        - conv:
            channels: c
            kernel: [3, 3]
            stride: 2 - 1
        - flatten:
        - linear: {features: "5*2"}
      """)
    #expect(short.nodes.map(\.operation) == long.nodes.map(\.operation))
    #expect(short.nodes.map(\.outputs) == long.nodes.map(\.outputs))
  }
}

@Suite("Values given beside a description")
struct OverrideTests {
  private let text = """
    input: 1xcxHxW
    parameters: {c: 3, depths: [1, 2], act: relu, wide: false, area: H*W}
    layers:
      - repeat: {each: {n: depths}, layers: [{repeat: {count: n, layers: [{activation: act}]}}]}
      - conv: {channels: 2*c, kernel: 1, when: wide}
      - flatten: 2
      - reshape: [1, in_channels, area]
    """

  @Test("settings change numbers, lists, entries of lists, words and truth values")
  func settings() throws {
    func shape(_ settings: String...) throws -> String { outputShape(try network(text, settings: settings)) }
    func count(_ settings: String...) throws -> Int { try network(text, settings: settings).nodes.count }
    #expect(try shape() == "1x3x(H*W)")
    #expect(try shape("c=5") == "1x5x(H*W)")
    #expect(try shape("c=5", "wide=true") == "1x10x(H*W)")
    #expect(try shape("c=2*k") == "1x(2*k)x(H*W)")
    #expect(try shape("c=k") == "1xkx(H*W)")
    #expect(try count() == 6)
    #expect(try count("depths=[3, 4]") == 10)
    #expect(try count("depths[1]=7") == 11)
    #expect(try network(text, settings: ["act=gelu"]).nodes[1].operation == .activation(Activation(.gelu)))
  }

  @Test(
    "a setting that does not fit is refused with what would",
    arguments: [
      ("dept=3", "there is no such parameter: there are c, depths, act, wide, area"), ("c", "write name=value"),
      ("c=true", "'c' is a number, not true or false"), ("depths=3", "'depths' is a list, not a number"),
      ("depths[2]=3", "'depths' has 2 entries, counted from 0"), ("c[0]=3", "'c' is no list"),
      ("wide=3", "'wide' is true or false, not a number"), ("c=", "write name=value"), ("c=1+", "expected a number"),
      ("c={a: 1}", "must be a value"), ("c=[", "this is not YAML"),
    ])
  func wrongSettings(setting: String, sentence: String) throws {
    let error = try #require(failure(of: text, settings: [setting]))
    #expect("\(error)".contains(sentence), "\(error)")
    #expect(error.place == nil)
  }

  @Test("a given shape gives its sizes to the file's symbols, in parameters too")
  func shapes() throws {
    #expect(outputShape(try network(text, inputShapes: ["input": [1, 3, 5, 7]])) == "1x3x35")
  }

  @Test("assumptions replace the file's symbols")
  func assumptions() throws {
    let graph = try network(text, assumptions: try Assumptions(parsing: "H=32*h, W=2"))
    #expect(outputShape(graph) == "1x3x(64*h)")
  }

  @Test("a symbol inside a side's formula is lost when the side is given")
  func lostSymbols() throws {
    let text = "input: 1x3x(32*h)x32\nlayers:\n  - upsample: {size: [h, 4]}"
    #expect(outputShape(try network(text)) == "1x3xhx4")
    #expect(throws: ArchitectureFileError.self) { try network(text, inputShapes: ["input": [1, 3, 64, 32]]) }
  }

  @Test(
    "shapes for inputs that are not there, of another rank or at odds with the file are refused",
    arguments: [
      ("image", "1x3x8x8", "there is no input 'image'"), ("input", "3x8x8", "4 axes"),
      ("input", "1x3x8x9", "given as 8 and 9"),
    ])
  func wrongShapes(name: String, shape: String, sentence: String) throws {
    let shape = try Shape(parsing: shape)
    do {
      _ = try network("input: 1x3xHxH\nlayers: [relu]", inputShapes: [name: shape])
      Issue.record("no error")
    } catch {
      #expect("\(error)".contains(sentence), "\(error)")
    }
  }
}
