import NetworkGraph
import SymbolicIntegers

/// Turns the nodes of an ONNX file into a graph.
///
/// Operators on constants are evaluated and leave no node; see ``ONNXModel`` for what is a parameter.
struct Importer {
  /// Axes of a tensor beyond which a file is refused.
  static let rankLimit = 64
  /// Nodes that calls of functions may come to, and calls inside one another.
  static let inlinedNodeLimit = 1 << 16
  static let callDepthLimit = 16
  /// Elements that all evaluations together may produce; constants computed later are only known by their types.
  static let foldedElementLimit = 1 << 22
  /// Elements that depend on symbols count this often.
  static let symbolicElementWeight = 64

  let builder: GraphBuilder
  let functions: FunctionLibrary
  var types: DeclaredTypes
  var roots: [Root] = []
  var derivations: [Derivation] = []
  var computations: [Computation] = []
  var dequantizations: [Dequantization] = []
  /// The root of each dequantized tensor.
  var dequantizedRoots: [Dequantization.Key: Int] = [:]
  /// How many parameters have been asked to have a name.
  var parameterNames: [String: Int] = [:]
  /// Where the graph's parameters get their values, by index.
  var parameterValues: [Int: Constant] = [:]
  /// Where the graph's constants get their values, with the nodes that they are.
  var constantValues: [(node: Int, constant: Constant)] = []
  var foldedElements = 0
  var inlinedNodes = 0
  var callDepth = 0

  init(name: String, model: ModelProto) throws(ONNXError) {
    builder = GraphBuilder(name: name)
    functions = try FunctionLibrary(model)
    types = DeclaredTypes(model.graph, namesAreFormulas: model.producerName == Note.producer)
  }

  /// Adds the nodes of a body and returns its results.
  mutating func run(_ body: Body, opset: Int) throws(ONNXError) -> [Operand] {
    var table = try ValueTable(body)
    for index in try table.order(body) {
      let place = body.places.place(of: body.nodes[index], index: index)
      let call = NodeCall(
        proto: body.nodes[index], opset: opset, place: place, operands: try table.operands(of: index, place: place),
        outputIsUsed: table.outputIsUsed(of: index))
      let outputs = try perform(call)
      if let failure = builder.failure { throw .graph(failure) }
      table.bind(outputs, to: index)
    }
    return try table.results(body)
  }

  /// The outputs of one operator.
  private mutating func perform(_ call: NodeCall) throws(ONNXError) -> [Operand?] {
    do throws(MappingFailure) {
      guard let name = OperatorName(call.proto) else { return try performForeign(call) }
      for (position, operand) in call.operands.enumerated() {
        if let operand, !operand.type.isKnown {
          throw .unsupported(reason: "the shape of its input \(position) is not known")
        }
      }
      return try outputs(of: map(name, call), call)
    } catch {
      switch error {
      case .file(let error): throw error
      case .attribute(let name, let problem):
        throw .attribute(node: call.place.description, operatorName: call.proto.opType, attribute: name, problem)
      case .shape(let error):
        throw .graph(.shape(node: call.place.description, operatorName: call.proto.opType, error))
      case .unsupported(let reason, let types): return try opaque(call, reason: reason, types: types)
      }
    }
  }

  /// The outputs of what an operator comes to.
  mutating func outputs(of mapping: Mapping, _ call: NodeCall) throws(MappingFailure) -> [Operand?] {
    switch mapping {
    case .outputs(let outputs): outputs
    case .apply(let operation, let positions): try apply(operation, to: positions, of: call)
    }
  }

  /// The result of one operator of the graph: evaluated where all operands are constant, else a node.
  private mutating func apply(
    _ operation: Operator, to positions: [Int], of call: NodeCall
  ) throws(MappingFailure) -> [Operand?] {
    var constants: [Constant] = []
    for position in positions {
      guard case .constant(let constant) = try call.required(position) else { break }
      constants.append(constant)
    }
    if constants.count == positions.count {
      return try fold(operation, constants, call)
    }
    var features: [Feature] = []
    for position in positions { features.append(try feature(call, position)) }
    return try emit(operation, features, call.place).map { .feature($0) }
  }

  /// Adds a node to the graph.
  mutating func emit(
    _ operation: Operator, _ features: [Feature], _ place: NodePlace, sharing: [Int]? = nil
  ) throws(MappingFailure) -> [Feature] {
    let outputs = builder.add(operation, to: features, at: place, sharing: sharing)
    if let failure = builder.failure { throw .file(.graph(failure)) }
    for output in outputs where output.shape.rank > Self.rankLimit {
      throw .file(.rank(value: place.description, output.shape.rank, limit: Self.rankLimit))
    }
    return outputs
  }

  /// Adds a node for an operator that has no counterpart here.
  mutating func opaque(
    _ call: NodeCall, reason: String, types given: [TensorType] = []
  ) throws(ONNXError) -> [Operand?] {
    var outputTypes: [TensorType] = []
    for (index, name) in call.proto.output.enumerated() {
      let inferred = index < given.count ? given[index] : .unknown
      outputTypes.append(inferred.isKnown ? inferred : types.type(ofValue: name))
    }
    let name = call.proto.domain.isEmpty ? call.proto.opType : "\(call.proto.domain)::\(call.proto.opType)"
    do throws(MappingFailure) {
      var features: [Feature] = []
      for operand in call.operands {
        if let operand { features.append(try feature(operand, for: call.place)) }
      }
      return try emit(.opaque(Opaque(name, reason: reason, types: outputTypes)), features, call.place)
        .map { .feature($0) }
    } catch {
      guard case .file(let error) = error else {
        throw .graph(.shape(node: call.place.description, operatorName: name, .unknownInput(position: 0)))
      }
      throw error
    }
  }
}

extension GraphBuilder {
  /// Appends a node inside the scopes of `place`.
  fileprivate func add(
    _ operation: Operator, to features: [Feature], at place: NodePlace, depth: Int = 0, sharing: [Int]?
  ) -> [Feature] {
    guard depth < place.path.count else {
      return add(operation, to: features, name: place.name, sharing: sharing)
    }
    let level = place.path[depth]
    return inScope(level.name, role: level.role, isNamed: level.isNamed) {
      add(operation, to: features, at: place, depth: depth + 1, sharing: sharing)
    }
  }
}
