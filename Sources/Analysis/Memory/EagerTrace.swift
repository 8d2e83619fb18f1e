import NetworkGraph
import SymbolicIntegers

/// One eager execution of a graph: which storages its operators allocate, which of them share one, and what each
/// operator keeps for the backward pass.
struct EagerTrace {
  /// What a storage belongs to.
  enum Owner {
    case input
    /// The model: parameters, buffers and fixed tables.
    case state
    case activation
  }

  struct Storage {
    var bytes: Dimension
    var owner: Owner
    /// The node that allocates it.
    var node: Int
  }

  /// One node's run.
  struct Step {
    var node: Int
    /// Values the node reads when it runs; a fused kernel reads those of the nodes it stands for.
    var reads: [Value]
    /// Storages it allocates for its outputs.
    var allocates: Range<Int>
    /// Bytes that live beside inputs and outputs at its worst moment.
    var scratch: Dimension
    /// Storages of values that it keeps for the backward pass.
    var kept: [Int]
    /// Bytes it keeps that are no value's: masks, statistics, indices, copies.
    var keptExtra: [Dimension]
  }

  private(set) var storages: [Storage] = []
  /// In order of execution; nodes that do not run are left out.
  private(set) var steps: [Step] = []
  /// The storage of each output of each node; -1 where there is none.
  private var places: [[Int]]
  private var layouts: [[EagerLayout?]]

  /// Nodes that only training runs are left out unless `rules` train.
  init(_ graph: Graph, _ rules: EagerRules) {
    places = Array(repeating: [], count: graph.nodes.count)
    layouts = Array(repeating: [], count: graph.nodes.count)
    steps.reserveCapacity(graph.nodes.count)
    storages.reserveCapacity(graph.nodes.count)
    var needsGradient = Array(repeating: false, count: graph.nodes.count)
    let fused = FusedAttention.find(in: graph)
    for node in graph.nodes where rules.isTraining || !node.isTrainingOnly {
      if case .source(let source) = node.operation {
        addSource(node, source, rules)
        needsGradient[node.id] = source.kind == .parameter(.trainable)
        continue
      }
      let reads = fused[node.id]?.reads ?? node.inputs
      let operands = reads.map {
        EagerOperand(
          type: graph.type(of: $0), layout: layouts[$0.node].isEmpty ? nil : layouts[$0.node][$0.output],
          needsGradient: needsGradient[$0.node])
      }
      needsGradient[node.id] =
        operands.contains { $0.needsGradient }
        || node.parameters.contains { graph.parameters[$0].spec.kind == .trainable }
      let call: EagerCall
      switch fused[node.id]?.role {
      case nil: call = rules.call(node, operands)
      case .part: call = EagerCall(output: .absent)
      case .whole: call = rules.fusedAttention(operands[0], node.outputs[0])
      }
      add(node, call, reads: reads, rules, keeps: needsGradient[node.id])
    }
  }

  /// The storage that holds a value; nil where no storage does.
  func storage(of value: Value) -> Int? {
    let row = places[value.node]
    guard value.output < row.count, row[value.output] >= 0 else { return nil }
    return row[value.output]
  }

  private mutating func addSource(_ node: Node, _ source: Source, _ rules: EagerRules) {
    places[node.id] = [storages.count]
    layouts[node.id] = [nil]
    // Fixed values that a function computes in each call are a tensor like any other; those of a module are its buffers.
    let owner: Owner
    switch source.kind {
    case .input: owner = .input
    case .constant: owner = node.origin == .function ? .activation : .state
    case .parameter: owner = .state
    }
    storages.append(Storage(bytes: owner == .state ? 0 : rules.bytes(source.type), owner: owner, node: node.id))
    steps.append(
      Step(
        node: node.id, reads: [], allocates: storages.count - 1..<storages.count, scratch: 0, kept: [], keptExtra: []))
  }

  private mutating func add(_ node: Node, _ call: EagerCall, reads: [Value], _ rules: EagerRules, keeps: Bool) {
    let first = storages.count
    switch call.output {
    case .absent:
      places[node.id] = Array(repeating: -1, count: node.outputs.count)
      layouts[node.id] = Array(repeating: nil, count: node.outputs.count)
    case .shared(let input, let layout):
      let place = storage(of: reads[input]) ?? -1
      places[node.id] = Array(repeating: place, count: node.outputs.count)
      layouts[node.id] = node.outputs.map { layout?.unlessRowMajor($0.shape) }
    case .fresh(let layout):
      for type in node.outputs {
        places[node.id].append(storages.count)
        storages.append(Storage(bytes: rules.bytes(type), owner: .activation, node: node.id))
      }
      layouts[node.id] = Array(repeating: layout, count: node.outputs.count)
    }
    var step = Step(
      node: node.id, reads: reads, allocates: first..<storages.count, scratch: call.scratch, kept: [], keptExtra: [])
    for kept in keeps ? call.kept : [] {
      switch kept {
      case .input(let index): if let place = storage(of: reads[index]) { step.kept.append(place) }
      case .output: if let place = storage(of: Value(node: node.id)) { step.kept.append(place) }
      case .extra(let bytes): step.keptExtra.append(bytes)
      }
    }
    steps.append(step)
  }
}

/// Attention whose scores nothing but a softmax reads and whose softmax nothing but a product with values reads: the
/// reference implementations call one kernel for the three.
struct FusedAttention {
  enum Role {
    /// Scores or their softmax, which the kernel does not store.
    case part
    /// The product with the values, which stands for the kernel.
    case whole
  }

  var role: Role
  /// Queries, keys and values.
  var reads: [Value]

  /// The nodes of all such attentions. Heads have four axes: batch, heads, positions, size.
  static func find(in graph: Graph) -> [Int: FusedAttention] {
    var result: [Int: FusedAttention] = [:]
    var consumers: [[Int]]?
    for node in graph.nodes {
      guard case .softmax(let softmax) = node.operation, !softmax.logarithm, node.inputs[0].output == 0 else {
        continue
      }
      let scores = graph.nodes[node.inputs[0].node]
      guard case .matrixProduct(let product) = scores.operation, product.transposesRight, !product.transposesLeft,
        scores.outputs[0].shape.rank == 4, softmax.axis == -1 || softmax.axis == 3
      else { continue }
      let readers = consumers ?? graph.consumers()
      consumers = readers
      guard readers[scores.id] == [node.id], readers[node.id].count == 1 else { continue }
      let attended = graph.nodes[readers[node.id][0]]
      guard case .matrixProduct(let last) = attended.operation, last == MatrixProduct(),
        attended.inputs[0] == Value(node: node.id), attended.inputs[1].node != node.id
      else { continue }
      result[scores.id] = FusedAttention(role: .part, reads: scores.inputs)
      result[node.id] = FusedAttention(role: .part, reads: node.inputs)
      result[attended.id] = FusedAttention(role: .whole, reads: scores.inputs + [attended.inputs[1]])
    }
    return result
  }
}
