import CKernels
import NetworkGraph

/// How a value that is worked on element by element lies.
enum PointGeometry {
  case blocked(shape: [Int], axis: Int)
  /// In row-major order without gaps.
  case flat(shape: [Int])

  var shape: [Int] {
    switch self {
    case .blocked(let shape, _), .flat(let shape): shape
    }
  }
}

/// A second operand of a function of each element, and how it lies beside the first.
struct PointOperand {
  var storage: NativeStorage
  var offset = 0
  var batchStride = 0
  var blockStride = 0
  var pixelStride = 0
}

/// One elementwise operator, as far as fusion tells it apart.
enum PointLink {
  /// `x * scale + shift` by channel.
  case perChannel(scale: [Double], shift: [Double])
  case clamp(Float, Float)
  /// The sum with a tensor that lies in the same way.
  case sum(BlockedPlace)
  case function(CKPointFunction, a: Float = 0, b: Float = 0, operand: PointOperand? = nil)
  /// Nothing to do.
  case none
}

/// The elementwise operators that follow a value and are computed with it.
struct PointChain {
  var links: [PointLink] = []
  var nodes: [Int] = []
  /// What is stored in the end, and how it lies.
  var output: Value
  var geometry: PointGeometry
}

/// What a kernel does to what it stores.
struct Epilogue {
  var lower = -Float.infinity
  var upper = Float.infinity
  var operations: [(function: CKPointFunction, a: Float, b: Float, operand: PointOperand?, addend: PointOperand?)] = []

  /// All storage that is read.
  var touched: [NativeStorage] { operations.flatMap { [$0.operand, $0.addend].compactMap { $0?.storage } } }

  init() {}

  /// The links one after the other.
  init(_ links: [PointLink], memory: NativeMemory, lanes: Int) {
    for link in links { append(link, memory: memory, lanes: lanes) }
  }

  static func identity(_ binder: NativeBinder) -> CKEpilogue {
    var epilogue = Epilogue()
    epilogue.operations = [(CKPointAffine, 1, 0, nil, nil)]
    return epilogue.bound(binder)
  }

  func bound(_ binder: NativeBinder) -> CKEpilogue {
    let bound = operations.map { operation in
      var result = CKPointOperation()
      (result.function, result.a, result.b) = (operation.function, operation.a, operation.b)
      if let operand = operation.operand {
        result.operand = UnsafePointer(binder.pointer(operand.storage, operand.offset))
        result.batchStride = operand.batchStride
        result.blockStride = operand.blockStride
        result.pixelStride = operand.pixelStride
      }
      result.addend = operation.addend.map { UnsafePointer(binder.pointer($0.storage, $0.offset)) }
      return result
    }
    return CKEpilogue(
      lower: lower, upper: upper, operations: bound.isEmpty ? nil : binder.memory.keep(bound), count: bound.count)
  }

  /// Adds a link: bounds to the factors and offsets by channel before them, anything else as a function of its own.
  mutating func append(_ link: PointLink, memory: NativeMemory, lanes: Int) {
    switch link {
    case .none: break
    case .clamp(let lower, let upper):
      if let last = operations.last, last.function == CKPointMultiplyAdd, last.a == -.infinity, last.b == .infinity {
        (operations[operations.count - 1].a, operations[operations.count - 1].b) = (lower, upper)
      } else {
        operations.append((CKPointClamp, lower, upper, nil, nil))
      }
    case .function(let function, let a, let b, let operand): operations.append((function, a, b, operand, nil))
    case .sum(let place):
      operations.append((CKPointAdd, 0, 0, PointOperand(place), nil))
    case .perChannel(let scale, let shift):
      func operand(_ values: [Double]) -> PointOperand {
        let padded = values.map { Float($0) } + Array(repeating: 0, count: lanes)
        return PointOperand(storage: .fixed(memory.keep(padded)), blockStride: lanes)
      }
      operations.append((CKPointMultiplyAdd, -.infinity, .infinity, operand(scale), operand(shift)))
    }
  }
}

extension PointOperand {
  /// A tensor of the same layout.
  init(_ place: BlockedPlace) {
    self.init(
      storage: place.storage, offset: place.layout.offset, batchStride: place.layout.batchStride,
      blockStride: place.layout.blockStride, pixelStride: place.layout.lanes)
  }
}

extension NativePlanner {
  /// The elementwise operators that alone follow `value`, whose other operands exist already.
  ///
  /// - Parameter first: the node to begin with; nil where it is the reader of `value`.
  func chain(after value: Value, _ geometry: PointGeometry) throws(ExecutionError) -> PointChain {
    var chain = PointChain(output: value, geometry: geometry)
    while let readers = readers[chain.output], readers.count == 1, readers[0] >= 0 {
      let node = graph.nodes[readers[0]]
      guard try extend(&chain, with: node) else { break }
    }
    return chain
  }

  /// Adds `node`, which reads the chain's output, if it can be computed with it.
  func extend(_ chain: inout PointChain, with node: Node) throws(ExecutionError) -> Bool {
    guard node.outputs.count == 1 else { return false }
    if case .transpose(let transpose) = node.operation {
      guard case .blocked(let shape, let axis) = chain.geometry,
        let layout = BlockedLayout(shape, axis: axis, lanes: lanes).transposed(transpose.permutation)
      else { return false }
      chain.geometry = .blocked(shape: layout.shape, axis: layout.axis)
      chain.links.append(.none)
    } else {
      guard shape(of: Value(node: node.id)) == chain.geometry.shape,
        let position = node.inputs.firstIndex(of: chain.output),
        let link = try link(node, operand: position, chain.geometry)
      else { return false }
      chain.links.append(link)
    }
    chain.nodes.append(node.id)
    chain.output = Value(node: node.id)
    return true
  }
}
