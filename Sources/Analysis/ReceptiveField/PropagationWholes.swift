import NetworkGraph
import SymbolicIntegers

/// Where the last of the blocks of a map falls apart.
private enum BlockCut: Equatable {
  /// A mask may be there.
  case unknown
  /// At a position, or nowhere.
  case at(Int?)
}

/// Operators that read all entries of an axis, and operators that join tensors.
extension Propagation {
  /// The digits of the map's axis `axis` that lie on some axes of a tensor.
  private enum Share {
    case none
    /// The lowest digits: blocks of so many neighbouring positions.
    case block(Int)
    /// The highest digits: so many positions, so far apart, spread over the whole side.
    case grid(Int, step: Int)
    case all
  }

  private func share(of axis: Int, _ x: Sight<R>, on positions: [Int]) -> Share {
    var digits: [AxisLayout.Digit] = []
    for position in positions {
      for digit in x.layout[position].digits where digit.axis == axis && digit.size != 1 { digits.append(digit) }
    }
    if digits.isEmpty { return .none }
    if digits.count > 1 { digits.sort { ($0.weight.constant ?? .max) < ($1.weight.constant ?? .max) } }
    let lowest = digits[0].weight
    var count: Dimension = 1
    for digit in digits {
      guard digit.weight == lowest * count else { return .all }
      count *= digit.size
    }
    let side = x.axes[axis].side
    if lowest == 1, count != side, let size = count.constant { return .block(size) }
    if lowest != 1, lowest * count == side, let count = count.constant, let step = lowest.constant {
      return .grid(count, step: step)
    }
    return .all
  }

  /// The positions in a layout of axes that may count from its end; nil where none of them holds positions of the map.
  private func positions(_ axes: [Int], _ layout: [AxisLayout]) -> [Int]? {
    func position(_ axis: Int) -> Int? {
      let position = axis < 0 ? axis + layout.count : axis
      return layout.indices.contains(position) ? position : nil
    }
    guard axes.contains(where: { position($0).map { layout[$0].isSpatial } ?? false }) else { return nil }
    return axes.compactMap(position)
  }

  /// Each unit reads all entries of some axes of a tensor, whose other entries stay apart.
  /// - Parameter isGate: whether only a factor or an offset for all of them results.
  mutating func attend(_ x: inout Sight<R>, along axes: [Int], _ node: Node, isGate: Bool = false) {
    guard let positions = positions(axes, x.layout) else { return }
    for axis in x.axes.indices {
      switch share(of: axis, x, on: positions) {
      case .none: break
      case .block(let size): readBlocks(of: size, &x, axis, node)
      case .grid(let count, let step): attend(&x.axes[axis], PositionMap(gridOf: count, step: step), node)
      case .all: attend(&x.axes[axis], nil, node, isGate: isGate)
      }
    }
  }

  /// Each unit reads positions all over the map besides its own: those that `map` names, or all.
  private mutating func attend(
    _ axis: inout Sight<R>.Axis, _ map: PositionMap?, _ node: Node, keepsOwn: Bool = true, isGate: Bool = false
  ) {
    if !isGate { markWholeReader(node) }
    let whole = axis.whole(by: node.id)
    axis.unroll(budget: &budget)
    if let map, let local = axis.local {
      axis.note(whole)
      axis.local = local.attending(by: map, keepsOwn: keepsOwn, budget: &budget)
    } else if keepsOwn {
      axis.add(whole)
    } else {
      axis.global = whole
      axis.local = nil
    }
  }

  /// Each unit reads the block that holds it.
  ///
  /// Blocks that a cyclic shift moved off a map's end hold positions of both ends. Where nothing keeps these apart, or a
  /// mask that is known, units read what lies in their part of the block; else they are taken as masked, as Swin masks
  /// them: blocks then stand where they were shifted to, without ends.
  private mutating func readBlocks(
    of size: Int, _ x: inout Sight<R>, _ axis: Int, _ node: Node, cut: BlockCut = .unknown
  ) {
    if R.hasEnds, cut != .unknown { x.axes[axis].unroll(budget: &budget) }
    guard let before = x.axes[axis].local else { return }
    var map = PositionMap(blocksOf: size, phase: x.axes[axis].phase)
    if R.hasEnds, case .at(let position) = cut, let side = x.axes[axis].side.constant {
      map = PositionMap(blocksOf: size, side: side, cut: position)
    }
    guard let after = map.flatMap({ before.read(by: $0, side: x.axes[axis].side, budget: &budget) }) else {
      return x.axes[axis].lose(at: node.id)
    }
    x.axes[axis].local = after
  }

  /// Some axes of a tensor are summed up: each unit left reads all their entries.
  mutating func reduce(_ x: inout Sight<R>, along axes: [Int], _ node: Node) {
    guard let positions = positions(axes, x.layout) else { return }
    for axis in x.axes.indices {
      switch share(of: axis, x, on: positions) {
      case .none: break
      case .block(let size): mergeBlocks(of: size, &x, axis, node)
      case .grid, .all:
        markWholeReader(node)
        x.axes[axis].becomeGlobal(at: node.id)
        drop(axis, &x)
        if !x.isLocal { x.origin = node.id }
      }
    }
    for position in positions { x.layout[position] = AxisLayout() }
  }

  /// The lowest digits of an axis vanish: blocks become units.
  private mutating func mergeBlocks(of size: Int, _ x: inout Sight<R>, _ axis: Int, _ node: Node) {
    let side = x.axes[axis].side.floorDivided(by: size)
    x.axes[axis].read(
      by: PositionMap(stride: size, first: 0, count: size), side: side, at: node.id, budget: &budget)
    for position in x.layout.indices where x.layout[position].isSpatial {
      for index in x.layout[position].digits.indices where x.layout[position].digits[index].axis == axis {
        let weight = x.layout[position].digits[index].weight
        x.layout[position].digits[index].weight = weight.floorDivided(by: size)
      }
    }
  }

  /// The layout of the same elements under another shape.
  func layout(of x: Sight<R>, _ shape: Shape, after view: View, _ output: Shape) -> [AxisLayout]? {
    x.holdsPositions ? reshaped(x.layout, of: shape, to: output) : Array(AxisLayout(), count: output.rank)
  }

  // MARK: Joining

  /// Several tensors, entry by entry, the smaller ones repeated.
  mutating func joined(_ node: Node, _ output: TensorType) -> Sight<R> {
    var isConsistent = true
    var result = Sight<R>(constantOfRank: 0)
    for input in node.inputs {
      let other = sight(of: input)
      guard other.dependsOnImage else { continue }
      guard result.dependsOnImage else {
        result = other
        continue
      }
      isConsistent = join(&result, other, node) && isConsistent
    }
    result.layout = aligned(result.layout, rank: output.shape.rank)
    return isConsistent ? result : lost(node, output)
  }

  /// Adds a tensor of the same coordinate system to another; false where their positions do not lie alike.
  mutating func join(_ result: inout Sight<R>, _ other: Sight<R>, _ node: Node) -> Bool {
    if case .elementwise(let elementwise) = node.operation, elementwise.function == .multiply,
      result.isLocal != other.isLocal, let gate = result.isLocal ? other.origin : result.origin
    {
      markGate(gate)
    }
    for axis in result.axes.indices { join(&result.axes[axis], other.axes[axis], node) }
    result.origin = result.isLocal ? nil : result.origin ?? other.origin
    guard other.layout != result.layout else { return true }
    let rank = max(result.layout.count, other.layout.count)
    let layout = aligned(other.layout, rank: rank)
    result.layout = aligned(result.layout, rank: rank)
    for position in 0..<rank where layout[position].isSpatial {
      if !result.layout[position].isSpatial {
        result.layout[position] = layout[position]
      } else if result.layout[position] != layout[position] {
        return false
      }
    }
    return isConsistent(result)
  }

  private mutating func join(_ a: inout Sight<R>.Axis, _ other: Sight<R>.Axis, _ node: Node) {
    if let place = other.misaligned { a.misaligned = min(a.misaligned ?? place, place) }
    if other.assumesDivisible { a.assumesDivisible = true }
    if a.phase == other.phase, a.side == other.side, let left = a.local, let right = other.local {
      if let global = other.global { a.note(global) }
      return join(left, right, &a, other, node)
    }
    var b = other
    if a.phase != b.phase {
      a.unroll(budget: &budget)
      b.unroll(budget: &budget)
    }
    switch (a.local, b.local) {
    case (let left?, let right?) where a.side == b.side:
      if let global = b.global { a.note(global) }
      join(left, right, &a, b, node)
    case (_?, _?) where b.side == 1: a.add(b.whole(by: node.id))
    case (nil, nil), (_?, nil): if let global = b.global { a.add(global) }
    case (nil, _?), (_?, _?):
      // The windows are those of the other tensor; this one is seen whole.
      if a.local != nil || a.global != nil { b.add(a.whole(by: node.id)) }
      (a.local, a.side, a.phase, a.global) = (b.local, b.side, b.phase, b.global)
    }
  }

  private func join(_ left: R, _ right: R, _ a: inout Sight<R>.Axis, _ b: Sight<R>.Axis, _ node: Node) {
    if let union = left.union(right) {
      a.local = union.reach
      if !union.isAligned, a.misaligned == nil { a.misaligned = node.id }
    } else {
      var rest = b
      rest.lose(at: node.id)
      a.lose(at: node.id)
      if let global = rest.global { a.note(global) }
    }
  }

  /// Whether the layout holds every position of each followed axis once.
  private func isConsistent(_ x: Sight<R>) -> Bool {
    for axis in x.axes.indices where x.axes[axis].local != nil {
      var count: Dimension = 1
      for layout in x.layout {
        for digit in layout.digits where digit.axis == axis { count *= digit.size }
      }
      if count != x.axes[axis].side && x.axes[axis].side != 1 { return false }
    }
    return true
  }

  /// Tensors side by side along one axis.
  mutating func concatenated(_ concatenation: Concatenation, _ node: Node, _ output: TensorType) -> Sight<R> {
    let inputs = node.inputs.map { sight(of: $0) }
    guard let position = output.shape.normalized(axis: concatenation.axis) else { return lost(node, output) }
    if let rolled = rolled(concatenation, node) { return rolled }
    let holders = inputs.indices.filter { inputs[$0].layout[position].isSpatial }
    guard let holder = holders.first else { return joined(node, output) }
    // Entries that see no positions of their own, such as a class token, beside the positions.
    let others = inputs.indices.filter { $0 != holder }
    guard holders.count == 1, others.allSatisfy({ !inputs[$0].isLocal }) else { return lost(node, output) }
    var x = inputs[holder]
    for index in others {
      let size = graph.type(of: node.inputs[index]).shape[position]
      if index < holder { x.layout[position].before += size } else { x.layout[position].after += size }
      for axis in inputs[index].axes.indices { inputs[index].axes[axis].global.map { x.axes[axis].note($0) } }
    }
    return x
  }

  /// A map whose first positions were cut off and joined behind the others, as exporters write a cyclic shift.
  private func rolled(_ concatenation: Concatenation, _ node: Node) -> Sight<R>? {
    guard node.inputs.count == 2, case .slice(let back) = graph.nodes[node.inputs[0].node].operation,
      case .slice(let front) = graph.nodes[node.inputs[1].node].operation, back.bounds.count == 1,
      front.bounds.count == 1, let source = graph.nodes[node.inputs[0].node].inputs.first,
      source == graph.nodes[node.inputs[1].node].inputs.first
    else { return nil }
    let shape = graph.type(of: source).shape
    var x = sight(of: source)
    guard let position = shape.normalized(axis: concatenation.axis), let axis = wholeAxis(x, position),
      let size = shape[position].constant, let cut = graph.type(of: node.inputs[1]).shape[position].constant,
      graph.type(of: node.inputs[0]).shape[position].constant == size - cut, cut < PositionMap.bound,
      [back, front].allSatisfy({ shape.normalized(axis: $0.bounds[0].axis) == position && $0.bounds[0].step == 1 }),
      front.bounds[0].start == 0 || front.bounds[0].start <= -size,
      back.bounds[0].start == cut || back.bounds[0].start == cut - size
    else { return nil }
    return x.axes[axis].roll(by: -cut) ? x : nil
  }

  /// A product over the last two axes: each row of the left reads all rows of the right.
  mutating func product(_ product: MatrixProduct, _ node: Node, _ output: TensorType) -> Sight<R> {
    var (left, right) = (sight(of: node.inputs[0]), sight(of: node.inputs[1]))
    let (leftRank, rightRank) = (left.layout.count, right.layout.count)
    guard leftRank >= 2, rightRank >= 2 else { return lost(node, output) }
    if product.transposesLeft { left.layout.swapAt(leftRank - 2, leftRank - 1) }
    if product.transposesRight { right.layout.swapAt(rightRank - 2, rightRank - 1) }
    let keepsColumns = !left.layout[leftRank - 2].isSpatial && right.layout[rightRank - 1].isSpatial
    contract(&left, along: keepsColumns ? [-2, -1] : [-1], node)
    contract(&right, along: keepsColumns ? [-2] : [-2, -1], node)
    left.layout[leftRank - 1] = keepsColumns ? right.layout[rightRank - 1] : AxisLayout()
    right.layout[rightRank - 2] = left.layout[leftRank - 2]
    right.layout[rightRank - 1] = left.layout[leftRank - 1]
    guard left.dependsOnImage, right.dependsOnImage else {
      var result = left.dependsOnImage ? left : right
      result.layout = aligned(result.layout, rank: output.shape.rank)
      return result
    }
    return join(&left, right, node) ? left : lost(node, output)
  }

  /// Where a mask cuts the last of the blocks that a product reads, along each of the map's axes.
  private func cuts(_ x: Sight<R>, _ positions: [Int], _ node: Node) -> [BlockCut] {
    var cuts = Array(BlockCut.unknown, count: x.axes.count)
    switch masks[node.id] {
    case nil, .unknown: break
    case .absent?: cuts = cuts.map { _ in .at(nil) }
    case .shifted(let windows)?:
      // The mask must be of this map, and of windows whose positions run down before across.
      let digits = positions.flatMap { x.layout[$0].digits }.filter { $0.axis != nil && $0.size != 1 }
      let expected = [0, 1].filter { windows.windows[$0] != 1 }
      guard x.axes.count == 2, (0...1).allSatisfy({ x.axes[$0].side.constant == windows.sides[$0] }),
        digits.elementsEqual(expected, by: { $0.axis == $1 && $0.size.constant == windows.windows[$1] })
      else { break }
      cuts = [0, 1].map { .at(windows.cut($0)) }
    }
    return cuts
  }

  /// All entries of some axes are read by every unit that has the other digits of its position in common.
  private mutating func contract(_ x: inout Sight<R>, along axes: [Int], _ node: Node) {
    guard let positions = positions(axes, x.layout) else { return }
    let cuts = cuts(x, positions, node)
    for axis in x.axes.indices {
      switch share(of: axis, x, on: positions) {
      case .none: break
      case .block(let size): readBlocks(of: size, &x, axis, node, cut: cuts[axis])
      case .grid(let count, let step):
        attend(&x.axes[axis], PositionMap(gridOf: count, step: step), node, keepsOwn: false)
      case .all:
        if R.hasEnds, case .at(_?) = cuts[axis], let side = x.axes[axis].side.constant {
          readBlocks(of: side, &x, axis, node, cut: cuts[axis])
        } else {
          attend(&x.axes[axis], nil, node, keepsOwn: false)
        }
      }
    }
    // Entries vanish that the other factor has of its own.
    for position in positions { x.layout[position] = AxisLayout() }
    if !x.isLocal { x.origin = nil }
  }
}
