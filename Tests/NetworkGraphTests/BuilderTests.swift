import NetworkGraph
import SymbolicIntegers
import Testing

@Suite("Building graphs")
struct BuilderTests {
  @Test("a name used twice in one scope is one module called twice: its parameters exist once")
  func sharedModule() throws {
    let graph = try Graph(name: "shared", input: TensorType([1, 8, 16, 16])) { x in
      x.scope("body") {
        $0.conv("conv", 8, kernel: 3, padding: 1, bias: false).conv("conv", 8, kernel: 3, padding: 1, bias: false)
      }
    }
    #expect(graph.parameters.map { graph.name(of: $0) } == ["body.conv.weight"])
    #expect(graph.nodes[1].parameters == graph.nodes[2].parameters)
    #expect(graph.nodes.map(\.call) == [0, 0, 1])
    #expect(graph.nodes.map { graph.path(of: $0) } == ["input", "body.conv", "body.conv:1"])
    #expect(graph.nodes.map { graph.modulePath(of: $0) } == ["input", "body.conv", "body.conv"])
  }

  @Test("a module called again on other channels is refused with both parameter lists")
  func sharedMismatch() {
    let message = failure([1, 8, 16, 16]) {
      $0.scope("body") { $0.conv("conv", 4, kernel: 3).conv("conv", 4, kernel: 3) }
    }
    #expect(
      message == "body.conv: called again with other parameters: weight 4x8x3x3, bias 4 against weight 4x4x3x3, bias 4")
  }

  @Test("groups are for readers: they are in the hierarchy and absent from names")
  func groups() throws {
    let graph = try Graph(name: "grouped", input: TensorType([1, 3, 8, 8])) { image in
      image.group("stem") { $0.conv("conv1", 4, kernel: 1) }
        .scope("features") { x in
          x.group("stage1") { $0.scope("0", .block) { $0.batchNorm("bn") } }
        }
    }
    #expect(graph.nodes.map { graph.path(of: $0) } == ["input", "conv1", "features.0.bn"])
    #expect(
      graph.parameters.map { graph.name(of: $0) }.prefix(3) == ["conv1.weight", "conv1.bias", "features.0.bn.weight"])
    let norm = graph.nodes[2]
    #expect(graph.path(ofScope: norm.scope, includingUnnamed: true) == "features.stage1.0")
    let stage = try #require(graph.scope(of: norm, role: .stage))
    #expect(graph.scopes[stage].name == "stage1")
    let block = try #require(graph.scope(of: norm, role: .block))
    #expect(graph.scopes[block].name == "0")
    #expect(graph.scope(of: graph.nodes[0], role: .stage) == nil)
  }

  @Test("names are unique within the innermost named scope, whatever groups lie between")
  func namesAcrossGroups() throws {
    let graph = try Graph(name: "calls", input: TensorType([1, 3])) { x in
      x.group("a") { $0.relu() }.group("b") { $0.relu() }.scope("c") { $0.relu() }.scope("c") { $0.relu() }
    }
    #expect(graph.nodes.dropFirst().map { graph.path(of: $0) } == ["relu", "relu:1", "c.relu", "c.relu:1"])
    #expect(graph.scopes.map(\.name) == ["", "a", "b", "c"])
  }

  @Test("equal names under different parents are different scopes")
  func scopesOfDifferentParents() throws {
    let graph = try Graph(name: "blocks", input: TensorType([1, 4])) { x in
      x.scope("layer1") { $0.scope("0") { $0.linear("fc", 4) } }.scope("layer2") {
        $0.scope("0") { $0.linear("fc", 4) }
      }
    }
    #expect(graph.nodes.map(\.call) == [0, 0, 0])
    #expect(graph.parameters.count == 4)
  }

  @Test("in-place addition marks the node; plain addition does not")
  func inPlace() throws {
    let graph = try Graph(name: "sums", input: TensorType([1, 4])) { x in
      var y = x + x
      y += x
      return y
    }
    let flags = graph.nodes.compactMap { node in
      if case .elementwise(let sum) = node.operation { sum.inPlace } else { nil }
    }
    #expect(flags == [false, true])
    #expect(graph.nodes.map { graph.path(of: $0) } == ["input", "add", "add:1"])
  }

  @Test("a node with several outputs gives one feature for each")
  func severalOutputs() throws {
    let builder = GraphBuilder(name: "split")
    let x = builder.input("x", TensorType([1, 6, 4]))
    let parts = builder.add(.split(Split(axis: 1, sizes: [2, 4])), to: [x], name: "split")
    #expect(parts.map { "\($0.shape)" } == ["1x2x4", "1x4x4"])
    let right = parts[1].relu()
    let graph = try builder.finish(outputs: [("left", parts[0]), ("right", right)])
    #expect(graph.nodes[2].inputs == [Value(node: 1, output: 1)])
    #expect(graph.inputTypes(of: graph.nodes[2]).map { "\($0)" } == ["1x4x4"])
    #expect(graph.outputs.map(\.value) == [Value(node: 1), Value(node: 2)])
    #expect(graph.consumers() == [[1], [2], []])
  }

  @Test("nodes of an auxiliary head are marked as training only")
  func trainingOnly() throws {
    let builder = GraphBuilder(name: "auxiliary")
    let x = builder.input("x", TensorType([1, 6]))
    let auxiliary = builder.trainingOnly { x.linear("aux", 3) }
    let graph = try builder.finish(outputs: [("out", x.linear("fc", 3)), ("aux", auxiliary)])
    #expect(graph.nodes.map(\.isTrainingOnly) == [false, true, false])
  }

  @Test("modules registered late, scopes and nodes alike, have their parameters behind all others in the order given")
  func lateRegistration() throws {
    let builder = GraphBuilder(name: "late")
    let x = builder.input("x", TensorType([1, 6]))
    let outputs = x.scope("block") { x in
      let head = x.group("stage") { $0.scope("aux") { $0.linear("fc", 2) } }
      let norm = x.linear("norm", 3)
      let rest = x.scope("rest") { $0.linear("aux", 4) }
      builder.registersHere("norm", "absent", "aux")
      // Moved again, from behind what came since.
      let last = x.linear("last", 5)
      builder.registersHere("rest")
      return Feature.concatenate([head, norm, rest, last])
    }
    let graph = try builder.finish(outputs: [("out", outputs)])
    #expect(
      graph.parameters.map { graph.name(of: $0) } == [
        "block.norm.weight", "block.norm.bias", "block.aux.fc.weight", "block.aux.fc.bias", "block.last.weight",
        "block.last.bias", "block.rest.aux.weight", "block.rest.aux.bias",
      ])
    for node in graph.nodes {
      for (position, spec) in node.operation.semantics.parameters(for: graph.inputTypes(of: node)).enumerated() {
        let parameter = graph.parameters[node.parameters[position]]
        #expect(parameter.node == node.id && parameter.spec == spec)
      }
    }
  }

  @Test("batch norm's statistics are buffers and its step counter is neither")
  func kinds() throws {
    let graph = try Graph(name: "norm", input: TensorType([1, 6])) { $0.batchNorm("bn") }
    #expect(
      graph.parameters.map { "\(graph.name(of: $0)) \($0.spec.kind) \($0.spec.shape)" } == [
        "bn.weight trainable 6", "bn.bias trainable 6", "bn.running_mean buffer 6", "bn.running_var buffer 6",
        "bn.num_batches_tracked counter scalar",
      ])
  }

  @Test("only the first error is thrown, and building goes on behind it")
  func firstError() {
    let message = failure([1, 3, 8, 8]) { image in
      var x = image.scope("a") { $0.conv("wide", 4, kernel: 9) }
      x = Feature.concatenate([x, x.linear("fc", 10)]).scope("b") { $0.conv("conv", 4, kernel: 9) }
      for part in x.builder.add(.split(Split(axis: 1, sizes: [1, 2])), to: [x], name: "split") { x = part + x }
      return x
    }
    #expect(message?.hasPrefix("a.wide (Convolution):") == true)
  }

  @Test("foreign parameters keep their names and must have the shapes the operator needs")
  func givenParameters() throws {
    func build(_ shape: Shape) throws(GraphError) -> Graph {
      let builder = GraphBuilder(name: "foreign")
      let x = builder.input("x", TensorType([1, 3, 8, 8]))
      let weight = builder.parameter(ParameterSpec("", shape), givenName: "onnx::Conv_12")
      let convolution = Convolution(outputChannels: 4, window: Window(rank: 2, kernel: 3), bias: false)
      let y = builder.add(.convolution(convolution), to: [x], name: "conv", sharing: [weight])[0]
      return try builder.finish(outputs: [("y", y)])
    }
    let graph = try build([4, 3, 3, 3])
    #expect(graph.parameters.map { graph.name(of: $0) } == ["onnx::Conv_12"])
    #expect(
      throws: GraphError.parameterShape(node: "conv", parameter: "weight", needed: [4, 3, 3, 3], given: [4, 3, 5, 5])
    ) {
      try build([4, 3, 5, 5])
    }
  }
}
