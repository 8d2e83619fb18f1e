import CKernels
import NetworkGraph

/// What follows a sum of products: factors and offsets that fold into its weights, a residual, bounds, and the rest.
struct ProductEpilogue {
  var scale: [Double]
  var bias: [Double]
  var residual: BlockedPlace?
  var epilogue = Epilogue()

  /// - Parameter bias: by output channel.
  init(_ links: [PointLink], bias: [Double], memory: NativeMemory, lanes: Int) {
    self.bias = bias
    scale = Array(repeating: 1, count: bias.count)
    var rest = links[...]
    fold: while let link = rest.first {
      switch link {
      case .none: break
      case .perChannel(let factors, let offsets):
        guard residual == nil, factors.count == bias.count else { break fold }
        for index in factors.indices {
          scale[index] *= factors[index]
          self.bias[index] = self.bias[index] * factors[index] + offsets[index]
        }
      case .sum(let place):
        guard residual == nil else { break fold }
        residual = place
      case .clamp(let lower, let upper):
        (epilogue.lower, epilogue.upper) = (lower, upper)
        rest = rest.dropFirst()
        break fold
      case .function: break fold
      }
      rest = rest.dropFirst()
    }
    for link in rest { epilogue.append(link, memory: memory, lanes: lanes) }
  }

  var touched: [NativeStorage] { epilogue.touched + (residual.map { [$0.storage] } ?? []) }
}
