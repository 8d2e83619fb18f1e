import NetworkGraph
import Tensors

/// The values of everything a network owns: its parameters, buffers and constants, in memory.
///
/// What training alone needs is left out, and so are counters. A tensor whose values follow from the network's definition
/// (an index table, a mask) is computed where the source has none.
public final class ModelState {
  public let graph: Graph
  /// Elements of all tensors together.
  public let elementCount: Int
  let memory: UnsafeMutablePointer<Float>
  /// Where each parameter of the graph starts; -1 for one that inference does not need.
  let parameterOffsets: [Int]
  /// Where each constant starts, by node.
  let constantOffsets: [Int: Int]

  /// - Throws: ``ExecutionError/parameters(missing:unexpected:mismatched:)`` when the source does not fit the network,
  ///   ``ExecutionError/tensor(_:)`` when it cannot be read, ``ExecutionError/memory(bytes:limit:)``.
  public init(_ graph: Graph, from source: any TensorSource, memoryLimit: Int = .physicalMemory) throws(ExecutionError)
  {
    self.graph = graph
    var request = StateRequest(graph)
    let (bytes, overflow) = request.elementCount.multipliedReportingOverflow(by: MemoryLayout<Float>.stride)
    guard !request.isTooLarge, !overflow, bytes <= memoryLimit else {
      throw .memory(bytes: overflow || request.isTooLarge ? .max : bytes, limit: memoryLimit)
    }
    elementCount = request.elementCount
    parameterOffsets = request.parameterOffsets
    constantOffsets = request.constantOffsets
    memory = .allocate(capacity: max(elementCount, 1))
    // All properties are set: where this throws, the memory is given back as it is otherwise.
    try request.fill(memory, from: source)
  }

  deinit { memory.deallocate() }

  /// The values of a parameter, in the order of its shape; nil where inference does not need it.
  public func values(ofParameter index: Int) -> UnsafeBufferPointer<Float>? {
    guard parameterOffsets[index] >= 0 else { return nil }
    return UnsafeBufferPointer(
      start: memory + parameterOffsets[index], count: graph.parameters[index].spec.shape.sizes.reduce(1, *))
  }
}

/// What a graph needs of a source of tensors, and where it goes.
private struct StateRequest {
  struct Entry {
    var name: String
    var shape: [Int]
    var offset: Int
    /// Values that the network's definition fixes.
    var fixed: FixedValues?
  }

  let graph: Graph
  var entries: [Entry] = []
  var parameterOffsets: [Int]
  var constantOffsets: [Int: Int] = [:]
  var elementCount = 0
  /// Whether sizes left the range of integers.
  var isTooLarge = false

  init(_ graph: Graph) {
    self.graph = graph
    parameterOffsets = Array(repeating: -1, count: graph.parameters.count)
    for node in graph.nodes where !node.isTrainingOnly {
      var fixed: FixedValues?
      if case .source(let source) = node.operation {
        fixed = source.values
        if case .constant = source.kind {
          constantOffsets[node.id] = elementCount
          add(graph.path(of: node), node.outputs[0].shape.sizes, fixed)
        }
      }
      for index in node.parameters where parameterOffsets[index] < 0 {
        let parameter = graph.parameters[index]
        guard parameter.spec.kind != .counter else { continue }
        parameterOffsets[index] = elementCount
        add(graph.name(of: parameter), parameter.spec.shape.sizes, fixed)
      }
    }
  }

  private mutating func add(_ name: String, _ shape: [Int], _ fixed: FixedValues?) {
    entries.append(Entry(name: name, shape: shape, offset: elementCount, fixed: fixed))
    guard let count = try? Tensor.elementCount(of: shape), count <= Tensor.elementLimit - elementCount else {
      isTooLarge = true
      return
    }
    // Each tensor starts at a cache line.
    elementCount += (count + 15) & ~15
  }

  mutating func fill(_ memory: UnsafeMutablePointer<Float>, from source: any TensorSource) throws(ExecutionError) {
    var missing: [String] = []
    var mismatched: [ExecutionError.ShapeMismatch] = []
    for entry in entries {
      do throws(TensorError) {
        if entry.fixed == nil, try source.fill(memory + entry.offset, named: entry.name, shape: entry.shape) {
          continue
        }
        guard let tensor = try tensor(of: entry, from: source) else {
          missing.append(entry.name)
          continue
        }
        guard tensor.shape == entry.shape else {
          mismatched.append(.init(name: entry.name, expected: entry.shape, found: tensor.shape))
          continue
        }
        tensor.values.withUnsafeBufferPointer { values in
          guard let base = values.baseAddress else { return }
          (memory + entry.offset).initialize(from: base, count: values.count)
        }
      } catch {
        throw .tensor(error)
      }
    }
    let known = Set(graph.parameters.map { graph.name(of: $0) }).union(entries.map(\.name))
    let unexpected = (source.names ?? []).filter { !known.contains($0) }
    guard missing.isEmpty, unexpected.isEmpty, mismatched.isEmpty else {
      throw .parameters(missing: missing, unexpected: unexpected, mismatched: mismatched)
    }
  }

  private func tensor(of entry: Entry, from source: any TensorSource) throws(TensorError) -> Tensor? {
    // A source that makes a tensor for any name knows nothing of tables.
    if source.names == nil, let fixed = entry.fixed { return try fixed.tensor(shape: entry.shape) }
    if let stored = try source.tensor(named: entry.name, shape: entry.shape) { return stored }
    return try entry.fixed?.tensor(shape: entry.shape)
  }
}
