import Foundation
import TestSupport
import Testing

/// `convscope run`, `bench` and `verify`.
@Suite struct ExecutionCommandTests {
  @Test func aRunOnPlainLoopsIsTheCommittedOne() throws {
    let outcome = try convscope("run", "lenet5_modern", "--backend", "reference", "--top", "3")
    #expect(outcome.status == 0)
    try expectSnapshot(outcome.standardOutput, "run-lenet5_modern.txt")
  }

  @Test func outputsComeAsJSONAndAsAnArray() throws {
    let folder = try TemporaryFolder()
    let outcome = try convscope(
      [
        "run", "squeezenet1_1", "--backend", "reference", "--input", "1x3x64x64", "--format", "json", "-o", "y.npy",
        "--dump-layer", "features.0",
      ],
      in: folder.url)
    #expect(outcome.status == 0, "\(outcome.standardError)")
    let document = try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8)) as? [String: Any]
    let output = try #require((document?["outputs"] as? [[String: Any]])?.first)
    #expect(output["name"] as? String == "output")
    #expect(output["shape"] as? [Int] == [1, 1000])
    #expect((output["values"] as? [Double])?.count == 1000)
    #expect(try folder.files.sorted() == ["features.0.npy", "y.npy"])
  }

  /// What is exported and read back computes the same, and another network does not.
  @Test func anExportedModelComputesWhatTheNetworkDoes() throws {
    let folder = try TemporaryFolder()
    func run(_ arguments: String...) throws -> Int32 {
      let outcome = try convscope(arguments, in: folder.url)
      return outcome.status
    }
    let weights = ["--weights", "synthetic:1.5"]
    #expect(try convscope(["export", "shufflenet_v2_x0_5", "-o", "x.onnx"] + weights, in: folder.url).status == 0)
    let input = ["--input", "1x3x64x64"]
    let sizes = ["run", "shufflenet_v2_x0_5", "--backend", "reference", "-o", "y.npy"] + weights
    #expect(try convscope(sizes, in: folder.url).status == 0)
    #expect(try run("verify", "x.onnx", "--expected", "y.npy") == 0)
    #expect(try convscope(["run", "shufflenet_v2_x0_5", "-o", "z.npy"] + input, in: folder.url).status == 0)
    #expect(try run("verify", "x.onnx", "--expected", "z.npy") == 1)
  }

  @Test func timesComeAsJSON() throws {
    let outcome = try convscope(
      "bench", "lenet5_modern", "--repetitions", "3", "--threads", "2", "--format", "json", "--profile")
    #expect(outcome.status == 0, "\(outcome.standardError)")
    let document = try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8)) as? [String: Any]
    let result = try #require((document?["results"] as? [[String: Any]])?.first)
    #expect(result["model"] as? String == "lenet5_modern")
    #expect(result["threads"] as? Int == 2)
    let minimum = try #require(result["minimumMilliseconds"] as? Double)
    let median = try #require(result["medianMilliseconds"] as? Double)
    #expect(minimum > 0 && minimum <= median)
  }

  @Test func verificationComesAsJSON() throws {
    let outcome = try convscope("verify", "lenet5_modern", "resnet18", "--quick", "--format", "json")
    #expect(outcome.status == 0, "\(outcome.standardOutput)")
    let document = try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8)) as? [String: Any]
    #expect(document?["holds"] as? Bool == true)
    #expect((document?["networks"] as? [[String: Any]])?.count == 2)
  }

  @Test(
    arguments: [
      (["run", "resnet5"], 64, "unknown model 'resnet5'"),
      (["run", "resnet18", "--weights", "none.safetensors"], 66, "none.safetensors"),
      (["run", "resnet18", "--weights", "synthetic:-1"], 64, "the gain is a positive number"),
      (["run", "resnet18", "--input", "none.npy"], 66, "none.npy"),
      (["run", "resnet18", "--weights", "/dev/null"], 65, "is not a regular file"),
      (["run", "resnet18", "--input", "1x3xHxW"], 64, "a run needs numbers"),
      (["run", "resnet18", "--input", "3x4"], 64, "takes 4 axes"),
      (["run", "resnet18", "--input", "1x3x9000000x9000000"], 64, "no tensor can have the shape"),
      (["run", "lenet5_modern", "--dump-layer", "nothing"], 64, "has no layer of that name"),
      (["run", "lenet5_modern", "--threads", "0"], 65, "0 threads cannot be had"),
      (["run", "lenet5_modern", "--top", "-1"], 64, "top"),
      (["bench", "lenet5_modern", "--repetitions", "0"], 64, "at least one run is timed"),
      (["verify"], 64, "give a model, or --all"),
      (["verify", "resnet18", "--all"], 64, "--all stands for models"),
      (["verify", "lenet5_modern", "--expected", "none.npy"], 66, "none.npy"),
    ] as [([String], Int32, String)])
  func wrongInputIsExplained(arguments: [String], status: Int32, sentence: String) throws {
    let folder = try TemporaryFolder()
    let outcome = try convscope(arguments, in: folder.url)
    #expect(outcome.status == status, "\(outcome.standardError)")
    #expect(outcome.standardError.contains(sentence), "\(outcome.standardError)")
    #expect(outcome.standardOutput == "")
    #expect(try folder.files.isEmpty)
  }

  @Test(
    arguments: [
      ("--weights", [0x80, 0x02, 0x7d, 0x71], "torch"),
      ("--weights", Array("P6 1 1 255 abc".utf8), "expected weights in safetensors or ONNX form"),
      ("--input", [0x80, 0x02, 0x7d, 0x71], "torch"),
    ] as [(String, [UInt8], String)])
  func filesOfOtherKindsAreNamed(option: String, bytes: [UInt8], sentence: String) throws {
    let folder = try TemporaryFolder()
    try Data(bytes).write(to: folder.url.appendingPathComponent("given.pth"))
    let outcome = try convscope(["run", "resnet18", option, "given.pth"], in: folder.url)
    #expect(outcome.status == 65, "\(outcome.standardError)")
    #expect(outcome.standardError.contains(sentence), "\(outcome.standardError)")
  }
}

/// Where ONNX's back-end tests are, if they are there.
private enum ONNXTests {
  static let folder = URL(
    filePath: ProcessInfo.processInfo.environment["CONVSCOPE_ONNX_FILES"]
      ?? Golden.packageRoot.deletingLastPathComponent().appending(path: "shared/reference/onnx").path()
  ).appending(path: "node")
  static let exist = FileManager.default.fileExists(atPath: folder.path())
}

/// ONNX's own back-end tests, where the folder of reference files is.
@Suite(.enabled(if: ONNXTests.exist, "no ONNX back-end tests; set CONVSCOPE_ONNX_FILES to a folder of them"))
struct ONNXTestFolders {
  /// Operators, outputs of operators and types that the graph does not have.
  static let unsupported: Set = [
    "test_convinteger_with_padding", "test_convinteger_without_padding", "test_identity_opt",
    "test_maxpool_with_argmax_2d_precomputed_pads", "test_maxunpool_export_with_output_shape",
    "test_maxunpool_export_without_output_shape", "test_resize_downsample_scales_linear_half_pixel_symmetric",
    "test_resize_upsample_scales_linear_half_pixel_symmetric",
  ]

  @Test func allButTheListedPassOnBothBackEnds() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: ONNXTests.folder.path()).sorted()
    let outcome = try convscope(
      ["verify", "--format", "json", "--onnx-test"] + names.map { ONNXTests.folder.appending(path: $0).path() })
    let document = try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8)) as? [String: Any]
    let tests = try #require(document?["tests"] as? [[String: Any]])
    #expect(tests.count == names.count)
    for test in tests {
      let name = test["name"] as? String ?? ""
      let isExpected = Self.unsupported.contains(name) || Self.isStatistic(name) || Self.isEmptyTensor.contains(name)
      let outcome = test["outcome"] as? String
      let expected = isExpected ? "unsupported" : Self.failing.contains(name) ? "fail" : "pass"
      #expect(outcome == expected, "\(name): \(test["detail"] ?? "")")
    }
  }

  /// What the graph does not keep yet: the rounding of nearest resizing, the factor behind aligned corners, and averages
  /// that count beyond the padding.
  static let failing: Set = [
    "test_resize_downsample_scales_linear_align_corners",
    "test_averagepool_3d_dilations_large_count_include_pad_is_1_ceil_mode_is_True",
    "test_resize_upsample_sizes_nearest_ceil_half_pixel", "test_resize_upsample_sizes_nearest_floor_align_corners",
    "test_resize_upsample_sizes_nearest_round_prefer_ceil_asymmetric",
  ]

  /// Layer normalisation's second and third output, which only training reads.
  private static func isStatistic(_ name: String) -> Bool { name.hasPrefix("test_layer_normalization_") }

  /// A graph's inputs have no empty axis.
  static let isEmptyTensor: Set = [
    "test_reduce_mean_default_axes_keepdims_example", "test_reduce_sum_default_axes_keepdims_example",
    "test_reduce_sum_default_axes_keepdims_random", "test_reduce_sum_empty_axes_input_noop_example",
    "test_reduce_sum_empty_set_non_reduced_axis_zero", "test_reduce_sum_square_default_axes_keepdims_example",
    "test_reduce_sum_square_empty_set", "test_reshape_allowzero_reordered", "test_split_zero_size_splits_opset13",
  ]
}
