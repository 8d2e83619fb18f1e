import Analysis
import Foundation
import TestSupport
import Testing

@testable import ArchitectureFormat

@Suite("Training schedules and hardware in YAML")
struct TrainingFileTests {
  private static let examples = Golden.packageRoot.appending(path: "Examples")

  private func example(_ name: String) throws -> TrainingSchedule {
    try TrainingScheduleFile.schedule(contentsOf: Self.examples.appending(path: "schedules/\(name).yaml").path)
  }

  @Test("EfficientNetV2's progressive learning has the sizes and strengths of table 6, by algorithm 1")
  func progressive() throws {
    // First and last values: Tan and Le 2021, table 6; between them equal steps, sizes rounded down.
    let table: [(String, [Int], [String: [Double]])] = [
      ("efficientnetv2_s", [128, 185, 242, 300], ["randaugment": [5, 15], "mixup": [0, 0], "dropout": [0.1, 0.3]]),
      (
        "efficientnetv2_m", [128, 212, 296, 380], ["randaugment": [5, 20], "mixup": [0, 0.2], "dropout": [0.1, 0.4]]
      ),
      (
        "efficientnetv2_l", [128, 212, 296, 380], ["randaugment": [5, 25], "mixup": [0, 0.5], "dropout": [0.1, 0.5]]
      ),
    ]
    for (name, sizes, strengths) in table {
      let plan = try example(name).planned(images: 1_281_167)
      #expect(plan.map(\.resolution) == sizes)
      // 350 epochs in four stages: 87.5 each.
      #expect(plan.map(\.images).reduce(0, +) == 1_281_167 * 350)
      #expect(plan.allSatisfy { abs($0.images - 1_281_167 * 350 / 4) <= 1 && $0.batch == 4096 })
      for (key, ends) in strengths {
        let values = plan.map { phase in phase.settings.first { $0.name == key }?.first ?? -1 }
        #expect(values.first == ends[0] && abs((values.last ?? -1) - ends[1]) < 1e-12, "\(name) \(key)")
        let steps = zip(values, values.dropFirst()).map { $1 - $0 }
        #expect(steps.allSatisfy { abs($0 - (ends[1] - ends[0]) / 3) < 1e-12 })
      }
    }
  }

  @Test("ResNet strikes back trains 600, 300 and 100 epochs in batches of 2048, the last at 160 pixels")
  func strikesBack() throws {
    for (name, epochs, side) in [("a1", 600, 224), ("a2", 300, 224), ("a3", 100, 160)] {
      let plan = try example("resnet_strikes_back_\(name)").planned(images: 1000)
      #expect(plan.map(\.images) == [epochs * 1000])
      #expect(plan.map(\.resolution) == [side] && plan.map(\.batch) == [2048])
    }
  }

  @Test("every committed example can be read and says where it comes from")
  func committedExamples() throws {
    let files = FileManager.default
    for name in try files.contentsOfDirectory(atPath: Self.examples.appending(path: "schedules").path) {
      let schedule = try example(String(name.dropLast(5)))
      #expect(!schedule.source.isEmpty && !schedule.phases.isEmpty, "\(name)")
    }
    for name in try files.contentsOfDirectory(atPath: Self.examples.appending(path: "hardware").path) {
      let device = try HardwareFile.hardware(contentsOf: Self.examples.appending(path: "hardware/\(name)").path)
      #expect(!device.source.isEmpty && device.power != nil && device.utilization != nil, "\(name)")
    }
    let a100 = try HardwareFile.hardware(
      contentsOf: Self.examples.appending(path: "hardware/nvidia_a100_sxm_80gb.yaml").path)
    #expect(a100.peaks.first { $0.name == "bfloat16" }?.operationsPerSecond == 312e12)
    #expect(a100.bandwidth == 2.039e12 && a100.memory == 80_000_000_000)
  }

  @Test(
    "a schedule's mistakes are told with their place",
    arguments: [
      ("", "1:1: the schedule needs the key 'phases'"),
      ("phases: []", "1:9: 'phases' of the schedule must be a list of 1 to 256 phases, but is a list"),
      ("phases:\n- {resolution: 224}", "2:3: phase 1 needs the key 'epochs'"),
      (
        "phases:\n- {epochs: -3}",
        "2:12: 'epochs' of phase 1 must be a number above 0 and up to 1000000, with at most 6 decimals, but is '-3'"
      ),
      ("phases:\n- {epochs: 0}", "but is '0'"), ("phases:\n- {epochs: .inf}", "but is '.inf'"),
      ("phases:\n- {epochs: 1.2345678}", "but is '1.2345678'"),
      ("phases:\n- {epochs: 3, resolution: 0}", "a whole number from 1 to 100000, or two as in 128..300, but is '0'"),
      (
        "phases:\n- {epochs: 3, resolution: 128..300}",
        "'resolution' of phase 1 must be one value where the phase has one stage, but is '128..300'"
      ),
      (
        "phases:\n- {epochs: 3, stages: 2, dropout: 0.1..nan}",
        "'dropout' of phase 1 must be a number from 0 to 1000, or two as in 0.1..0.3"
      ),
      ("phases:\n- {epochs: 3, drop_out: 1}", "2:15: phase 1 has no key 'drop_out': did you mean 'dropout'?"),
      (
        "optimizer: lamb\nphases:\n- {epochs: 3}",
        "'optimizer' of the schedule must be one of sgd, momentum, adam, but is 'lamb'"
      ),
      (
        "batch: 99999999999999999999\nphases:\n- {epochs: 3}",
        "'batch' of the schedule must be a whole number from 1 to 4294967296"
      ),
      ("phases: [", "this is not YAML"), ("a: &x 1\nphases: *x", "aliases (*name) are not read here"),
      ("phases: 3", "must be a list of 1 to 256 phases, but is '3'"), ("- 1", "must be a mapping of keys to values"),
    ])
  func scheduleMistakes(text: String, message: String) {
    do {
      _ = try TrainingScheduleFile.schedule(text: text, name: "schedule")
      Issue.record("read without an error: \(text)")
    } catch {
      #expect("\(error)".contains(message), "\(error)")
    }
  }

  @Test(
    "a hardware file's mistakes are told with their place",
    arguments: [
      ("", "1:1: the hardware needs the key 'peak'"),
      (
        "peak: {float32: fast}",
        "1:17: 'float32' of 'peak' must be operations a second from 1 to 10^24, such as 19.5T, but is 'fast'"
      ),
      ("peak: {}", "'peak' needs the key"),
      ("peak: {float31: 1T}", "'peak' has no key 'float31': did you mean 'float32'?"),
      ("peak: {float32: 1T}\nmemory: 8GB", "the hardware needs the key 'bandwidth'"),
      (
        "peak: {float32: 1T}\nbandwidth: 8GB\nmemory: 8GB",
        "2:12: 'bandwidth' of the hardware must be a number with its unit, such as 2039GB/s"
      ),
      ("peak: {float32: 1T}\nbandwidth: 0GB/s\nmemory: 8GB", "'bandwidth' of the hardware"),
      (
        "peak: {float32: 1T}\nbandwidth: 1GB/s\nmemory: 8G",
        "3:9: 'memory' of the hardware must be a number with its unit"
      ),
      (
        "peak: {float32: 1T}\nbandwidth: 1GB/s\nmemory: 8GB\nutilization: 1.5",
        "'utilization' of the hardware must be a number from 0.0001 to 1, but is '1.5'"
      ),
      (
        "peak: {float32: 1T}\nbandwidth: 1GB/s\nmemory: 8GB\nprice: -1",
        "'price' of the hardware must be a number from 0"
      ),
    ])
  func hardwareMistakes(text: String, message: String) {
    do {
      _ = try HardwareFile.hardware(text: text, name: "hardware")
      Issue.record("read without an error: \(text)")
    } catch {
      #expect("\(error)".contains(message), "\(error)")
    }
  }
}
