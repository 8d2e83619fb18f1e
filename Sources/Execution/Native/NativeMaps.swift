import CKernels
import NetworkGraph

/// A layer from one map with channels in blocks to another: its input, the elementwise operators that follow it, and where
/// these store the output.
struct MapLayer {
  var input: BlockedPlace
  var output: BlockedPlace
  var nodes: [Int]
  var epilogue: Epilogue
}

/// Arguments of a kernel that reads one map and writes another.
protocol MapArguments {
  var input: UnsafePointer<Float>! { get set }
  var output: UnsafeMutablePointer<Float>! { get set }
  var inputBatch: Int { get set }
  var outputBatch: Int { get set }
  var epilogue: CKEpilogue { get set }
}

extension CKPooling: MapArguments {}
extension CKResampling: MapArguments {}
extension CKGroupNorm: MapArguments {}
extension CKLocalNorm: MapArguments {}

extension NativePlanner {
  /// The map that a node reads, and what follows the node; nil where there are no blocks.
  func mapLayer(_ node: Node) throws(ExecutionError) -> MapLayer? {
    let value = Value(node: node.id)
    guard let input = try blocked(node.inputs[0], axis: 1) else { return nil }
    let chain = try chain(after: value, .blocked(shape: shape(of: value), axis: 1))
    guard case .blocked(_, let axis) = chain.geometry else { return nil }
    return MapLayer(
      input: input, output: newBlocked(chain.output, axis: axis), nodes: [node.id] + chain.nodes,
      epilogue: Epilogue(chain.links, memory: memory, lanes: lanes))
  }

  /// Adds the step of a map's layer; the arguments lack the places.
  func add<Arguments: MapArguments & BitwiseCopyable>(
    _ layer: MapLayer, _ kernel: String, _ rule: String, _ job: @escaping CKJob, _ arguments: Arguments,
    scratch: Int = 0, jobs: @escaping (UnsafePointer<Arguments>) -> Int
  ) {
    let touched = [layer.input.storage, layer.output.storage] + layer.epilogue.touched
    add(layer.nodes, kernel, rule, touched, scratch: scratch) { binder in
      var bound = arguments
      bound.input = UnsafePointer(binder.pointer(layer.input))
      bound.output = binder.pointer(layer.output)
      (bound.inputBatch, bound.outputBatch) = (layer.input.layout.batchStride, layer.output.layout.batchStride)
      bound.epilogue = layer.epilogue.bound(binder)
      return binder.task(job, bound, jobs: jobs)
    }
  }
}
