import Foundation
import TestSupport
import Testing

@Suite("convscope train-cost")
struct TrainCostCommandTests {
  private static let imagenet = ["--images", "1281167"]

  @Test(arguments: [
    ("train-cost-resnet50.txt", ["resnet50"] + imagenet + ["--epochs", "90", "--batch", "256"]),
    (
      "train-cost-efficientnet_v2_s.md",
      ["efficientnet_v2_s"] + imagenet + [
        "--schedule", "Examples/schedules/efficientnetv2_s.yaml", "--hardware", "Examples/hardware/google_tpu_v3.yaml",
        "--devices", "16", "--precision", "bf16", "--by", "model", "--format", "markdown",
      ]
    ),
    (
      "train-cost-resnet50-fixres.txt",
      ["resnet50"] + imagenet + [
        "--schedule", "Examples/schedules/fixres_resnet50.yaml", "--hardware",
        "Examples/hardware/nvidia_v100_sxm2_32gb.yaml", "--exact",
      ]
    ),
    (
      "train-cost-resnet18-frozen.json",
      [
        "resnet18", "--images", "2000", "--epochs", "10", "--batch", "32", "--freeze", "stem..layer3", "--classes",
        "10",
        "--hardware", "Examples/hardware/nvidia_rtx_4090.yaml", "--by", "stage", "--format", "json",
      ]
    ),
    (
      "train-cost-efficientnet_b7.csv",
      ["efficientnet_b7"] + imagenet + ["--epochs", "350", "--batch", "4096", "--format", "csv"]
    ),
    (
      "train-cost-lenet5-layer.csv",
      [
        "lenet5", "--images", "60000", "--epochs", "20", "--batch", "1", "--optimizer", "sgd", "--convention",
        "all-operations", "--by", "layer", "--format", "csv",
      ]
    ),
  ])
  func outputIsTheCommittedOne(name: String, arguments: [String]) throws {
    let outcome = try convscope(["train-cost"] + arguments)
    #expect(outcome.status == 0)
    #expect(outcome.standardError == "")
    try expectSnapshot(outcome.standardOutput, name)
  }

  private func document(_ arguments: String...) throws -> [String: Any] {
    let outcome = try convscope(["train-cost"] + arguments + ["--format", "json"])
    #expect(outcome.status == 0, "\(outcome.standardError)")
    return try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8)) as? [String: Any])
  }

  @Test("keys, and totals that add up, with integers above 64 bits in full")
  func keys() throws {
    let b7 = try convscope(
      "train-cost", "efficientnet_b7", "--images", "1281167", "--epochs", "350", "--batch", "4096", "--format", "json")
    // 448,408,450 images of 37,745,884,192 multiply-accumulates: 1.69 * 10^19, more than 2^63.
    #expect(b7.standardOutput.contains("\"forward\" : 16925573424414222400"), "\(b7.standardOutput.prefix(2000))")
    let small = try document("resnet18", "--images", "100", "--epochs", "2", "--batch", "64")
    let operations = try #require(small["operations"] as? [String: Any])
    let parts = ["forward", "inputGradients", "weightGradients", "optimizer"].compactMap { operations[$0] as? Int }
    #expect(parts.count == 4 && parts.reduce(0, +) == operations["total"] as? Int)
    #expect(small["imagesSeen"] as? Int == 200 && small["steps"] as? Int == 4)
    #expect(small["schema"] as? String == "convscope.train-cost/1")
    #expect(small["estimate"] == nil && small["groups"] == nil)
  }

  @Test("classes are a setting, and a frozen backbone trains only the head")
  func transfer() throws {
    let head = try document(
      "resnet50", "--images", "1000", "--epochs", "1", "--batch", "10", "--freeze", "stem..layer4", "--classes", "10")
    let phase = try #require((head["phases"] as? [[String: Any]])?.first)
    #expect(phase["trainedParameters"] as? Int == 2048 * 10 + 10)
    let operations = try #require(phase["operations"] as? [String: Any])
    #expect(operations["inputGradients"] as? Int == 0)
    #expect(operations["weightGradients"] as? Int == 1000 * 2048 * 10)
  }

  @Test("an ONNX file and a description are trained like built-in networks")
  func files() throws {
    for model in ["Examples/architectures/small_resnet.yaml", "Examples/onnx/small_resnet.onnx"] {
      let file = try document(model, "--images", "1000", "--epochs", "1", "--batch", "10")
      let operations = try #require(file["operations"] as? [String: Any])
      #expect(operations["perForward"] as? Double ?? 0 > 2)
    }
  }

  @Test(
    "mistakes are told in a sentence",
    arguments: [
      (["--epochs", "1", "--batch", "1"], "--images: say how many images the data set has"),
      (["--images", "10"], "--epochs: say how long to train"),
      (["--images", "10", "--epochs", "1"], "training has no batch size: give one with --batch"),
      (["--images", "0", "--epochs", "1"], "--images 0: a data set has at least 1 image"),
      (["--images=-5", "--epochs", "1"], "--images -5: a data set has at least 1 image"),
      (["--images", "10", "--epochs", "0", "--batch", "1"], "--epochs 0: write a number above 0"),
      (["--images", "10", "--epochs=-1", "--batch", "1"], "--epochs -1: write a number above 0"),
      (["--images", "10", "--epochs", "nan", "--batch", "1"], "--epochs nan: write a number above 0"),
      (["--images", "10", "--epochs", "1", "--batch", "0"], "--batch 0: a batch has from 1 to 4294967296 images"),
      (["--images", "9223372036854775807", "--epochs", "9", "--batch", "1"], "images in 9.0 epochs are more than"),
      (
        ["--images", "9000000000", "--epochs", "1", "--batch", "4294967296", "--input", "1x3x40000x40000"],
        "overflows 64-bit integers"
      ),
      (
        ["--images", "10", "--epochs", "1", "--batch", "1", "--freeze", "stage9"],
        "--freeze: resnet18: there is no stage or layer 'stage9': the stages are stem, layer1"
      ),
      (
        ["--images", "10", "--epochs", "1", "--batch", "1", "--freeze", "layer4..layer1"],
        "'layer1' ends before 'layer4' begins"
      ),
      (
        ["--images", "10", "--epochs", "1", "--batch", "1", "--freeze", "stem..head"],
        "every parameter is frozen, so nothing is left to train"
      ),
      (
        ["--images", "10", "--epochs", "1", "--batch", "1", "--convention", "thop"],
        "thop is the definition of a forward pass"
      ),
      (
        ["--images", "10", "--epochs", "1", "--batch", "1", "--devices", "2"], "--devices says something about a device"
      ),
      (["--images", "10", "--schedule", "missing.yaml"], "missing.yaml: cannot be read: No such file or directory"),
      (
        ["--images", "10", "--epochs", "1", "--batch", "1", "--classes", "0"], "--classes 0: there is at least 1 class"
      ),
      (
        [
          "--images", "10", "--epochs", "1", "--batch", "1", "--hardware", "Examples/hardware/google_tpu_v3.yaml",
        ], "Google TPU v3 chip states no peak for float32: choose with --peak among bfloat16"
      ),
      (
        ["--images", "10", "--epochs", "1", "--batch", "1", "--input", "1x3xHxH"], "symbol H has no value"
      ),
    ])
  func mistakes(arguments: [String], message: String) throws {
    let outcome = try convscope(["train-cost", "resnet18"] + arguments)
    #expect(outcome.status != 0)
    #expect(outcome.standardOutput == "")
    #expect(outcome.standardError.hasPrefix("convscope: "))
    #expect(outcome.standardError.contains(message), "\(outcome.standardError)")
    #expect(outcome.standardError.split(separator: "\n").count == 1)
  }

  @Test("a schedule's line is named, and a missing fit is said with the micro-batch that fits")
  func placesAndFits() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: "wrong.yaml").path
    try "name: wrong\nphases:\n  - epochs: many\n".write(toFile: path, atomically: true, encoding: .utf8)
    let wrong = try convscope("train-cost", "resnet18", "--images", "10", "--schedule", path)
    #expect(wrong.standardError.contains("wrong.yaml:3:13: 'epochs' of phase 1 must be a number above 0"))
    let fits = try convscope(
      "train-cost", "resnet50", "--images", "1281167", "--epochs", "90", "--batch", "4096", "--hardware",
      "Examples/hardware/nvidia_rtx_4090.yaml")
    #expect(fits.standardOutput.contains("4,096 images need "))
    #expect(fits.standardOutput.contains("micro-batches of at most "))
  }
}
