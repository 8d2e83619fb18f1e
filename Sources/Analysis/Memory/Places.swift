import NetworkGraph
import SymbolicIntegers

/// In which buffer each value of a graph lies, and whether its elements lie there one behind the other.
struct Places {
  struct Place {
    /// -1 for what has no storage of inference: parameters, constants, and what fusion keeps inside a step.
    var buffer: Int32 = -1
    var isContiguous = true
  }

  /// Position of a node's first output in ``places``.
  private var first: [Int32] = []
  private var places: [Place]
  private let options: MemoryOptions

  init(_ graph: Graph, _ options: MemoryOptions) {
    self.options = options
    first.reserveCapacity(graph.nodes.count)
    var count: Int32 = 0
    for node in graph.nodes {
      first.append(count)
      count += Int32(clamping: node.outputs.count)
    }
    places = Array(Place(), count: Int(count))
  }

  subscript(value: Value) -> Place {
    get { places[Int(first[value.node]) + value.output] }
    set { places[Int(first[value.node]) + value.output] = newValue }
  }

  /// The bytes of a tensor of `type`; 0 where that is not known.
  func bytes(of type: TensorType) -> Dimension {
    type.isKnown ? type.shape.elementCount * options.byteCount(of: type.elementType) : 0
  }

  /// Lets the outputs of a node share the storage of its first input, if the node is a view of it.
  /// - Returns: whether it is.
  mutating func alias(_ node: Node, _ graph: Graph) -> Bool {
    guard node.operation.isView, let input = node.inputs.first else { return false }
    var place = self[input]
    let type = graph.type(of: input)
    switch node.operation {
    case .identity(.cast(let elementType)):
      guard options.byteCount(of: elementType) == options.byteCount(of: type.elementType),
        elementType == type.elementType || elementType.isFloatingPoint && type.elementType.isFloatingPoint
      else { return false }
    case .view(.reshape), .view(.flatten):
      if !place.isContiguous { return false }
    case .split(let split):
      place.isContiguous = place.isContiguous && Places.isOutermost(split.axis, of: type)
    case .slice(let slice):
      if slice.bounds.contains(where: { $0.step < 0 }) { return false }
      place.isContiguous =
        place.isContiguous && slice.bounds.allSatisfy { $0.step == 1 && Places.isOutermost($0.axis, of: type) }
    case .transpose(let transpose):
      place.isContiguous = place.isContiguous && Places.keepsOrder(transpose.permutation, of: type)
    case .expand:
      place.isContiguous = place.isContiguous && node.outputs[0].shape == type.shape
    default: break
    }
    for output in node.outputs.indices { self[Value(node: node.id, output: output)] = place }
    return true
  }

  /// Whether all axes outside `axis` have size 1, so that a part along it is one piece of storage.
  private static func isOutermost(_ axis: Int, of type: TensorType) -> Bool {
    guard let position = type.shape.normalized(axis: axis) else { return false }
    return type.shape.dimensions[..<position].allSatisfy { $0 == 1 }
  }

  /// Whether a permutation moves only axes of size 1.
  private static func keepsOrder(_ permutation: [Int], of type: TensorType) -> Bool {
    var last = -1
    for axis in permutation where type.shape[axis] != 1 {
      if axis < last { return false }
      last = axis
    }
    return true
  }
}
