import NetworkGraph
import SymbolicIntegers

/// The operators of a network as a difference compares them: those of inference that compute, in order.
///
/// Operators that only rename or reshape (identities, dropout, views, constants) are left out: exporters add and remove
/// them. Settings that cost nothing (epsilon, in-place writing, a bias) do not tell layers apart here.
struct ComparedLayers {
  /// What two equal layers share: the operator without its costless settings, and the types it reads and gives.
  struct Key: Hashable {
    var operation: Operator
    var input: TensorType
    var output: TensorType
  }

  /// Layers of one block one after another.
  struct Unit {
    /// The block's scope.
    var scope: Int
    /// Positions in ``nodes``.
    var range: Range<Int>
  }

  let graph: Graph
  /// Ids of the nodes, ascending.
  let nodes: [Int]
  let keys: [Key]
  let units: [Unit]
  /// The path of every scope, of named ones only.
  let scopePaths: [String]

  /// - Parameters:
  ///   - scopePaths: those of the graph.
  ///   - blocks: paths of blocks in either network: one that marks none is cut where the other is.
  init(_ graph: Graph, scopePaths: [String], blocks: Set<String>) {
    self.graph = graph
    self.scopePaths = scopePaths
    let blockOfScope = graph.blocks(scopePaths, named: blocks)
    var nodes: [Int] = []
    var keys: [Key] = []
    var units: [Unit] = []
    for node in graph.nodes where !node.isTrainingOnly && node.operation.isCompared {
      let input = node.inputs.first.map { graph.type(of: $0) } ?? .unknown
      keys.append(
        Key(operation: node.operation.structure, input: input, output: node.outputs.first ?? .unknown))
      let scope = blockOfScope[node.scope]
      if let last = units.last, last.scope == scope {
        units[units.count - 1].range = last.range.lowerBound..<(nodes.count + 1)
      } else {
        units.append(Unit(scope: scope, range: nodes.count..<(nodes.count + 1)))
      }
      nodes.append(node.id)
    }
    self.nodes = nodes
    self.keys = keys
    self.units = units
  }

  /// The path of a node.
  func path(of id: Int) -> String {
    let node = graph.nodes[id]
    let scope = scopePaths[node.scope]
    let path = scope.isEmpty ? node.name : "\(scope).\(node.name)"
    return node.call == 0 ? path : "\(path):\(node.call)"
  }

  /// The compared node whose value `value` is, through operators that are left out; nil for inputs and constants.
  func source(of value: Value) -> Int? {
    var node = graph.nodes[value.node]
    while !node.operation.isCompared {
      guard let input = node.inputs.first else { return nil }
      node = graph.nodes[input.node]
    }
    return node.id
  }
}

extension Graph {
  /// The path of every scope, of named ones only.
  var scopePaths: [String] {
    var paths: [String] = []
    paths.reserveCapacity(scopes.count)
    for scope in scopes {
      let outer = scope.parent.map { paths[$0] } ?? ""
      paths.append(!scope.isNamed || scope.name.isEmpty ? outer : outer.isEmpty ? scope.name : "\(outer).\(scope.name)")
    }
    return paths
  }

  /// The paths of the scopes that are blocks.
  func blockPaths(_ paths: [String]) -> Set<String> {
    Set(scopes.indices.lazy.filter { [scopes] in scopes[$0].role == .block }.map { paths[$0] })
  }

  /// For every scope the outermost one around it that is called as a block is, else itself.
  fileprivate func blocks(_ paths: [String], named names: Set<String>) -> [Int] {
    var blocks: [Int] = []
    var isBlock: [Bool] = []
    for (index, scope) in scopes.enumerated() {
      if let parent = scope.parent, isBlock[parent] {
        blocks.append(blocks[parent])
        isBlock.append(true)
      } else {
        blocks.append(index)
        isBlock.append(index != 0 && (scope.role == .block || names.contains(paths[index])))
      }
    }
    return blocks
  }
}

extension Operator {
  /// Whether a difference looks at the operator.
  fileprivate var isCompared: Bool {
    switch self {
    case .identity, .view, .expand: false
    case .source(let source):
      if case .parameter = source.kind { true } else { false }
    default: true
    }
  }

  /// The operator without settings that neither shapes nor work depend on.
  fileprivate var structure: Operator {
    switch self {
    case .convolution(var operation):
      operation.bias = false
      operation.standardization = nil
      return .convolution(operation)
    case .transposedConvolution(var operation):
      operation.bias = false
      return .transposedConvolution(operation)
    case .linear(var operation):
      operation.bias = false
      operation.weightIsInputMajor = false
      return .linear(operation)
    case .activation(var operation):
      operation.inPlace = false
      return .activation(operation)
    case .elementwise(var operation):
      operation.inPlace = false
      return .elementwise(operation)
    case .batchNorm(var operation):
      operation.epsilon = 0
      return .batchNorm(operation)
    case .layerNorm(var operation):
      operation.epsilon = 0
      return .layerNorm(operation)
    case .groupNorm(var operation):
      operation.epsilon = 0
      return .groupNorm(operation)
    case .adaptivePool(let operation) where operation.isGlobal:
      return .adaptivePool(AdaptivePool(operation.kind))
    default: return self
    }
  }
}
