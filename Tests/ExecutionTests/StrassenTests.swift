import Execution
import NetworkGraph
import SymbolicIntegers
import Tensors
import Testing

/// Products of every pixel's channels with one matrix, of which seven of halves are computed for eight.
@Suite("Strassen's algorithm")
struct StrassenTests {
  /// Whether a layer is one of those whose products are halved.
  private func isHalved(_ step: (kernel: String, rule: String, nodes: [Node])) -> Bool {
    step.kernel.hasSuffix("Strassen")
  }

  @Test("halved products = plain loops", arguments: InstructionSet.available)
  func halvedProductsEqualTheirTwins(_ set: InstructionSet) throws {
    var dice = Dice(7)
    // Channels within a block, odd numbers of blocks, one slice and more, zero to three blocks of outputs that complete the
    // last panel; odd maps.
    for (inputs, outputs) in [(190, 256), (190, 309), (328, 300), (520, 296), (392, 528), (520, 544), (1100, 440)] {
      let (batch, height, width) = (dice.pick([1, 3]), dice.pick([8, 9, 15]), dice.pick([13, 15, 23]))
      let graph = try network([[batch, inputs, height, width]]) {
        let wide = $0[0].conv("first", .init(inputs), kernel: 1).relu()
        return (wide.conv("halved", .init(outputs), kernel: 1) + wide.conv("added", .init(outputs), kernel: 1))
          .activation(.silu, "silu")
      }
      let state = try ModelState(graph, from: SyntheticTensors())
      let steps = try NativeExecutor(graph, state: state, instructionSet: set).steps
      let halved = steps.filter(isHalved).flatMap(\.nodes).map(\.name)
      #expect(halved.contains("halved") && halved.contains("added"), "\(inputs) to \(outputs): \(steps.map(\.kernel))")
      let (native, reference) = try twins(graph, set)
      #expect(relativeError(native, reference) <= 2e-6, "\(inputs) to \(outputs), \(height) x \(width), \(set)")
    }
  }

  @Test("equal weights give equal outputs, however large", arguments: InstructionSet.available)
  func equalWeightsGiveEqualOutputs(_ set: InstructionSet) throws {
    let graph = try network([[1, 512, 13, 13]]) { $0[0].conv("classes", 1000, kernel: 1, bias: false) }
    let others = try ModelState(graph, from: SyntheticTensors())
    #expect(try NativeExecutor(graph, state: others, instructionSet: set).steps.contains(where: isHalved))
    let weights = try ["classes.weight": Tensor([1000, 512, 1, 1], Array(repeating: 0.3, count: 512_000))]
    let executor = try NativeExecutor(
      graph, state: try ModelState(graph, from: weights), instructionSet: set)
    let input = try SyntheticTensors.input([1, 512, 13, 13], name: "input0").values.map { $0 * 7.7e12 }
    let output = try executor.run([Tensor([1, 512, 13, 13], input)])[0].values
    #expect(output.indices.allSatisfy { output[$0] == output[$0 % 169] })
  }

  @Test("rows of features are summed as they stand: rows of zeros stay zeros", arguments: InstructionSet.available)
  func rowsOfZerosStayZeros(_ set: InstructionSet) throws {
    let graph = try network([[1, 77, 320]]) { $0[0].linear("wide", 512, bias: false) }
    let executor = try NativeExecutor(
      graph, state: try ModelState(graph, from: SyntheticTensors()), instructionSet: set)
    #expect(!executor.steps.contains(where: isHalved))
    var rows = try SyntheticTensors.input([1, 77, 320], name: "input0").values
    for index in 40 * 320..<rows.count { rows[index] = 0 }
    let output = try executor.run([Tensor([1, 77, 320], rows)])[0].values
    #expect(output[..<(40 * 512)].contains { $0 != 0 })
    #expect(output[(40 * 512)...].allSatisfy { $0 == 0 })
  }

  @Test("the number of threads changes no bit") func threadsChangeNoBit() throws {
    let graph = try network([[1, 640, 13, 17]]) { $0[0].conv("halved", 704, kernel: 1) }
    let one = try twins(graph, .portable, threads: 1).native
    for threads in [2, 3, 8] { #expect(try twins(graph, .portable, threads: threads).native == one) }
  }

  @Test("few channels, few pixels and the direct method have every product of the definition")
  func smallProductsAreNotHalved() throws {
    func halved(_ channels: [Int], side: Int, _ method: ConvolutionMethod = .auto) throws -> Bool {
      let graph = try network([[1, channels[0], side, side]]) {
        $0[0].conv("layer", .init(channels[1]), kernel: 1)
      }
      let state = try ModelState(graph, from: SyntheticTensors())
      return try NativeExecutor(graph, state: state, convolution: method).steps.contains(where: isHalved)
    }
    #expect(try halved([512, 512], side: 14))
    #expect(try !halved([512, 512], side: 3))
    #expect(try !halved([512, 64], side: 14))
    #expect(try !halved([64, 512], side: 14))
    #expect(try !halved([512, 512], side: 14, .direct))
  }
}
