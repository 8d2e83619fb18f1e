import CKernels
import NetworkGraph

/// One axis of a copy by tables: by index where the elements lie on both sides, relative to the other axes'.
struct PickAxis {
  /// ``nowhere`` for what is filled.
  var from: [Int]
  var to: [Int]

  /// The kernel's CK_NOWHERE.
  static let nowhere = Int.min

  /// A whole axis with strides.
  init(count: Int, from: Int, to: Int) {
    self.from = (0..<count).map { $0 * from }
    self.to = (0..<count).map { $0 * to }
  }

  /// Chosen positions of the source, -1 for none.
  init(positions: [Int], from: Int, to: Int) {
    self.from = positions.map { $0 < 0 ? PickAxis.nowhere : $0 * from }
    self.to = positions.indices.map { $0 * to }
  }

  /// Whether the axis is a run of neighbouring pieces of `unit` floats on both sides.
  func isRun(of unit: Int) -> Bool {
    to.indices.allSatisfy { to[$0] == $0 * unit && from[$0] == $0 * unit }
  }
}

/// Operators whose outputs are elements of their inputs at other places.
extension NativePlanner {
  typealias Start = (storage: NativeStorage, offset: Int)

  /// Adds a copy by tables. The first axis that has several indices is cut into jobs.
  func addPick(
    _ nodes: [Int], _ kernel: String, _ rule: String, axes all: [PickAxis], unit: Int, fill: Float = 0, from: Start,
    to: Start
  ) {
    var unit = unit
    var axes = all.filter { $0.to.count != 1 || $0.from != [0] }
    while let last = axes.last, last.isRun(of: unit) {
      unit *= last.to.count
      axes.removeLast()
    }
    // One job where one axis is left: its pieces are small.
    if axes.count < 2 { axes.insert(PickAxis(count: 1, from: 0, to: 0), at: 0) }
    let (kernels, picked, run) = (kernels, axes, unit)
    add(nodes, kernel, rule, [from.storage, to.storage]) { binder in
      var map = CKPicking()
      map.input = UnsafePointer(binder.pointer(from.storage, from.offset))
      map.output = binder.pointer(to.storage, to.offset)
      map.axes = picked.count
      map.sizes = binder.memory.keep(picked.map(\.to.count))
      map.from = binder.memory.keep(picked.map { Optional(binder.memory.keep($0.from)) })
      map.to = binder.memory.keep(picked.map { Optional(binder.memory.keep($0.to)) })
      (map.unit, map.fill) = (run, fill)
      return binder.task(kernels.pick, map) { ck_pick_jobs($0) }
    }
  }

  /// Copies a tensor to another of the same shape.
  func copy(_ nodes: [Int], _ rule: String, _ from: StridedPlace, to: StridedPlace) {
    let axes = from.layout.shape.indices.map { axis in
      PickAxis(count: from.layout.shape[axis], from: from.layout.strides[axis], to: to.layout.strides[axis])
    }
    addPick(
      nodes, "copy", rule, axes: axes, unit: 1, from: (from.storage, from.layout.offset),
      to: (to.storage, to.layout.offset))
  }

  /// Whether a copy of so many axes fits the kernel's tables, with one for jobs.
  private func isPickable(_ shape: [Int]) -> Bool { !shape.contains(0) && shape.count < CK_MOST_AXES }

  /// An operator that reads one input position, or none, for each output position of every axis.
  func planPicks(_ positions: [[Int]], fill: Float, _ node: Node) throws(ExecutionError) -> Bool {
    let (value, output) = (Value(node: node.id), positions.map(\.count))
    guard isPickable(output), !shape(of: node.inputs[0]).contains(0) else { return false }
    if case .blocked(let layout)? = self[node.inputs[0]]?.layout, output.count == layout.shape.count,
      positions[layout.axis] == Array(0..<layout.channels), let input = try blocked(node.inputs[0], axis: layout.axis)
    {
      let target = newBlocked(value, axis: layout.axis)
      var axes: [PickAxis] = []
      var (from, to) = (lanes, lanes)
      for axis in output.indices.dropFirst().reversed() where axis != layout.axis {
        axes.insert(PickAxis(positions: positions[axis], from: from, to: to), at: 0)
        from *= layout.shape[axis]
        to *= output[axis]
      }
      axes.insert(PickAxis(count: layout.blocks, from: layout.blockStride, to: target.layout.blockStride), at: 0)
      axes.insert(
        PickAxis(positions: positions[0], from: layout.batchStride, to: target.layout.batchStride), at: 0)
      addPick(
        [node.id], "pick", "positions of whole blocks", axes: axes, unit: lanes, fill: fill,
        from: (input.storage, input.layout.offset), to: (target.storage, target.layout.offset))
      return true
    }
    let input = try strided(node.inputs[0])
    let target = newStrided(value)
    let axes = positions.indices.map { axis in
      PickAxis(positions: positions[axis], from: input.layout.strides[axis], to: target.layout.strides[axis])
    }
    addPick(
      [node.id], "pick", "positions of a row-major tensor", axes: axes, unit: 1, fill: fill,
      from: (input.storage, input.layout.offset), to: (target.storage, target.layout.offset))
    return true
  }

  /// An operator that writes its input in another order.
  func planMovement(
    _ node: Node, _ movement: (StridedLayout, StridedLayout) -> Movement
  ) throws(ExecutionError) -> Bool {
    let output = StridedLayout(node.outputs[0].shape.sizes)
    let input = try strided(node.inputs[0])
    let moved = movement(input.layout, output)
    guard isPickable(moved.source.shape) else { return false }
    let target = newStrided(Value(node: node.id))
    copy(
      [node.id], "elements in another order", StridedPlace(storage: input.storage, layout: moved.source),
      to: StridedPlace(storage: target.storage, layout: moved.target))
    return true
  }

  /// A gather whose positions are known before the run.
  func planGather(_ operation: Gather, _ node: Node) throws(ExecutionError) -> Bool {
    guard let indices = operation.indices else { return false }
    return try planPicks(operation.positions(indices, input: shape(of: node.inputs[0])), fill: 0, node)
  }

  /// A concatenation of row-major tensors: a copy for each.
  func planRowMajorConcatenation(_ operation: Concatenation, _ node: Node) throws(ExecutionError) -> Bool {
    let sizes = node.outputs[0].shape.sizes
    guard isPickable(sizes) else { return false }
    let axis = operation.axis < 0 ? operation.axis + sizes.count : operation.axis
    var parts: [StridedPlace] = []
    for input in node.inputs where !shape(of: input).contains(0) { parts.append(try strided(input)) }
    let whole = newStrided(Value(node: node.id))
    var start = 0
    for (index, part) in parts.enumerated() {
      let size = part.layout.shape[axis]
      let target = whole.layout.sliced(axis: axis, start: start, count: size)
      copy(
        index == parts.count - 1 ? [node.id] : [], "a part of a row-major tensor", part,
        to: StridedPlace(storage: whole.storage, layout: target))
      start += size
    }
    return true
  }
}
