import NetworkGraph
import SymbolicIntegers

/// Which attention a mask keeps from joining what a cyclic shift brought together, by the products it goes through.
///
/// Attention is a product that gives scores, operators on single scores, softmax, and a product with values. A mask is
/// added on the way, after the first product has been followed: so it is looked for ahead of everything else.
/// Cost: linear in nodes.
struct WindowMasks {
  enum Mask: Equatable {
    /// Nothing is added to the scores.
    case absent
    /// Only things are added that are no mask of ``FixedValues``, or not known to be one.
    case unknown
    case shifted(ShiftedWindows)
  }

  /// The sides of a map that was shifted and cut into windows, and what the mask of ``FixedValues`` keeps apart.
  struct ShiftedWindows: Hashable {
    /// Down and across.
    var sides: [Int]
    var windows: [Int]
    var shifts: [Int]

    init?(_ values: FixedValues?) {
      guard
        case .shiftedWindowMask(let height, let width, let windowHeight, let windowWidth, let down, let across)? =
          values,
        let height = height.constant, let width = width.constant
      else { return nil }
      (sides, windows, shifts) = ([height, width], [windowHeight, windowWidth], [down, across])
    }

    /// The first position of the last region along an axis; nil where the last window is one region.
    func cut(_ axis: Int) -> Int? {
      let (cut, overflow) = sides[axis].subtractingReportingOverflow(shifts[axis])
      return !overflow && cut > sides[axis] - windows[axis] && cut < sides[axis] ? cut : nil
    }
  }

  private var masks: [Int: Mask] = [:]

  /// The mask of the attention that a product belongs to; nil for a product of another kind.
  subscript(product: Int) -> Mask? { masks[product] }

  init(_ graph: Graph) {
    // Attention weights, and what they go through to the product with values.
    var weights: [Int: Mask] = [:]
    for node in graph.nodes {
      guard let input = node.inputs.first else { continue }
      switch node.operation {
      case .softmax:
        var search = Search(graph)
        search.follow(input)
        for product in search.products { masks[product] = search.mask }
        if !search.products.isEmpty { weights[node.id] = search.mask }
      case .identity, .view: weights[node.id] = weights[input.node]
      case .matrixProduct: if let mask = weights[input.node] { masks[node.id] = mask }
      default: break
      }
    }
  }

  /// The way back from a softmax to the product that gives its scores.
  private struct Search {
    let graph: Graph
    var products: [Int] = []
    private var found: Set<ShiftedWindows> = []
    /// Whether something else is added, such as a bias.
    private var addsOther = false
    /// Operators that are followed at most.
    private var room = 16

    init(_ graph: Graph) { self.graph = graph }

    var mask: Mask {
      guard let windows = found.first else { return addsOther ? .unknown : .absent }
      return found.count == 1 ? .shifted(windows) : .unknown
    }

    mutating func follow(_ value: Value) {
      guard room > 0 else {
        addsOther = true
        return
      }
      room -= 1
      let node = graph.nodes[value.node]
      switch node.operation {
      case .matrixProduct: products.append(node.id)
      case .view, .identity, .affine, .scale: if let input = node.inputs.first { follow(input) }
      case .elementwise(let elementwise):
        for input in node.inputs {
          if let windows = windows(input), elementwise.function == .add {
            found.insert(windows)
          } else {
            let count = products.count
            follow(input)
            // Factors take no score out.
            if products.count == count, elementwise.function == .add { addsOther = true }
          }
        }
      default: break
      }
    }

    /// The mask that a value is, under whatever shape.
    private func windows(_ value: Value) -> ShiftedWindows? {
      var value = value
      for _ in 0..<8 {
        let node = graph.nodes[value.node]
        switch node.operation {
        case .source(let source): return ShiftedWindows(source.values)
        case .view, .identity, .expand:
          guard let input = node.inputs.first else { return nil }
          value = input
        default: return nil
        }
      }
      return nil
    }
  }
}
