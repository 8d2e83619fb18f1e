import NetworkGraph
import SymbolicIntegers
import Testing

@Suite("Convolutions over any number of axes")
struct ConvolutionTests {
  private func specs(_ operation: some OperatorSemantics, _ input: Shape) -> [String] {
    operation.parameters(for: [TensorType(input)]).map { "\($0.name) \($0.shape)" }
  }

  @Test("one axis: shapes, weights and work")
  func oneAxis() {
    let convolution = Convolution(
      outputChannels: 8, window: Window(rank: 1, kernel: 5, stride: 2, padding: 2), groups: 2)
    #expect(shape(convolution, [3, 4, 100]) == [3, 8, 50])
    #expect(specs(convolution, [3, 4, 100]) == ["weight 8x2x5", "bias 8"])
    let work = convolution.arithmetic(for: [TensorType([3, 4, 100])], producing: [TensorType([3, 8, 50])])
    #expect(work.multiplyAdds.constant == 3 * 8 * 50 * 2 * 5)
    #expect(work.biasAdditions.constant == 3 * 8 * 50)
  }

  @Test("three axes with a setting each: shapes, weights and work")
  func threeAxes() {
    let window = Window(rank: 3, kernel: [1, 3, 5], stride: [1, 2, 1], padding: [0, 1, 2], dilation: [1, 1, 2])
    let convolution = Convolution(outputChannels: 6, window: window, bias: false)
    // torch.nn.Conv3d of these settings gives 2x6x7x4x5.
    #expect(shape(convolution, [2, 3, 7, 8, 9]) == [2, 6, 7, 4, 5])
    #expect(specs(convolution, [2, 3, 7, 8, 9]) == ["weight 6x3x1x3x5"])
    let work = convolution.arithmetic(for: [TensorType([2, 3, 7, 8, 9])], producing: [TensorType([2, 6, 7, 4, 5])])
    #expect(work.multiplyAdds.constant == 2 * 6 * 7 * 4 * 5 * 3 * 15)
    #expect(work.biasAdditions == 0)
  }

  @Test("a transposed convolution's weight has the input channels first")
  func transposedWeight() {
    let transposed = TransposedConvolution(
      outputChannels: 12, window: Window(rank: 2, kernel: 3, stride: 2, padding: 1), outputPadding: 1, groups: 4)
    #expect(specs(transposed, [1, 8, 16, 16]) == ["weight 8x3x3x3", "bias 12"])
    #expect(shape(transposed, [1, 8, 16, 16]) == [1, 12, 32, 32])
  }

  @Test("groups must divide both channel counts")
  func groups() {
    let window = Window(rank: 1, kernel: 1)
    #expect(shape(Convolution(outputChannels: 4, window: window, groups: 3), [1, 6, 5]) == nil)
    #expect(shape(Convolution(outputChannels: 6, window: window, groups: 3), [1, 4, 5]) == nil)
    #expect(shape(Convolution(outputChannels: 6, window: window, groups: 0), [1, 4, 5]) == nil)
    #expect(shape(Convolution(outputChannels: 6, window: window, groups: -2), [1, 4, 5]) == nil)
    #expect(shape(Convolution(outputChannels: 6, window: window, groups: 2), [1, 4, 5]) == [1, 6, 5])
    // As many groups as channels, whatever their number: a depthwise convolution of symbolic width.
    let c = Dimension.symbol("c")
    #expect(shape(Convolution(outputChannels: c, window: window, groups: c), [1, c, 5]) == [1, c, 5])
    #expect(shape(Convolution(outputChannels: 2 * c, window: window, groups: c), [1, c, 5]) == [1, 2 * c, 5])
    #expect(shape(Convolution(outputChannels: 4, window: window, groups: c), [1, c, 5]) == nil)
  }

  @Test("output channels must be positive")
  func outputChannels() {
    let window = Window(rank: 1, kernel: 1)
    for channels: Dimension in [0, -4] {
      #expect(shape(Convolution(outputChannels: channels, window: window), [1, 6, 5]) == nil)
      #expect(shape(TransposedConvolution(outputChannels: channels, window: window), [1, 6, 5]) == nil)
      #expect(shape(Linear(outputFeatures: channels), [1, 6]) == nil)
    }
  }

  @Test("a weight computed by the network must fit, and replaces the operator's own")
  func computedWeight() {
    let convolution = Convolution(outputChannels: 4, window: Window(rank: 2, kernel: 3), groups: 2)
    #expect(shape(convolution, [1, 6, 5, 5], [4, 3, 3, 3]) == [1, 4, 3, 3])
    #expect(shape(convolution, [1, 6, 5, 5], [4, 6, 3, 3]) == nil)
    #expect(convolution.parameters(for: [TensorType([1, 6, 5, 5]), TensorType([4, 3, 3, 3])]).isEmpty)
  }

  @Test("the rank of the input must be that of the window")
  func rank() {
    let convolution = Convolution(outputChannels: 4, window: Window(rank: 2, kernel: 3))
    #expect(shape(convolution, [1, 3, 5]) == nil)
    #expect(shape(convolution, [1, 3, 5, 5, 5]) == nil)
    #expect(shape(convolution, []) == nil)
    #expect(shape(Pool(.maximum, window: Window([])), []) == nil)
  }
}
