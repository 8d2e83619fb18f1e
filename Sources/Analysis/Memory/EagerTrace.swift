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
  /// Position of a node's first output in ``places`` and ``values``.
  private var first: [Int] = []
  /// The storage of each output; -1 where there is none.
  private var places: [Int] = []
  /// Each output as those that read it meet it.
  private var values: [EagerOperand] = []

  /// Nodes that only training runs are left out unless `rules` train. Parameters in the `frozen` part need no gradient.
  init(_ graph: Graph, _ rules: EagerRules, frozen: FrozenPart = .none) {
    first.reserveCapacity(graph.nodes.count)
    places.reserveCapacity(graph.nodes.count)
    values.reserveCapacity(graph.nodes.count)
    steps.reserveCapacity(graph.nodes.count)
    storages.reserveCapacity(graph.nodes.count)
    let fused = FusedAttention.find(in: graph)
    var operands: [EagerOperand] = []
    for node in graph.nodes {
      first.append(places.count)
      let trains = node.parameters.contains { frozen.trains($0, of: graph) }
      if !rules.isTraining, node.isTrainingOnly {
        for type in node.outputs { add(type, place: -1) }
        continue
      }
      if case .source(let source) = node.operation {
        addSource(node, source, rules, needsGradient: trains)
        continue
      }
      let attention = fused.isEmpty ? nil : fused[node.id]
      let reads = attention?.reads ?? node.inputs
      operands.removeAll(keepingCapacity: true)
      for value in reads { operands.append(values[first[value.node] + value.output]) }
      let needsGradient = trains || operands.contains { $0.needsGradient }
      let call: EagerCall
      switch attention?.role {
      case nil: call = rules.call(node, operands, trains: trains)
      case .part: call = EagerCall(output: .absent)
      case .whole: call = rules.fusedAttention(operands[0], node.outputs[0])
      }
      add(node, call, reads: reads, rules, needsGradient: needsGradient)
    }
  }

  /// The storage that holds a value; nil where no storage does.
  func storage(of value: Value) -> Int? {
    let place = places[first[value.node] + value.output]
    return place >= 0 ? place : nil
  }

  /// Adds the next output.
  private mutating func add(
    _ type: TensorType, place: Int, _ layout: EagerLayout? = nil, needsGradient: Bool = false
  ) {
    places.append(place)
    values.append(EagerOperand(type: type, layout: layout, needsGradient: needsGradient))
  }

  private mutating func addSource(_ node: Node, _ source: Source, _ rules: EagerRules, needsGradient: Bool) {
    add(node.outputs[0], place: storages.count, needsGradient: needsGradient)
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

  private mutating func add(
    _ node: Node, _ call: EagerCall, reads: [Value], _ rules: EagerRules, needsGradient: Bool
  ) {
    let firstStorage = storages.count
    for type in node.outputs {
      switch call.output {
      case .absent: add(type, place: -1, needsGradient: needsGradient)
      case .shared(let input, let layout):
        let place = storage(of: reads[input]) ?? -1
        add(type, place: place, layout?.unlessRowMajor(type.shape), needsGradient: needsGradient)
      case .fresh(let layout):
        add(type, place: storages.count, layout, needsGradient: needsGradient)
        storages.append(Storage(bytes: rules.bytes(type), owner: .activation, node: node.id))
      }
    }
    let firstKept = kept.count
    var keptExtra: Dimension = 0
    if rules.isTraining, needsGradient {
      for part in call.kept {
        switch part {
        case .input(let index): if let place = storage(of: reads[index]) { kept.append(place) }
        case .output: if let place = storage(of: Value(node: node.id)) { kept.append(place) }
        case .extra(let bytes): keptExtra += bytes
        }
      }
    }
    steps.append(
      Step(
        node: node.id, reads: reads, allocates: firstStorage..<storages.count, scratch: call.scratch,
        kept: firstKept..<kept.count, keptExtra: keptExtra))
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
