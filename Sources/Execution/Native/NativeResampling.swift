import CKernels
import NetworkGraph

/// Interpolation of maps.
extension NativePlanner {
  func planResize(_ operation: Resize, _ node: Node) throws(ExecutionError) -> Bool {
    let (input, output) = (shape(of: node.inputs[0]), node.outputs[0].shape.sizes)
    guard !input.contains(0), !output.contains(0) else { return false }
    let taps = operation.taps(input: input, output: output)
    if taps.allSatisfy({ $0.allSatisfy { $0.count == 1 } }) {
      return try planPicks(taps.map { $0.map { $0[0].position } }, fill: 0, node)
    }
    guard input.count == 4, input[..<2] == output[..<2], let layer = try mapLayer(node) else { return false }
    var map = CKResampling()
    (map.batch, map.blocks) = (input[0], layer.input.layout.blocks)
    (map.height, map.width, map.outputHeight, map.outputWidth) = (input[2], input[3], output[2], output[3])
    (map.lineTaps, map.columnTaps) = (taps[2][0].count, taps[3][0].count)
    (map.lines, map.columns) =
      (memory.keep(taps[2].joined().map(\.position)), memory.keep(taps[3].joined().map(\.position)))
    map.lineWeights = UnsafePointer(memory.keep(taps[2].joined().map { Float($0.weight) }))
    map.columnWeights = UnsafePointer(memory.keep(taps[3].joined().map { Float($0.weight) }))
    add(layer, "interpolation", "\(map.lineTaps) x \(map.columnTaps) weights by table", kernels.resample, map) {
      ck_resample_jobs($0)
    }
    return true
  }
}
