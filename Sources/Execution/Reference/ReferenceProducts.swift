import NetworkGraph

/// Rows of the input times rows of the weight.
func linear(_ operation: Linear, _ step: Step) throws(ExecutionError) -> ReferenceKernel {
  let (input, output) = (step.input, step.output)
  guard let weight = step.parameters["weight"] else {
    throw .unsupported(node: step.path, reason: "it has no weight")
  }
  let bias = step.parameters["bias"]
  let features = input.shape.last ?? 1
  let outputs = output.shape.last ?? 1
  let (outer, inner) =
    operation.weightIsInputMajor
    ? (weight.strides[1], weight.strides[0]) : (weight.strides[0], weight.strides[1])
  let last = input.shape.count - 1
  let rows = Slices([input.layout.leading, output.layout.leading], along: [])
  let (count, spacing) = (input.layout.leading.count, input.strides[last])
  let workspace = SumBlock.workspace(step.memory, outputs: outputs, positions: count)
  return ReferenceKernel { tally in
    SumBlock.forEach(0..<outputs, positions: count, in: workspace) { block, first in
      block.clear { Double(bias?.first[first + $0] ?? 0) }
      for chunk in stride(from: 0, to: features, by: SumBlock.inputs) {
        block.read(weight.first + first * outer + chunk * inner, min(SumBlock.inputs, features - chunk), inner, outer)
        var row = 0
        rows.forEach { _, at in
          tally.multiplyAdds += block.addRow(
            input.base + at[0] + chunk * spacing, spacing, to: row)
          row += 1
        }
      }
      var row = 0
      rows.forEach { _, at in
        for index in 0..<block.outputs {
          output.base[at[1] + (first + index) * output.strides[last]] = Float(block[index, row])
        }
        row += 1
      }
    }
  } mark: { marks in
    guard let from = marks.flags(output), let to = marks.flags(input) else { return }
    rows.forEach { _, at in
      let isMarked = (0..<outputs).contains { from[at[1] + $0 * output.strides[last]] != 0 }
      for feature in 0..<features where isMarked { to[at[0] + feature * input.strides[last]] = 1 }
    }
  }
}

/// Rows of the left operand times columns of the right one, for each index of the leading axes.
func matrixProduct(_ operation: MatrixProduct, _ step: Step) -> ReferenceKernel {
  /// The operand as leading axes, and two axes of a matrix.
  func matrix(_ view: TensorView, transposed: Bool, isLeft: Bool) -> StridedLayout {
    var layout = view.layout
    if layout.shape.count == 1 {
      layout.shape.insert(1, at: isLeft ? 0 : 1)
      layout.strides.insert(0, at: isLeft ? 0 : 1)
      return layout
    }
    guard transposed else { return layout }
    let rank = layout.shape.count
    return layout.transposed(Array(0..<rank - 2) + [rank - 1, rank - 2])
  }
  let (leftView, rightView, output) = (step.inputs[0], step.inputs[1], step.output)
  let left = matrix(leftView, transposed: operation.transposesLeft, isLeft: true)
  let right = matrix(rightView, transposed: operation.transposesRight, isLeft: false)
  let (rows, inner) = (left.shape[left.shape.count - 2], left.shape[left.shape.count - 1])
  let columns = right.shape[right.shape.count - 1]
  var target = output.layout
  if rightView.shape.count == 1 {
    target.shape.append(1)
    target.strides.append(0)
  }
  if leftView.shape.count == 1 {
    target.shape.insert(1, at: target.shape.count - 1)
    target.strides.insert(0, at: target.strides.count - 1)
  }
  let leading = Array(target.shape.dropLast(2))
  let batches = Slices(
    [
      left.leading.leading.expanded(to: leading), right.leading.leading.expanded(to: leading), target.leading.leading,
    ], along: [])
  let (leftRow, leftStep) = (left.strides[left.strides.count - 2], left.strides[left.strides.count - 1])
  let (rightStep, rightColumn) = (right.strides[right.strides.count - 2], right.strides[right.strides.count - 1])
  let (targetRow, targetColumn) = (target.strides[target.strides.count - 2], target.strides[target.strides.count - 1])
  let nothing = Nothing()
  let workspace = SumBlock.workspace(step.memory, outputs: columns, positions: rows)
  return ReferenceKernel { tally in
    var place = 0
    batches.forEach { _, at in
      let (lefts, rights) = (leftView.base + at[0], rightView.base + at[1])
      for row in 0..<rows {
        for index in 0..<inner { nothing.note(place + index, Double(lefts[row * leftRow + index * leftStep])) }
        place += inner
      }
      SumBlock.forEach(0..<columns, positions: rows, in: workspace) { block, first in
        block.clear { _ in 0 }
        for chunk in stride(from: 0, to: inner, by: SumBlock.inputs) {
          let factors = rights + first * rightColumn + chunk * rightStep
          block.read(factors, min(SumBlock.inputs, inner - chunk), rightStep, rightColumn)
          for row in 0..<rows {
            tally.multiplyAdds += block.addRow(lefts + row * leftRow + chunk * leftStep, leftStep, to: row)
          }
        }
        for row in 0..<rows {
          for index in 0..<block.outputs {
            output.base[at[2] + row * targetRow + (first + index) * targetColumn] = Float(
              block[index, row] * operation.factor)
          }
        }
      }
    }
  } mark: { marks in
    guard let from = marks.flags(output) else { return }
    let (toLeft, toRight) = (marks.flags(leftView), marks.flags(rightView))
    var place = 0
    batches.forEach { _, at in
      for row in 0..<rows {
        for column in 0..<columns where from[at[2] + row * targetRow + column * targetColumn] != 0 {
          for index in 0..<inner where !nothing.contains(place + index) {
            toLeft?[at[0] + row * leftRow + index * leftStep] = 1
            toRight?[at[1] + index * rightStep + column * rightColumn] = 1
          }
        }
        place += inner
      }
    }
  }
}

extension StridedLayout {
  /// The layout without its last axis.
  var leading: StridedLayout {
    StridedLayout(shape: Array(shape.dropLast()), strides: Array(strides.dropLast()), offset: offset)
  }
}
