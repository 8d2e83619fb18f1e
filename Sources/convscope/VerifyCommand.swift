import Architectures
import ArgumentParser
import Execution
import NetworkGraph
import Reports
import SymbolicIntegers
import Tensors

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Run networks and hold every number of the analyses to what the run did.",
    discussion: """
      Shapes, parameters, multiply-accumulates, memory and receptive field are compared with what kernels wrote, \
      allocated, multiplied and read. Exit status 0 where all holds, 1 where something does not.

      NaN and infinities are computed with as any other value, never replaced, and told. Where tensors are compared, they \
      must be the same on both sides, NaN for NaN; they count in no distance. Weights that follow from names (no \
      --weights) are made smaller, and that is told, for a network that they take out of the range of float32.
      """)

  @Argument(help: "Built-in networks, ONNX files or descriptions in YAML.")
  var models: [String] = []

  @Flag(name: .long, help: "Every built-in network.")
  var all = false

  @Flag(name: .long, help: "Small inputs in place of the networks' own, so that many networks take minutes.")
  var quick = false

  @OptionGroup var execution: ExecutionOptions

  @Option(
    name: .long, help: ArgumentHelp("The first output as it must be, as an array of NumPy.", valueName: "file.npy"))
  var expected: String?

  @Option(name: .long, help: "The largest relative distance of the outputs to the expected ones.")
  var tolerance = 1e-4

  @Option(
    name: .long, parsing: .upToNextOption,
    help: ArgumentHelp(
      "Run folders in the layout of ONNX's back-end tests (model.onnx, test_data_set_*) on both back ends instead. A folder "
        + "that is not there or damaged fails.",
      valueName: "folder"))
  var onnxTest: [String] = []

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try CommandOutput.check(output.output)
    guard onnxTest.isEmpty else { return try runTests() }
    guard models.isEmpty == all else {
      throw CommandFailure(.usage, all ? "--all stands for models, but some are given" : "give a model, or --all")
    }
    guard tolerance > 0 else { throw CommandFailure(.usage, "--tolerance \(tolerance): a tolerance is positive") }
    if expected != nil, models.count != 1 {
      throw CommandFailure(
        .usage, "--expected is the output of one model, but there are \(all ? "all" : "\(models.count)")")
    }
    let networks = try await VerificationBatch(tolerance: tolerance, lowersGain: execution.weights == nil)
      .networks(all ? Catalog.entries.map(\.name) : models, run: run)
    try output.write(.verification(networks))
    if !networks.allSatisfy(\.holds) { throw ExitCode(1) }
  }

  private func runTests() throws {
    guard models.isEmpty, !all, expected == nil else {
      throw CommandFailure(.usage, "--onnx-test takes folders in place of models")
    }
    var progress = Progress()
    var results: [ONNXTestResult] = []
    for path in onnxTest {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      progress.show(name)
      switch ONNXTestFolder(path: path).outcome() {
      case .pass(let error): results.append(ONNXTestResult(name: name, outcome: .pass, detail: "", worstError: error))
      case .fail(let reason): results.append(ONNXTestResult(name: name, outcome: .fail, detail: reason))
      case .unsupported(let reason): results.append(ONNXTestResult(name: name, outcome: .unsupported, detail: reason))
      }
    }
    progress.finish()
    try output.write(.onnxTests(results))
    if results.contains(where: { $0.outcome == .fail }) { throw ExitCode(1) }
  }

  /// The network at its own size, or at the first small one that it takes.
  private func run(of name: String) throws -> ExecutionOptions.Run {
    var result: ExecutionOptions.Run?
    if quick, execution.input.isEmpty {
      for sides in QuickSides.all {
        var small = execution
        small.input = ["1x3x\(sides.height)x\(sides.width)"]
        result = try? small.run(of: name)
        if result != nil { break }
      }
    }
    var run = try result ?? execution.run(of: name)
    if let expected {
      let tensor = try GivenInput.tensor(expected, option: "--expected")
      run.expected = tensor
    }
    return run
  }
}

/// Small inputs, those that divide badly first: sides that are odd, unequal, then multiples that windows ask for.
enum QuickSides {
  static let all = [
    (67, 81), (64, 96), (64, 64), (75, 75), (56, 56), (112, 112), (96, 96), (128, 128), (160, 160), (224, 224),
  ].map { (height: $0.0, width: $0.1) }
}
