import SymbolicIntegers
import Testing

@Suite("Signs of sizes")
struct SignTests {
  @Test(
    "seen to be at least zero",
    arguments: [
      "0", "7", "H", "H - 1", "3*H*W - 2*H", "H*W - H - W + 1", "floor((H+31)/32) - 1", "64*H - 2*floor((H+1)/2)*0",
      "6144*N*h*w - 256*N*h*w - 256*N", "max(0, H - 9)", "H^2 - H",
    ])
  func seen(text: String) throws {
    #expect(try Dimension(parsing: text).isNonNegativeForSizes)
  }

  @Test(
    "not seen, for it is not so somewhere", arguments: ["-1", "H - 2", "H - W", "floor(H/2) - 1", "1 - H", "H - W*W"])
  func unseen(text: String) throws {
    #expect(!(try Dimension(parsing: text).isNonNegativeForSizes))
  }

  @Test("what is seen holds for sizes up to 6")
  func holds() throws {
    var count = 0
    for a in -3...3 {
      for b in -3...3 {
        for c in -3...3 {
          let text = "\(a)*H*W + \(b)*floor((H+1)/2) + \(c)*max(H, 2*W - 3) + \(a + b - c)"
          let dimension = try Dimension(parsing: text)
          guard dimension.isNonNegativeForSizes else { continue }
          count += 1
          for h in 1...6 {
            for w in 1...6 {
              let bindings = [try #require(Symbol("H")): h, try #require(Symbol("W")): w]
              #expect(try dimension.evaluated(with: bindings) >= 0, "\(text)")
            }
          }
        }
      }
    }
    #expect(count > 50)
  }
}
