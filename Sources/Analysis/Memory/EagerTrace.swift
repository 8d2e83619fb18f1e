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
    /// Positions in ``EagerTrace/kept`` of what it keeps for the backward pass.
    var kept: Range<Int>
    /// Bytes it keeps that are no value's: masks, statistics, indices, copies.
    var keptExtra: Dimension = 0
  }

  private(set) var storages: [Storage] = []
  /// In order of execution; nodes that do not run are left out.
  private(set) var steps: [Step] = []
  /// Storages of values that the steps keep for the backward pass, one step after the other.
  private(set) var kept: [Int] = []
  /// Position of a node's first output in ``places`` and ``layouts``.
  private var first: [Int] = []
  /// The storage of each output; -1 where there is none.
  private var places: [Int]
  private var layouts: [EagerLayout?]

  /// Nodes that only training runs are left out unless `rules` train. Parameters in the `frozen` part need no gradient.
  init(_ graph: Graph, _ rules: EagerRules, frozen: FrozenPart = .none) {
    first.reserveCapacity(graph.nodes.count)
    var outputs = 0
    for node in graph.nodes {
      first.append(outputs)
      outputs += node.outputs.count
    }
    places = Array(repeating: -1, count: outputs)
    layouts = Array(repeating: nil, count: outputs)
    steps.reserveCapacity(graph.nodes.count)
    storages.reserveCapacity(outputs)
    var needsGradient = Array(repeating: false, count: graph.nodes.count)
    let fused = FusedAttention.find(in: graph)
    var operands: [EagerOperand] = []
    for node in graph.nodes where rules.isTraining || !node.isTrainingOnly {
      if case .source(let source) = node.operation {
        addSource(node, source, rules)
        needsGradient[node.id] = node.parameters.contains { frozen.trains($0, of: graph) }
        continue
      }
      let attention = fused.isEmpty ? nil : fused[node.id]
      let reads = attention?.reads ?? node.inputs
      operands.removeAll(keepingCapacity: true)
      for value in reads {
        operands.append(
          EagerOperand(
            type: graph.type(of: value), layout: layouts[first[value.node] + value.output],
            needsGradient: needsGradient[value.node]))
      }
      let trains = node.parameters.contains { frozen.trains($0, of: graph) }
      needsGradient[node.id] = trains || operands.contains { $0.needsGradient }
      let call: EagerCall
      switch attention?.role {
      case nil: call = rules.call(node, operands, trains: trains)
      case .part: call = EagerCall(output: .absent)
      case .whole: call = rules.fusedAttention(operands[0], node.outputs[0])
      }
      add(node, call, reads: reads, rules, keeps: rules.isTraining && needsGradient[node.id])
    }
  }

  /// The storage that holds a value; nil where no storage does.
  func storage(of value: Value) -> Int? {
    let place = places[first[value.node] + value.output]
    return place >= 0 ? place : nil
  }

  private mutating func addSource(_ node: Node, _ source: Source, _ rules: EagerRules) {
    places[first[node.id]] = storages.count
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
        node: node.id, reads: [], allocates: storages.count - 1..<storages.count, scratch: 0,
        kept: kept.count..<kept.count))
  }

  private mutating func add(_ node: Node, _ call: EagerCall, reads: [Value], _ rules: EagerRules, keeps: Bool) {
    let firstStorage = storages.count
    for (output, type) in node.outputs.enumerated() {
      let position = first[node.id] + output
      switch call.output {
      case .absent: break
      case .shared(let input, let layout):
        places[position] = storage(of: reads[input]) ?? -1
        layouts[position] = layout?.unlessRowMajor(type.shape)
      case .fresh(let layout):
        places[position] = storages.count
        layouts[position] = layout
        storages.append(Storage(bytes: rules.bytes(type), owner: .activation, node: node.id))
      }
    }
    var step = Step(
      node: node.id, reads: reads, allocates: firstStorage..<storages.count, scratch: call.scratch,
      kept: kept.count..<kept.count)
    if keeps {
      for part in call.kept {
        switch part {
        case .input(let index): if let place = storage(of: reads[index]) { kept.append(place) }
        case .output: if let place = storage(of: Value(node: node.id)) { kept.append(place) }
        case .extra(let bytes): step.keptExtra += bytes
        }
      }
      step.kept = step.kept.lowerBound..<kept.count
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
