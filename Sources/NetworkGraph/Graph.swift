import SymbolicIntegers

/// One output of one node.
public struct Value: Hashable, Sendable {
  public var node: Int
  public var output: Int

  @inlinable
  public init(node: Int, output: Int = 0) {
    self.node = node
    self.output = output
  }
}

/// How the reference implementation calls an operator: some tools count only exact module types.
public enum Origin: Hashable, Sendable {
  /// A module of the framework's own class.
  case module
  /// A module of a class derived from the framework's.
  case derivedModule
  /// A function call without a module.
  case function
}

/// A place in the hierarchy of a network.
public struct Scope: Hashable, Sendable {
  /// What a scope is to a reader.
  public enum Role: Hashable, Sendable {
    case plain
    /// One row of the architecture's table.
    case stage
    /// A unit that stages repeat.
    case block
    /// What follows the last map that a detector or segmenter would read: pooling and classifier, and a last widening
    /// convolution that only serves them.
    case head
  }

  public var name: String
  /// The enclosing scope; nil for the root.
  public var parent: Int?
  public var role: Role
  /// Whether the name is part of parameter names. A scope that only groups nodes for a reader is not.
  public var isNamed: Bool
}

/// An operator applied to values, at a place in the hierarchy.
///
/// Immutable, so that a reference serves as a value: passing a node on copies none of its parts.
public final class Node: Sendable {
  /// Position in the graph's order, which is topological.
  public let id: Int
  /// Name within its scope.
  public let name: String
  /// 0 for the first node of this name in its scope, 1 for the second...: a module that is called again.
  public let call: Int
  /// Index into the graph's scopes.
  public let scope: Int
  public let operation: Operator
  /// What ``operation`` describes.
  public let semantics: any OperatorSemantics
  public let inputs: [Value]
  public let outputs: [TensorType]
  /// Indices into the graph's parameters. Nodes that share a module list the same ones.
  public let parameters: [Int]
  public let origin: Origin
  /// Whether only training runs this node (auxiliary heads).
  public let isTrainingOnly: Bool

  init(
    id: Int, name: String, call: Int, scope: Int, operation: Operator, semantics: any OperatorSemantics,
    inputs: [Value], outputs: [TensorType], parameters: [Int], origin: Origin, isTrainingOnly: Bool
  ) {
    self.id = id
    self.name = name
    self.call = call
    self.scope = scope
    self.operation = operation
    self.semantics = semantics
    self.inputs = inputs
    self.outputs = outputs
    self.parameters = parameters
    self.origin = origin
    self.isTrainingOnly = isTrainingOnly
  }

  /// The same node at another place of a graph.
  func renumbered(id: Int, inputs: [Value], parameters: [Int]) -> Node {
    Node(
      id: id, name: name, call: call, scope: scope, operation: operation, semantics: semantics, inputs: inputs,
      outputs: outputs, parameters: parameters, origin: origin, isTrainingOnly: isTrainingOnly)
  }

  /// The types that the node reads, given those that a node of the graph gives.
  @inline(__always)
  func inputTypes(_ outputs: (Int) -> [TensorType]) -> [TensorType] {
    // The only output of the only node that is read: its array serves as it is.
    if inputs.count == 1 {
      let types = outputs(inputs[0].node)
      if types.count == 1 { return types }
    }
    return inputs.map { outputs($0.node)[$0.output] }
  }
}

/// A tensor of the model's state: one entry of a state dictionary.
public struct Parameter: Hashable, Sendable {
  public var spec: ParameterSpec
  /// The first node that uses it.
  public var node: Int
  /// Its name in the file it comes from; nil where it follows from scope and node.
  public var givenName: String?
  /// What stands between the node's name and the tensor's: `in_proj_weight` is joined by "_".
  public var separator: Character = "."
}

/// A named input or output of a graph.
public struct Port: Hashable, Sendable {
  public var name: String
  public var value: Value
}

/// A value that the reference implementation still has a name for when its last reader has run: a local variable.
///
/// Memory that is freed by reference counting stays as long.
public struct Hold: Hashable, Sendable {
  public var value: Value
  /// The node after which the name is gone.
  public var lastNode: Int
}

/// A network: nodes in topological order with inferred types.
///
/// Immutable, so that a reference serves as a value.
public final class Graph: Sendable {
  public let name: String
  public let nodes: [Node]
  /// The hierarchy; index 0 is the root.
  public let scopes: [Scope]
  /// Every tensor of the model's state once, in state-dictionary order.
  public let parameters: [Parameter]
  public let inputs: [Port]
  public let outputs: [Port]
  /// Values that the reference implementation keeps longer than its calls need them.
  public let holds: [Hold]

  init(
    name: String, nodes: [Node], scopes: [Scope], parameters: [Parameter], inputs: [Port], outputs: [Port],
    holds: [Hold]
  ) {
    self.name = name
    self.nodes = nodes
    self.scopes = scopes
    self.parameters = parameters
    self.inputs = inputs
    self.outputs = outputs
    self.holds = holds
  }

  /// The type of a value.
  @inlinable
  public func type(of value: Value) -> TensorType { nodes[value.node].outputs[value.output] }

  /// The types a node reads.
  public func inputTypes(of node: Node) -> [TensorType] { node.inputTypes { nodes[$0].outputs } }

  /// The raw tallies of a node.
  public func arithmetic(of node: Node) -> Arithmetic {
    node.semantics.arithmetic(for: inputTypes(of: node), producing: node.outputs)
  }

  /// Names from the root to `scope`, joined by dots; with only the named scopes, or with all of them.
  public func path(ofScope scope: Int, includingUnnamed: Bool = false) -> String {
    var names: [String] = []
    var current: Int? = scope
    while let index = current, index != 0 {
      if scopes[index].isNamed || includingUnnamed { names.append(scopes[index].name) }
      current = scopes[index].parent
    }
    return names.reversed().joined(separator: ".")
  }

  /// The name of a node's module as its reference implementation writes it: scope path and name.
  public func modulePath(of node: Node) -> String {
    let scope = path(ofScope: node.scope)
    return scope.isEmpty ? node.name : "\(scope).\(node.name)"
  }

  /// The unique name of a node: its module path, and `:1`, `:2`, ... for further calls of the module.
  public func path(of node: Node) -> String {
    node.call == 0 ? modulePath(of: node) : "\(modulePath(of: node)):\(node.call)"
  }

  /// The name of a parameter in the state dictionary.
  public func name(of parameter: Parameter) -> String {
    if let name = parameter.givenName { return name }
    let path = modulePath(of: nodes[parameter.node])
    return parameter.spec.name.isEmpty ? path : "\(path)\(parameter.separator)\(parameter.spec.name)"
  }

  /// The closest enclosing scope of `role`, from the node outwards; nil where there is none.
  public func scope(of node: Node, role: Scope.Role) -> Int? {
    var current: Int? = node.scope
    while let index = current {
      if scopes[index].role == role { return index }
      current = scopes[index].parent
    }
    return nil
  }

  /// For every node the nodes that read one of its outputs, in order, each once.
  public func consumers() -> [[Int]] {
    var result = Array(repeating: [Int](), count: nodes.count)
    for node in nodes {
      for input in node.inputs where result[input.node].last != node.id { result[input.node].append(node.id) }
    }
    return result
  }
}
