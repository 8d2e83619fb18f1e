import SymbolicIntegers
import Testing

@Suite struct DominanceTests {
  private let formulas = [
    "H*W", "H*W + 1", "3*floor((H+1)/2)*W", "H^2", "floor((H+3)/4)*floor((W+3)/4)*16", "H*W - 5*H", "12*H + 7",
    "floor(H/2)*floor(W/2)*4", "max(H, W)", "max(0, floor((H+15)/16) - 2*floor((H+31)/32))*W", "40", "H + W",
    "max(H - 3, 2*floor(H/2))", "floor((H+30)/32) + 2",
  ]

  /// What is claimed for all sizes holds at all small ones.
  @Test func aClaimHoldsAtEverySize() throws {
    let (h, w) = (try #require(Symbol("H")), try #require(Symbol("W")))
    let dimensions = try formulas.map { try Dimension(parsing: $0) }
    var claims = 0
    for minimum in [1, 4, 32] {
      // One comparison tells nothing to the next.
      var dominance = Dominance(from: [h: minimum, w: minimum])
      for left in dimensions {
        for right in dimensions {
          let isClaimed = dominance.isAtLeast(left, right)
          #expect(isClaimed == left.isAtLeast(right, from: dominance.minimums))
          guard isClaimed else { continue }
          claims += 1
          for height in minimum..<minimum + 40 {
            for width in minimum..<minimum + 40 {
              let sizes = [h: height, w: width]
              #expect(
                try left.evaluated(with: sizes) >= right.evaluated(with: sizes), "\(left) and \(right) at \(sizes)")
            }
          }
        }
      }
    }
    #expect(claims > 3 * formulas.count)
  }

  @Test func whatIsPlainlyLargerIsFoundToBe() throws {
    let (h, w) = (try #require(Symbol("H")), try #require(Symbol("W")))
    func isAtLeast(_ left: String, _ right: String, _ minimum: Int) throws -> Bool {
      try Dimension(parsing: left).isAtLeast(Dimension(parsing: right), from: [h: minimum, w: minimum])
    }
    #expect(try isAtLeast("H*W", "H*W", 1))
    #expect(try isAtLeast("H*W", "2*floor((H+3)/4)*W", 4))
    #expect(try isAtLeast("H*W + H", "H*W + max(0, floor((H+15)/16) - 2*floor((H+31)/32))", 4))
    #expect(try !isAtLeast("H*W", "H*W + 1", 1))
    #expect(try !isAtLeast("H", "W", 1))
    #expect(try !isAtLeast("H^9999", "H", 1))
  }
}
