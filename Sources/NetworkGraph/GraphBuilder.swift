import SymbolicIntegers

/// Collects nodes in order of execution. Keeps the first error and goes on with stand-in types, so that code which
/// describes a network never has to throw; ``finish(outputs:)`` throws once.
///
/// Not for use from several tasks at once.
public final class GraphBuilder {
  private struct Key: Hashable {
    var scope: Int
    var name: String
  }

  /// The most nodes, and the most inputs of nodes together, that a graph holds: a repeat count a thousandfold beyond
  /// every known network ends in an error and not in exhausted memory.
  public static let maximumNodes = 200_000
  public static let maximumEdges = 1_000_000

  private let name: String
  private var nodes: [Node] = []
  private var scopes: [Scope] = [Scope(name: "", parent: nil, role: .plain, isNamed: true)]
  private var parameters: [Parameter] = []
  private var inputs: [Port] = []
  private var holds: [Hold] = []
  private var error: GraphError?
  /// Whether there is an error: cheaper to ask than ``error``, which is large.
  private var hasFailed = false
  /// The last node of a name in a scope: the module that a node of the same name calls again.
  private var lastCall: [Key: Int] = [:]
  /// The scope of a name in a scope; two maps because a grouping scope may be called like a named one.
  private var namedScopes: [Key: Int] = [:]
  private var groupingScopes: [Key: Int] = [:]
  private var scope = 0
  /// The innermost named scope around ``scope``: node names are unique within it.
  private var namingScope = 0
  private var isTrainingOnly = false
  /// Inputs of all nodes together.
  private var edges = 0

  public init(name: String) {
    self.name = name
    nodes.reserveCapacity(256)
    lastCall.reserveCapacity(256)
    parameters.reserveCapacity(512)
  }

  // MARK: Scopes

  /// Runs `body` inside a scope. The same name under the same parent is the same scope again.
  public func inScope<Result>(
    _ name: String, role: Scope.Role = .plain, isNamed: Bool = true, _ body: () -> Result
  ) -> Result {
    // After an error nothing is kept, so that a description that goes on costs no memory.
    guard !hasFailed else { return body() }
    let (outer, outerNaming) = (scope, namingScope)
    defer { (scope, namingScope) = (outer, outerNaming) }
    let key = Key(scope: outer, name: name)
    if let existing = isNamed ? namedScopes[key] : groupingScopes[key] {
      scope = existing
    } else {
      scope = scopes.count
      scopes.append(Scope(name: name, parent: outer, role: role, isNamed: isNamed))
      if isNamed { namedScopes[key] = scope } else { groupingScopes[key] = scope }
    }
    if isNamed { namingScope = scope }
    return body()
  }

  /// Runs `body`; the nodes it adds belong to training only.
  public func trainingOnly<Result>(_ body: () -> Result) -> Result {
    let outer = isTrainingOnly
    defer { isTrainingOnly = outer }
    isTrainingOnly = true
    return body()
  }

  // MARK: Nodes

  /// An input of the graph.
  public func input(_ name: String, _ type: TensorType) -> Feature {
    if let dimension = type.shape.dimensions.first(where: { ($0.constant ?? 1) < 1 || $0.failure != nil }) {
      fail(.input(name: name, shape: type.shape, rule: dimension.failure?.description ?? "every axis must be positive"))
    }
    let feature = add(.source(Source(.input, type)), to: [], name: name)[0]
    inputs.append(Port(name: name, value: feature.value))
    return feature
  }

  /// A tensor of the model's state that does not belong to one operator, for the importers of foreign files.
  public func parameter(_ spec: ParameterSpec, givenName: String) -> Int {
    parameters.append(Parameter(spec: spec, node: nodes.count, givenName: givenName))
    return parameters.count - 1
  }

  /// Marks a parameter from ``parameter(_:givenName:)`` as learnt: an operator trains it, although the first that uses
  /// it does not.
  public func makeTrainable(_ parameter: Int) {
    parameters[parameter].spec.kind = .trainable
  }

  /// The first error so far.
  public var failure: GraphError? { hasFailed ? error : nil }

  /// Appends a node and returns its outputs.
  ///
  /// A second node of one name in one scope that owns parameters is the same module called again and shares them.
  /// - Parameter sharing: parameters from ``parameter(_:givenName:)`` that take the place of the operator's own; their
  ///   shapes must be the ones the operator needs.
  @discardableResult
  public func add(
    _ operation: Operator, to features: [Feature], name: String, origin: Origin = .module, sharing: [Int]? = nil
  ) -> [Feature] {
    guard !hasFailed else { return standIns(for: features, operation) }
    let types = features.map { $0.type }
    guard let id = append(operation, types, features.map { $0.value }, name: name, origin: origin, sharing: sharing)
    else {
      return standIns(for: features, operation)
    }
    let outputs = nodes[id].outputs
    return outputs.indices.map { Feature(builder: self, value: Value(node: id, output: $0), type: outputs[$0]) }
  }

  /// Appends a node with one input and returns its first output.
  func add(_ operation: Operator, to feature: Feature, name: String, origin: Origin) -> Feature {
    let source = feature.value.node < nodes.count ? nodes[feature.value.node].outputs : []
    // The input's types as its node already holds them: no new array.
    let types = source.count == 1 && !hasFailed ? source : [feature.type]
    guard let id = append(operation, types, [feature.value], name: name, origin: origin, sharing: nil) else {
      return standIns(for: [feature], operation)[0]
    }
    return Feature(builder: self, value: Value(node: id), type: nodes[id].outputs.first ?? .unknown)
  }

  /// The position of the new node; nil after an error.
  private func append(
    _ operation: Operator, _ types: [TensorType], _ inputs: [Value], name: String, origin: Origin, sharing: [Int]?
  ) -> Int? {
    guard !hasFailed else { return nil }
    edges += inputs.count
    guard nodes.count < Self.maximumNodes, edges <= Self.maximumEdges else {
      let isNodes = nodes.count >= Self.maximumNodes
      fail(
        .tooLarge(
          graph: self.name, limit: isNodes ? Self.maximumNodes : Self.maximumEdges,
          unit: isNodes ? "nodes" : "inputs of nodes"))
      return nil
    }
    let semantics = operation.semantics
    let outputs: [TensorType]
    do throws(ShapeError) {
      outputs = try semantics.checkedOutputTypes(of: types)
    } catch {
      fail(.shape(node: path(name), operatorName: semantics.name(inTraining: isTrainingOnly), error))
      return nil
    }
    let id = nodes.count
    let previous = lastCall.updateValue(id, forKey: Key(scope: namingScope, name: name))
    let specs = semantics.parameters(for: types)
    let owned: [Int]
    if let sharing {
      owned = sharing
      check(specs, areGivenAs: sharing, at: name)
    } else if let previous, !specs.isEmpty {
      owned = nodes[previous].parameters
      let shared = owned.map { parameters[$0].spec }
      if shared != specs {
        fail(.sharedParameters(node: path(name), first: shared.wording, second: specs.wording))
      }
    } else {
      owned = Array(parameters.count..<(parameters.count + specs.count))
      for spec in specs { parameters.append(Parameter(spec: spec, node: id, givenName: nil)) }
    }
    nodes.append(
      Node(
        id: id, name: name, call: previous.map { nodes[$0].call + 1 } ?? 0, scope: scope, operation: operation,
        semantics: semantics, inputs: inputs, outputs: outputs, parameters: owned, origin: origin,
        isTrainingOnly: isTrainingOnly))
    return id
  }

  /// The graph.
  /// - Throws: the first error met while building.
  public func finish(outputs: [(name: String, feature: Feature)]) throws(GraphError) -> Graph {
    if let error { throw error }
    return Graph(
      name: name, nodes: nodes, scopes: scopes, parameters: parameters, inputs: inputs,
      outputs: outputs.map { Port(name: $0.name, value: $0.feature.value) }, holds: holds)
  }

  /// Records that the reference implementation has a name for `feature` until `last` is computed.
  func hold(_ feature: Feature, until last: Feature) {
    guard !hasFailed else { return }
    holds.append(Hold(value: feature.value, lastNode: last.value.node))
  }

  /// Moves the parameters of modules, named from the current scope, behind all that exist, in the order given: the
  /// reference implementation registers them here although they run earlier (auxiliary heads).
  public func registersHere(_ names: String...) {
    /// The position in `names` of the module, itself a node or a scope of the current one, that holds a parameter.
    func rank(_ index: Int) -> Int {
      let owner = parameters[index].node
      var module: Int?
      var current = nodes[owner].scope
      while current != namingScope {
        guard let parent = scopes[current].parent else { return -1 }
        if scopes[current].isNamed { module = current }
        current = parent
      }
      for (rank, name) in names.enumerated() {
        if let module {
          if scopes[module].name == name { return rank }
        } else if nodes[owner].name == name {
          return rank
        }
      }
      return -1
    }
    let ranks = parameters.indices.map(rank)
    // Only what follows the first parameter that moves gets another position.
    guard let start = ranks.firstIndex(where: { $0 >= 0 }) else { return }
    let order = (-1..<names.count).flatMap { rank in (start..<ranks.count).filter { ranks[$0] == rank } }
    var positions = Array(repeating: 0, count: order.count)
    var firstNode = nodes.count
    for (new, old) in order.enumerated() {
      positions[old - start] = start + new
      firstNode = min(firstNode, parameters[old].node)
    }
    parameters.replaceSubrange(start..., with: order.map { parameters[$0] })
    for index in firstNode..<nodes.count where nodes[index].parameters.contains(where: { $0 >= start }) {
      let node = nodes[index]
      let moved = node.parameters.map { $0 >= start ? positions[$0 - start] : $0 }
      nodes[index] = node.renumbered(id: node.id, inputs: node.inputs, parameters: moved)
    }
  }

  /// Joins the tensors of the module just added to its name by `separator` in place of a dot.
  func joinParameters(of feature: Feature, by separator: Character) {
    guard !hasFailed else { return }
    for index in nodes[feature.value.node].parameters { parameters[index].separator = separator }
  }

  /// Moves the parameters of the node that computed `feature`, the last of the current scope, before those of the
  /// scope's modules: the reference implementation registers a module's own tensors before those of its parts.
  func registerFirst(_ feature: Feature) {
    guard !hasFailed else { return }
    let moved = nodes[feature.value.node].parameters
    guard let end = moved.first, moved == Array(end..<parameters.count) else { return }
    var first = end
    while first > 0, isInside(scope, nodes[parameters[first - 1].node].scope) { first -= 1 }
    while first < end, parameters[first].spec.name.isEmpty, nodes[parameters[first].node].scope == scope { first += 1 }
    // Copies, so that the array is changed in place.
    let (own, passed) = (Array(parameters[end...]), Array(parameters[first..<end]))
    parameters.replaceSubrange(first..., with: own + passed)
    for index in Swift.min(passed.lazy.map(\.node).min() ?? nodes.count, nodes.count)..<nodes.count {
      let node = nodes[index]
      guard node.parameters.contains(where: { $0 >= first }) else { continue }
      let positions = node.parameters.map { $0 >= end ? $0 - end + first : $0 >= first ? $0 + moved.count : $0 }
      nodes[index] = node.renumbered(id: index, inputs: node.inputs, parameters: positions)
    }
  }

  private func isInside(_ outer: Int, _ inner: Int) -> Bool {
    var current: Int? = inner
    while let index = current, index != outer { current = scopes[index].parent }
    return current != nil
  }

  /// Records an error that the description of a network found; the first one is kept.
  public func fail(_ error: GraphError) {
    if !hasFailed { self.error = error }
    hasFailed = true
  }

  /// Records that the description of a network breaks a rule at `name` in the current scope.
  public func fail(_ rule: ShapeError, at name: String, operatorName: String) {
    fail(.shape(node: path(name), operatorName: operatorName, rule))
  }

  // MARK: Helpers

  private func path(_ name: String) -> String {
    var names = [name]
    var current: Int? = scope
    while let index = current, index != 0 {
      if scopes[index].isNamed { names.append(scopes[index].name) }
      current = scopes[index].parent
    }
    return names.reversed().joined(separator: ".")
  }

  private func check(_ specs: [ParameterSpec], areGivenAs given: [Int], at name: String) {
    let needed = specs.filter { $0.kind != .counter }
    for (spec, index) in zip(needed, given) where parameters[index].spec.shape != spec.shape {
      fail(
        .parameterShape(
          node: path(name), parameter: spec.name, needed: spec.shape, given: parameters[index].spec.shape))
    }
  }

  private func standIns(for features: [Feature], _ operation: Operator) -> [Feature] {
    let type = features.first?.type ?? .unknown
    let count: Int
    if case .split(let split) = operation { count = split.sizes.count } else { count = 1 }
    return Array(repeating: Feature(builder: self, value: Value(node: 0), type: type), count: Swift.max(1, count))
  }
}

extension Graph {
  /// A graph with one input and one output.
  /// - Throws: the first error that `body` met.
  public convenience init(
    name: String, inputName: String = "input", input: TensorType, _ body: (Feature) -> Feature
  ) throws(GraphError) {
    let builder = GraphBuilder(name: name)
    let output = body(builder.input(inputName, input))
    let built = try builder.finish(outputs: [("output", output)])
    self.init(
      name: built.name, nodes: built.nodes, scopes: built.scopes, parameters: built.parameters, inputs: built.inputs,
      outputs: built.outputs, holds: built.holds)
  }
}
