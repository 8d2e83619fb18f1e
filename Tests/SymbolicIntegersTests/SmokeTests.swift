import SymbolicIntegers
import Testing

@Test func fiveStrideTwoLayersReadAsOneBracket() {
  var side = Dimension.symbol("H")
  for (kernel, padding) in [(7, 3), (3, 1), (3, 1), (3, 1), (3, 1)] {
    side = (side + 2 * padding - kernel).floorDivided(by: 2) + 1
  }
  #expect(side.description == "floor((H+31)/32)")
}
