import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import Testing

/// Whole trainings: plans, sums over phases, frozen parts, bounds on time.
@Suite("Training cost")
struct TrainingCostTests {
  private let batch = Symbol("training_batch")

  private func run(
    _ model: String, _ plan: [PlannedPhase], _ options: TrainingOptions = TrainingOptions()
  ) throws -> TrainingRun {
    let symbol = try #require(batch)
    let entry = try #require(Catalog.entry(named: model))
    return try TrainingRun(plan, options, batch: symbol) { side in
      let side = Dimension(side ?? 224)
      return try entry.graph(input: [Dimension(symbol), 3, side, side])
    }
  }

  private func plan(
    images: Int, batch: Int, resolution: Int? = nil, freeze: String = ""
  ) -> PlannedPhase {
    PlannedPhase(
      name: "training", images: images, batch: batch, resolution: resolution, freeze: freeze, settings: [])
  }

  @Test("training ResNet-50 takes three forward passes less what the images' gradient would take")
  func resnet() throws {
    // The first convolution: 118,013,952 multiply-accumulates an image, whose input needs no gradient.
    let forward = 4_089_184_256
    let sum = try run("resnet50", [plan(images: 10, batch: 4)]).operations(.macs)
    #expect(sum.forward == Int128(10 * forward))
    #expect(sum.inputGradients == Int128(10 * (forward - 118_013_952)))
    #expect(sum.parameterGradients == Int128(10 * forward))
    #expect(sum.optimizer == 0)
  }

  @Test("the sum over steps is that of full batches and the last, smaller one, under every convention")
  func remainders() throws {
    for convention in [CountingConvention.macs, .macsBias, .flops, .allOperations] {
      func total(_ images: Int, _ batch: Int) throws -> Int128 {
        try run("mobilenet_v3_small", [plan(images: images, batch: batch)]).operations(convention).total
      }
      let (whole, eight, three) = (try total(19, 8), try total(8, 8), try total(3, 3))
      #expect(whole == eight * 2 + three)
    }
  }

  @Test("totals beyond 64 bits are exact")
  func wide() throws {
    let images = 1_281_167 * 350
    let cost = try run("efficientnet_b7", [plan(images: images, batch: 4096, resolution: 600)]).operations(.macs)
    // 37,745,884,192 multiply-accumulates an image, by FlopCounterMode.
    #expect(cost.forward == Int128(images) * 37_745_884_192)
    #expect(cost.total > Int128(Int.max))
  }

  @Test("nothing below the first trained parameter has a gradient; frozen layers between pass it on")
  func frozen() throws {
    let graph = try #require(Catalog.entry(named: "resnet50")).graph(input: nil)
    let stages = graph.groups(by: .stage)
    func measures(_ freeze: String, _ stage: String) throws -> TrainingMeasures {
      let pass = try TrainingPass(graph, frozen: FrozenPart(graph, parsing: freeze))
      return pass.measures(of: try #require(stages.first { $0.name == stage }).nodes)
    }
    for stage in ["stem", "layer1", "layer3"] {
      let below = try measures("stem..layer3", stage)
      #expect(below.backwardOperations(.allOperations) == 0, "\(stage)")
    }
    let all = try measures("stem", "layer3")
    let between = try measures("layer3", "layer3")
    #expect(
      CountingConvention.macs.count(between.inputGradients.operations)
        == CountingConvention.macs.count(all.inputGradients.operations))
    #expect(CountingConvention.macs.count(between.parameterGradients.operations) == 0)
    #expect(CountingConvention.macs.count(all.parameterGradients.operations) != 0)
  }

  @Test("a frozen part is named by stages, modules, layers and ranges")
  func names() throws {
    let graph = try #require(Catalog.entry(named: "resnet18")).graph(input: nil)
    func trained(_ text: String) throws -> Int? {
      try FrozenPart(graph, parsing: text).trainableElements(of: graph).constant
    }
    // 11,689,512 parameters: the classifier has 513,000, the stem 9,536.
    #expect(try trained("..layer4") == 513_000)
    #expect(try trained("fc") == 11_689_512 - 513_000)
    #expect(try trained("head") == 11_689_512 - 513_000)
    #expect(try trained("conv1, bn1") == 11_689_512 - 9536)
    #expect(try trained("stem") == 11_689_512 - 9536)
    #expect(try trained("layer4.0..") == (trained("layer4,fc")))
    #expect(try trained("layer1.0.conv1") == 11_689_512 - 64 * 64 * 9)
    #expect(try trained("..") == 0)
    let mistakes: [(String, FrozenPartError)] = [
      ("layer1..stem", .backwards("layer1", "stem")), ("layer1,,", .empty("layer1,,")), ("", .empty("")),
      ("layer", .unknown("layer", stages: ["stem", "layer1", "layer2", "layer3", "layer4", "head"])),
    ]
    for (text, error) in mistakes { #expect(throws: error) { try FrozenPart(graph, parsing: text) } }
  }

  @Test("every network of the catalogue has a backward pass, at most three times its forward pass in products")
  func catalogue() throws {
    for entry in Catalog.entries {
      let pass = try TrainingPass(entry.graph(input: nil))
      let forward = try #require(CountingConvention.macs.count(pass.total.forward.operations).constant)
      let backward = try #require(pass.total.backwardOperations(.macs).constant)
      #expect(backward > forward && backward <= forward * 2, "\(entry.name)")
    }
  }

  @Test("the optimizer's work and bytes: momentum reads and writes 20 bytes a weight, Adam 28")
  func optimizer() throws {
    for (optimizer, bytes) in [(TrainingOptions.Optimizer.sgd, 12), (.momentum, 20), (.adam, 28)] {
      for precision in TrainingOptions.Precision.allCases {
        let update = OptimizerUpdate(of: 10, TrainingOptions(optimizer: optimizer, precision: precision))
        #expect(update.bytesMoved.constant == 10 * bytes)
      }
    }
  }

  @Test("bounds: the roofline is above both others and below their sum; devices share; the model divides")
  func bounds() throws {
    let run = try run("resnet50", [plan(images: 4096, batch: 1024)])
    let peak = Hardware.Peak("float32", 19.5e12)
    var hardware = Hardware(name: "device", peaks: [peak], bandwidth: 2.039e12, memory: 80_000_000_000)
    (hardware.price, hardware.power, hardware.utilization) = (2, 400, 0.5)
    let one = try TrainingEstimate(run, on: hardware, peak: peak, devices: 1)
    let total = one.total
    #expect(total.roofline >= total.compute && total.roofline >= total.bandwidth)
    #expect(total.roofline <= total.compute + total.bandwidth)
    // 4,096 images of 3 * 4,089,184,256 - 118,013,952 multiply-accumulates, two operations each.
    let expected = 4096.0 * 2 * (3 * 4_089_184_256 - 118_013_952) / 19.5e12
    #expect(abs(total.compute - expected) < expected * 1e-12)
    #expect(one.modelSeconds == total.roofline / 0.5)
    #expect(one.price(seconds: 3600) == 2 && one.energy(seconds: 3600) == 0.4)
    let eight = try TrainingEstimate(run, on: hardware, peak: peak, devices: 8)
    #expect(abs(eight.total.compute - expected / 8) < expected * 1e-12)
    // Weights are read on every device: more traffic in all than one device has.
    #expect(eight.total.bandwidth > total.bandwidth / 8)
    #expect(eight.price(seconds: 3600) == 16)
    let fit = try #require(one.fits.first)
    let micro = try #require(fit.microBatch)
    #expect(fit.deviceBatch == 1024 && (micro < 1024) == !fit.fits)
    let memory = try #require(run.phases.first).network.memory
    let symbol = try #require(batch)
    #expect(try memory.totalBytes.evaluated(with: [symbol: micro]) <= 80_000_000_000)
    #expect(try micro == 1024 || memory.totalBytes.evaluated(with: [symbol: micro + 1]) > 80_000_000_000)
  }

  @Test("plans: images of all phases add up, epochs may be stretched, and what cannot be followed is said")
  func plans() throws {
    var first = TrainingSchedule.Phase(epochs: try #require(Epochs("1.5")))
    first.stages = 3
    first.resolution = (100, 97)
    let second = TrainingSchedule.Phase(epochs: try #require(Epochs("0.5")))
    var schedule = TrainingSchedule(name: "test", phases: [first, second])
    #expect(throws: TrainingPlanError.noBatch(phase: "phase 1")) { try schedule.planned(images: 10) }
    schedule.batch = 4
    let plan = try schedule.planned(images: 10)
    #expect(plan.map(\.images) == [5, 5, 5, 5] && plan.map(\.steps) == [2, 2, 2, 2])
    // 100, 98.5 and 97, rounded down.
    #expect(plan.map(\.resolution) == [100, 98, 97, nil])
    let long = try schedule.planned(images: 10, epochs: Epochs("7"), batch: 70)
    #expect(long.map(\.images).reduce(0, +) == 70 && long.map(\.steps) == [1, 1, 1, 1])
    #expect(throws: TrainingPlanError.empty(phase: "phase 1, stage 1")) { try schedule.planned(images: 1) }
    #expect(throws: TrainingPlanError.tooLong(images: .max, epochs: 2)) { try schedule.planned(images: .max) }
    #expect(Epochs("0") == nil && Epochs("-1") == nil && Epochs("1e3") == nil && Epochs("") == nil)
    #expect(Epochs("1000001") == nil && Epochs("0.0000001") == nil && Epochs("99999999999999999999") == nil)
  }
}
