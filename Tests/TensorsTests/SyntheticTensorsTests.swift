import Testing

@testable import Tensors

@Suite("Synthetic tensors")
struct SyntheticTensorsTests {
  /// Printed by an implementation in Python of the same definition.
  @Test(arguments: [
    ("", [0.9153467416763306, 0.5273890495300293, -0.8746078014373779, -0.3377794027328491]),
    ("a", [-0.9784930944442749, -0.25653815269470215, 0.9962445497512817, 0.9842129945755005]),
  ])
  func uniformNumbersFollowFromTheName(name: String, expected: [Float]) {
    #expect(SyntheticTensors.values(of: name, count: expected.count) { $0 } == expected)
  }

  @Test func theNameSaysWhatANumberIsScaledBy() throws {
    func first(_ name: String, _ shape: [Int], gain: Double = 1) throws -> (value: Float, uniform: Double) {
      let tensor = try #require(try SyntheticTensors(gain: gain).tensor(named: name, shape: shape))
      return (tensor.values[0], Double(SyntheticTensors.values(of: name, count: 1) { $0 }[0]))
    }
    let weight = try first("conv.weight", [8, 3, 2, 2], gain: 1.5)
    #expect(weight.value == Float(weight.uniform * (1.5 * (3.0 / 12).squareRoot())))
    let norm = try first("bn.weight", [8])
    #expect(norm.value == Float(1 + 0.1 * norm.uniform))
    let variance = try first("bn.running_var", [8])
    #expect(variance.value == Float(1 + 0.1 * abs(variance.uniform)))
    let bias = try first("fc.bias", [8])
    #expect(bias.value == Float(0.1 * bias.uniform))
    let scale = try first("block.layer_scale", [8, 1, 1])
    #expect(scale.value == Float(0.5 + 0.1 * scale.uniform))
  }
}

@Suite("Tensors")
struct TensorTests {
  @Test func valuesAreAsManyAsTheShapeSays() throws {
    #expect(try Tensor([2, 3], [1, 2, 3, 4, 5, 6]).values.count == 6)
    #expect(throws: TensorError.elementCount(shape: [2, 3], found: 5)) { try Tensor([2, 3], [1, 2, 3, 4, 5]) }
    #expect(throws: TensorError.size(shape: [-1])) { try Tensor([-1], []) }
  }

  @Test func noShapeOverflows() throws {
    let axes = Array(repeating: 1, count: Tensor.axisLimit + 1)
    #expect(throws: TensorError.size(shape: axes)) { try Tensor(axes, [0]) }
    #expect("\(TensorError.size(shape: axes))" == "no tensor can have the shape 1x1x1x1x... (65 axes)")
    #expect(throws: TensorError.size(shape: [Int.max, 2])) { try Tensor.elementCount(of: [Int.max, 2]) }
    #expect(throws: TensorError.size(shape: [0, Int.max, 3])) { try Tensor.elementCount(of: [0, Int.max, 3]) }
    #expect(try Tensor.elementCount(of: [0, 5]) == 0)
    #expect(try Tensor.elementCount(of: []) == 1)
  }
}
