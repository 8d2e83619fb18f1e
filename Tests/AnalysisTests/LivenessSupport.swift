import NetworkGraph
import SymbolicIntegers

/// A small generator of random numbers that gives the same numbers everywhere (Steele, Lea and Flood 2014: SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(_ seed: Int) { state = UInt64(seed) &* 0x2545_F491_4F6C_DD1D }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// A network of `count` random operators, branchy, some of whose tensors nobody reads; views are read.
func randomNetwork(_ count: Int, seed: Int, views: Bool = true) throws -> Graph {
  var random = SeededGenerator(seed)
  let builder = GraphBuilder(name: "random")
  var features = [builder.input("input", TensorType([2, 3, 8, 8]))]
  if Bool.random(using: &random) { features.append(builder.input("second", TensorType([2, 3, 4, 4]))) }
  var made = 0
  while made < count {
    // Mostly recent tensors, so that the graph is deep as well as wide.
    let reach = min(features.count, Int.random(in: 1...6, using: &random))
    guard let feature = features.suffix(reach).randomElement(using: &random) else { break }
    let alike = features.filter { $0.shape == feature.shape }
    let joinable = features.filter {
      $0.shape.rank == feature.shape.rank && $0.shape.dimensions.dropFirst(2) == feature.shape.dimensions.dropFirst(2)
    }
    let name = "n\(made)"
    let isMap = feature.shape.rank == 4
    switch Int.random(in: 0..<(views ? 12 : 7), using: &random) {
    case 0 where isMap, 1 where isMap:
      let side = feature.shape[2].constant ?? 1
      let stride = side > 1 && Int.random(in: 0..<4, using: &random) == 0 ? 2 : 1
      let channels = Dimension(Int.random(in: 1...9, using: &random))
      features.append(feature.conv(name, channels, kernel: 3, stride: PerAxis(stride), padding: 1))
    case 2: features.append(feature.relu(name, inPlace: false))
    case 3: features.append(feature.elementwise(.add, alike.randomElement(using: &random) ?? feature, name: name))
    case 4:
      let others = (0..<Int.random(in: 1...3, using: &random)).compactMap { _ in joinable.randomElement(using: &random)
      }
      features.append(Feature.concatenate([feature] + others, name: name))
    case 5: features.append(feature.batchNorm(name))
    case 6 where isMap: features.append(feature.adaptiveAveragePool(name))
    case 7: features.append(feature.flatten(name))
    case 8: features.append(feature.dropout(name))
    case 9 where (feature.channels.constant ?? 1) > 1:
      let sizes: [Dimension] = [1, feature.channels - 1]
      features += builder.add(.split(Split(axis: 1, sizes: sizes)), to: [feature], name: name)
    case 10: features.append(feature.linear(name, Dimension(Int.random(in: 1...20, using: &random))))
    case 11 where isMap: features.append(feature.apply(.transpose(Transpose([0, 2, 3, 1])), name))
    default: continue
    }
    made += 1
  }
  // A view that nothing reads is no reason to keep what it looks into.
  let draft = try builder.finish(outputs: [])
  let read = Set(draft.nodes.flatMap(\.inputs))
  for feature in features where !read.contains(feature.value) {
    guard
      ["Flatten", "Dropout", "Split", "Transpose"].contains(draft.nodes[feature.value.node].operation.semantics.name)
    else { continue }
    features.append(feature.relu("read\(features.count)", inPlace: false))
  }
  var outputs = [(name: "last", feature: features[features.count - 1])]
  if let other = features.randomElement(using: &random) { outputs.append((name: "other", feature: other)) }
  return try builder.finish(outputs: outputs)
}

/// Runs a network's inference on an allocator: the definition of live bytes, word for word.
///
/// A tensor holds its storage from the operator that makes it until the last operator that reads it; views hold the
/// storage they look into. Storage goes when no tensor holds it.
struct AllocatorSimulation {
  private final class Storage {
    let bytes: Int
    let isInput: Bool
    init(bytes: Int, isInput: Bool) { (self.bytes, self.isInput) = (bytes, isInput) }
  }

  /// The largest sum of allocated bytes while an operator runs.
  var peak = 0
  /// The node at which it was reached first.
  var peakNode: Int?

  init(_ graph: Graph, inPlace: Bool = false) {
    var held: [Value: Storage] = [:]
    var isContiguous: [Value: Bool] = [:]
    var readers: [Value: Int] = [:]
    for node in graph.nodes { for input in node.inputs { readers[input, default: 0] += 1 } }
    for output in graph.outputs { readers[output.value, default: 0] += 1_000_000 }

    func allocated() -> Int {
      var seen: [ObjectIdentifier: Int] = [:]
      for storage in held.values { seen[ObjectIdentifier(storage)] = storage.bytes }
      return seen.values.reduce(0, +)
    }
    func bytes(_ value: Value) -> Int { (graph.type(of: value).shape.elementCount.constant ?? 0) * 4 }

    for node in graph.nodes {
      if case .source(let source) = node.operation, source.kind == .input, readers[Value(node: node.id)] != nil {
        held[Value(node: node.id)] = Storage(bytes: bytes(Value(node: node.id)), isInput: true)
        isContiguous[Value(node: node.id)] = true
      }
    }
    for node in graph.nodes {
      if case .source = node.operation { continue }
      let input = node.inputs[0]
      let outputs = node.outputs.indices.map { Value(node: node.id, output: $0) }
      var isView = true
      var keepsLayout = true
      switch node.operation {
      case .view: isView = isContiguous[input] ?? true
      case .identity: break
      case .split: keepsLayout = graph.type(of: input).shape[0] == 1
      case .transpose:
        // Two axes of size 1 may change places with the channels, or the maps are single positions.
        let shape = graph.type(of: input).shape
        keepsLayout = shape[1] == 1 || (shape[2] == 1 && shape[3] == 1)
      default: isView = false
      }
      if isView {
        for output in outputs {
          held[output] = held[input]
          isContiguous[output] = keepsLayout && isContiguous[input] ?? true
        }
      } else {
        let written = inPlace ? Self.overwritten(by: node, graph, held, readers) : nil
        for output in outputs {
          held[output] = written.flatMap { held[$0] } ?? Storage(bytes: bytes(output), isInput: false)
          isContiguous[output] = true
        }
        let live = allocated()
        if live > peak { (peak, peakNode) = (live, node.id) }
      }
      for input in node.inputs { readers[input, default: 0] -= 1 }
      for value in Set(node.inputs).union(outputs) where (readers[value] ?? 0) == 0 { held[value] = nil }
    }
  }

  /// The input that the output of a node may be written over: of its size, and held by this tensor only, for this node.
  private static func overwritten(
    by node: Node, _ graph: Graph, _ held: [Value: Storage], _ readers: [Value: Int]
  ) -> Value? {
    switch node.operation {
    case .activation, .batchNorm, .elementwise: break
    default: return nil
    }
    return node.inputs.first { input in
      guard let storage = held[input], !storage.isInput else { return false }
      let holders = held.filter { $0.value === storage }.keys
      let isLast = holders.allSatisfy { value in
        readers[value] == node.inputs.count { $0 == value }
      }
      let asOthers = node.inputs.contains { $0 != input && held[$0] === storage }
      return isLast && !asOthers && graph.type(of: input).shape == node.outputs[0].shape
        && (graph.type(of: input).shape.elementCount.constant ?? 0) * 4 == storage.bytes
    }
  }
}
