import NetworkGraph
import SymbolicIntegers
import Tensors

/// Turns a graph into an ONNX model: everything but the values of its tensors.
///
/// Values are called like the nodes that compute them (`layer1.0.conv1`, further outputs `layer1.0.split#1`), the
/// network's outputs like its ports, and tensors of the state as in the state dictionary.
struct Exporter {
  let graph: Graph
  let opset: Int
  private let fill: (String) -> Double?
  private let inference: InferenceGraph
  private(set) var model = ModelProto()
  /// The tensors that the file stores, those of the state dictionary in its order.
  private(set) var tensors: [StoredTensor] = []
  private var functions: Set<LocalFunction> = []
  /// Names of values by node.
  private var names: [[String]]
  /// Names that are given away.
  private var taken: Set<String> = []
  /// Tensors that hold settings of operators, by what they hold.
  private var settings: [Setting: String] = [:]

  private struct Setting: Hashable {
    var shape: [Int]
    var content: StoredTensor.Content
  }

  /// Writes all of `graph`.
  /// - Parameter fill: the one number that all elements of a tensor of the state are, by the tensor's name: such a tensor
  ///   is computed by ConstantOfShape, as tools that strip weights write it. nil for a tensor that is stored.
  init(_ graph: Graph, opset: Int, fill: @escaping (String) -> Double?) throws(ExportError) {
    self.graph = graph
    self.opset = opset
    self.fill = fill
    inference = InferenceGraph(graph)
    names = Array(repeating: [], count: graph.nodes.count)
    guard !inference.outputs.isEmpty else { throw .noOutput(graph: graph.name) }
    try addState()
    nameValues()
    for id in inference.nodes { try add(graph.nodes[id]) }
    for port in inference.outputs { addOutput(port) }
    finish()
  }

  // MARK: Tensors

  /// The tensors of the state dictionary that inference reads.
  private mutating func addState() throws(ExportError) {
    var sources: [Int: Node] = [:]
    var isUsed = Array(repeating: false, count: graph.parameters.count)
    var isOwned = isUsed
    for id in inference.nodes {
      let node = graph.nodes[id]
      for parameter in node.parameters { isUsed[parameter] = true }
      if case .source = node.operation, let parameter = node.parameters.first {
        sources[parameter] = node
      } else {
        for parameter in node.parameters { isOwned[parameter] = true }
      }
    }
    // Notes make a tensor a node of its own; one that an operator owns too has none, and becomes a node where it is read.
    for parameter in sources.keys where isOwned[parameter] { sources[parameter] = nil }
    for (index, parameter) in graph.parameters.enumerated() where isUsed[index] && parameter.spec.kind != .counter {
      let name = graph.name(of: parameter)
      taken.insert(name)
      let type = TensorType(parameter.spec.shape, parameter.spec.elementType)
      if let node = sources[index], case .source(let source) = node.operation {
        try store(name, type, from: name, source.values, notes: notes(of: node, source))
      } else {
        try store(name, type, from: name, nil, notes: [])
      }
    }
  }

  /// Adds a tensor, `source` in the source of weights: stored where its values are known, a node where they are one
  /// number or left out.
  private mutating func store(
    _ name: String, _ type: TensorType, from source: String, _ values: FixedValues?, notes: [StringStringEntryProto]
  ) throws(ExportError) {
    var shape: [Int] = []
    for dimension in type.shape.dimensions {
      guard let size = dimension.constant else { throw .symbolicTensor(name: name, shape: type.shape) }
      shape.append(size)
    }
    guard values == nil, let number = fill(source), let value = AttributeProto("value", one: number, type.elementType)
    else {
      let content = values.map { StoredTensor.Content.fixed($0) } ?? .weight(source)
      tensors.append(StoredTensor(name, shape, type.elementType, content, notes: notes))
      return
    }
    var node = NodeProto()
    node.name = unique("\(name)/constant")
    node.opType = OperatorName.constantOfShape.rawValue
    node.input = [setting(shape)]
    node.output = [name]
    node.metadataProps = notes
    if number != 0 || type.elementType != .float32 { node.attribute = [value] }
    model.graph.node.append(node)
    declare(name, type)
  }

  /// What a source has beside its tensor: its place, its kind and the rule its values follow.
  private func notes(of node: Node, _ source: Source) -> [StringStringEntryProto] {
    guard let kind = source.kind.text else { return [] }
    return [Note.place.entry(place(of: node).text), Note.source.entry(kind)]
      + (source.values.map { [Note.values.entry($0.text)] } ?? [])
  }

  /// The name of a stored vector of whole numbers that configures operators.
  mutating func setting(_ values: [Int]) -> String {
    setting([values.count], .integers(values), .int64, called: values.map(String.init).joined(separator: ","))
  }

  /// The name of a stored real number that configures operators.
  mutating func setting(_ value: Double) -> String {
    setting([], .fixed(.uniform(value)), .float32, called: "\(value)")
  }

  /// The name of a stored vector of one number.
  mutating func setting(_ value: Double, count: Int) -> String {
    setting([count], .fixed(.uniform(value)), .float32, called: "\(value)x\(count)")
  }

  /// The name of a stored vector of real numbers that configures operators.
  mutating func setting(reals values: [Double]) -> String {
    setting([values.count], .reals(values), .float32, called: values.map { "\($0)" }.joined(separator: ","))
  }

  private mutating func setting(
    _ shape: [Int], _ content: StoredTensor.Content, _ type: ElementType, called text: String
  ) -> String {
    let key = Setting(shape: shape, content: content)
    if let name = settings[key] { return name }
    let name = unique("constant/\(text)")
    settings[key] = name
    tensors.append(StoredTensor(name, shape, type, content, notes: []))
    return name
  }

  // MARK: Names

  /// Names for all values: an output of the network is called like its port.
  private mutating func nameValues() {
    var ports: [Value: String] = [:]
    for port in inference.outputs where ports[port.value] == nil {
      if case .source = graph.nodes[port.value.node].operation { continue }
      ports[port.value] = unique(port.name)
    }
    for id in inference.nodes {
      let node = graph.nodes[id]
      if case .source = node.operation, let parameter = node.parameters.first {
        names[id] = [graph.name(of: graph.parameters[parameter])]
        continue
      }
      let path = graph.path(of: node)
      names[id] = node.outputs.indices.map { output in
        ports[Value(node: id, output: output)] ?? unique(output == 0 ? path : "\(path)#\(output)")
      }
    }
  }

  /// A name that nothing else has.
  mutating func unique(_ name: String) -> String {
    var candidate = name
    var number = 2
    while !taken.insert(candidate).inserted {
      candidate = "\(name)_\(number)"
      number += 1
    }
    return candidate
  }

  private func place(of node: Node) -> NodePlace {
    var path: [ScopeLevel] = []
    var scope = node.scope
    while scope != 0, let parent = graph.scopes[scope].parent {
      path.append(ScopeLevel(graph.scopes[scope]))
      scope = parent
    }
    return NodePlace(path: path.reversed(), name: node.name)
  }

  // MARK: Nodes

  private mutating func add(_ node: Node) throws(ExportError) {
    if case .source(let source) = node.operation {
      switch source.kind {
      case .input: model.graph.input.append(ValueInfoProto(names[node.id][0], source.type))
      case .constant:
        try store(
          names[node.id][0], source.type, from: graph.path(of: node), source.values, notes: notes(of: node, source))
      case .parameter: break
      }
      return
    }
    let inputs = node.inputs.map { inference.resolved($0) }
    let owned = node.parameters.map { graph.parameters[$0] }.filter { $0.spec.kind != .counter }
    let call = ExportCall(
      node: node, path: graph.path(of: node),
      operands: inputs.map { names[$0.node][$0.output] } + owned.map { graph.name(of: $0) },
      inputs: inputs.map { graph.type(of: $0) })
    let spelling = try spelling(of: call)
    var proto = NodeProto()
    proto.name = call.path
    proto.opType = spelling.operation
    proto.input = spelling.operands
    proto.output = names[node.id]
    proto.attribute = spelling.attributes
    proto.metadataProps = [Note.place.entry(place(of: node).text)] + spelling.notes
    if let function = spelling.function {
      proto.domain = LocalFunction.domain
      functions.insert(function)
    }
    model.graph.node.append(proto)
    for (output, type) in node.outputs.enumerated() {
      let value = Value(node: node.id, output: output)
      if !inference.outputs.contains(where: { $0.value == value }) { declare(names[node.id][output], type) }
    }
  }

  /// Adds an operator that serves the spelling of a node, and returns its output's name.
  mutating func addHelper(
    _ spelling: Spelling, for call: ExportCall, _ suffix: String, _ type: TensorType
  ) -> String {
    var proto = NodeProto()
    proto.name = unique("\(call.path)/\(suffix)")
    proto.opType = spelling.operation
    proto.input = spelling.operands
    proto.output = [proto.name]
    proto.attribute = spelling.attributes
    model.graph.node.append(proto)
    declare(proto.name, type)
    return proto.name
  }

  private mutating func addOutput(_ port: Port) {
    var name = names[port.value.node][port.value.output]
    var isOutput = model.graph.output.contains { $0.name == name }
    if case .source = graph.nodes[port.value.node].operation { isOutput = true }
    if isOutput {
      // An input, a tensor or another output under a second name.
      var node = NodeProto()
      node.opType = OperatorName.identity.rawValue
      node.input = [name]
      name = unique(port.name)
      node.name = name
      node.output = [name]
      model.graph.node.append(node)
    }
    model.graph.output.append(ValueInfoProto(name, graph.type(of: port.value)))
  }

  private mutating func declare(_ name: String, _ type: TensorType) {
    model.graph.valueInfo.append(ValueInfoProto(name, type))
  }

  private mutating func finish() {
    model.graph.name = graph.name
    model.irVersion = Self.irVersion(opset: opset)
    model.producerName = Note.producer
    model.opsetImport = [OperatorSetIdProto(domain: "", version: opset)]
    guard !functions.isEmpty else { return }
    model.opsetImport.append(OperatorSetIdProto(domain: LocalFunction.domain, version: 1))
    model.functions = LocalFunction.allCases.filter { functions.contains($0) }.map { $0.definition(opset: opset) }
  }

  /// The file format that came with an operator set.
  private static func irVersion(opset: Int) -> Int64 {
    switch opset {
    case ...18: 8
    case 19...20: 9
    case 21...22: 10
    case 23: 11
    default: 12
    }
  }
}

extension OperatorSetIdProto {
  init(domain: String, version: Int) {
    self.init()
    self.domain = domain
    self.version = Int64(version)
  }
}

extension ScopeLevel {
  fileprivate init(_ scope: Scope) {
    self.init(scope.name)
    role = scope.role
    isNamed = scope.isNamed
  }
}

extension ValueInfoProto {
  /// The declaration of a value; sides that hold symbols are formulas.
  fileprivate init(_ name: String, _ type: TensorType) {
    self.init()
    self.name = name
    self.type.tensorType.elemType = Int32(type.elementType.onnx.rawValue)
    self.type.tensorType.shape.dim = type.shape.dimensions.map {
      var side = TensorShapeProto.Dimension()
      if let size = $0.constant { side.dimValue = Int64(size) } else { side.dimParam = "\($0)" }
      return side
    }
  }
}
