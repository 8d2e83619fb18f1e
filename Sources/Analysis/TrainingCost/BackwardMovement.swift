import NetworkGraph
import SymbolicIntegers

/// Pools, resampling, and operators that move elements.
extension BackwardRules {
  /// A maximum: dy is added to the element that the kept index names. A mean: dy divided by the number of elements, added
  /// to each tap. A power mean: `dy y^(1 - p) * x |x|^(p - 2)`, added to each tap. Windows may overlap, so that every
  /// contribution is an addition.
  static func pool(_ kind: PoolKind, _ call: Call) -> OperatorGradients {
    let (x, y, taps) = (call.inputElements, call.outputElements, call.forward.taps)
    switch kind {
    case .maximum:
      return OperatorGradients(
        inputs: [TrainingKernel(Arithmetic(.maxPool, additions: y), moves: y + x, indices: y)])
    case .average:
      return OperatorGradients(
        inputs: [TrainingKernel(Arithmetic(call.forward.kind, additions: taps, multiplications: y), moves: y + x)])
    case .powerMean:
      return OperatorGradients(
        inputs: [
          TrainingKernel(
            Arithmetic(
              call.forward.kind, additions: taps, multiplications: taps * 2 + y, transcendentals: taps + y),
            moves: y * 2 + x * 2)
        ])
    }
  }

  /// dy times each tap's weight, added to the tap; without the product where the nearest element was taken.
  static func resize(_ resize: Resize, _ call: Call) -> OperatorGradients {
    let (x, y, weighted) = (call.inputElements, call.outputElements, call.forward.multiplications)
    let isNearest = if case .nearest = resize.mode { true } else { false }
    return OperatorGradients(
      inputs: [
        TrainingKernel(
          Arithmetic(call.forward.kind, additions: isNearest ? y : weighted, multiplications: weighted),
          moves: y + x)
      ])
  }

  /// Movement backward is movement: a view of dy where the forward pass was one or joined tensors, else a copy. What was
  /// read several times sums what comes back. Dropout and stochastic depth multiply by their mask.
  static func movement(_ operation: Operator, _ call: Call) -> OperatorGradients {
    let (x, y) = (call.inputElements, call.outputElements)
    let through = TrainingKernel(Arithmetic(.elementwise))
    func only(_ kernel: TrainingKernel) -> OperatorGradients { OperatorGradients(inputs: [kernel]) }
    func sum(_ additions: Dimension, indices: Dimension = 0) -> TrainingKernel {
      TrainingKernel(Arithmetic(.elementwise, additions: additions), moves: y + x, indices: indices)
    }
    let copy = sum(0)
    switch operation {
    case .concatenation: return OperatorGradients(inputs: call.inputs.map { _ in through })
    case .view, .transpose: return only(through)
    case .split, .slice, .channelShuffle, .spaceDepth, .roll: return only(copy)
    case .pad(let pad):
      if case .constant = pad.mode { return only(through) }
      return only(sum(y - x))
    case .gather(let gather):
      let indices = gather.indices.map { Dimension($0.count) } ?? call.elements(1)
      return OperatorGradients(inputs: [sum(y, indices: indices)] + call.inputs.dropFirst().map { _ in nil })
    case .scatter:
      let updates = call.elements(2)
      return OperatorGradients(inputs: [
        copy, nil, TrainingKernel(Arithmetic(.elementwise), moves: updates * 2, indices: call.elements(1)),
      ])
    case .expand, .tile: return only(y == x ? copy : sum(y - x))
    case .identity(let identity):
      switch identity {
      case .identity: return only(through)
      case .cast: return only(TrainingKernel(Arithmetic(.elementwise), moves: y * 2))
      case .dropout(let probability), .stochasticDepth(let probability):
        guard probability > 0 else { return only(through) }
        let mask = identity.maskElements(call.outputs[0])
        return only(TrainingKernel(Arithmetic(.elementwise, multiplications: y), moves: y * 2 + mask))
      }
    default: return OperatorGradients(inputs: call.inputs.map { _ in nil })
    }
  }
}

extension Identity {
  /// Random numbers that training draws for an output of `type`: one for each element, or for each sample.
  func maskElements(_ type: TensorType) -> Dimension {
    switch self {
    case .dropout(let probability) where probability > 0: type.shape.elementCount
    case .stochasticDepth(let probability) where probability > 0 && type.shape.rank > 0: type.shape[0]
    default: 0
    }
  }
}
