import Testing

@testable import Execution

/// How a layer is cut into jobs for threads.
@Suite("Shares of threads")
struct SharingTests {
  /// When the last of some threads is done, each of which takes the next job when it is free.
  private func end(
    units: Int, panels: Int, batch: Int, _ division: JobDivision, threads: Int, cycles: (Int, Int) -> Double
  ) -> Double {
    var loads = Array(repeating: 0.0, count: threads)
    for _ in 0..<batch {
      for panel in stride(from: 0, to: panels, by: division.panelsPerJob) {
        for unit in stride(from: 0, to: units, by: division.unitsPerJob) {
          let idle = loads.indices.min { loads[$0] < loads[$1] }!
          loads[idle] += cycles(
            min(division.unitsPerJob, units - unit), min(division.panelsPerJob, panels - panel))
        }
      }
    }
    return loads.max()!
  }

  @Test("large layers are dealt out evenly, whatever each job repeats", arguments: [0, 0.2, 0.5])
  func sharesAreEven(_ repeated: Double) {
    for threads in 2...8 {
      for units in [16, 49, 196, 1000] {
        for (panels, batch) in [(1, 1), (3, 1), (16, 1), (64, 1), (5, 3)] where panels * units * batch >= 16 * threads {
          func cycles(_ units: Int, _ panels: Int) -> Double { 5000 * Double(units) * (Double(panels) + repeated) }
          let division = JobDivision(
            units: units, atMost: 64, panels: panels, batch: batch, threads: threads, cycles: cycles)
          let end = end(units: units, panels: panels, batch: batch, division, threads: threads, cycles: cycles)
          let even = 5000 * Double(units * panels * batch) / Double(threads)
          #expect(end <= (1.3 + repeated) * even, "\(units) units, \(panels) panels, \(threads) threads: \(division)")
        }
      }
    }
  }

  @Test("what every job repeats keeps panels together, what every piece reads anew keeps units together")
  func whatIsRepeated() {
    let ofUnits = JobDivision(units: 16, atMost: 16, panels: 16, batch: 1, threads: 2) { units, panels in
      5000 * Double(units) * (Double(panels) + 8)
    }
    #expect(ofUnits.unitsPerJob < 16 && ofUnits.panelsPerJob == 16)
    let ofPanels = JobDivision(units: 16, atMost: 16, panels: 16, batch: 1, threads: 2) { units, panels in
      5000 * Double(panels) * Double(max(units, 16))
    }
    #expect(ofPanels.unitsPerJob == 16 && ofPanels.panelsPerJob < 16)
  }

  @Test("three pieces of a map are no three jobs for two threads")
  func threePiecesOfAMap() {
    let division = JobDivision(units: 3, atMost: 1, panels: 16, batch: 1, threads: 2) { 50_000 * Double($0 * $1) }
    let jobs = 3 * ((16 + division.panelsPerJob - 1) / division.panelsPerJob)
    #expect(division.unitsPerJob == 1 && jobs >= 6 && (jobs % 2 == 0 || jobs > 10))
  }

  @Test("one thread takes the largest jobs; little work stays on one thread; nothing is no work")
  func fewestJobs() {
    func division(
      _ units: Int, _ fitting: Int, _ panels: Int, _ mostPanels: Int = .max, threads: Int, cycles: Double
    ) -> [Int] {
      let division = JobDivision(
        units: units, atMost: fitting, panels: panels, atMost: mostPanels, batch: 1, threads: threads
      ) { cycles * Double($0 * $1) }
      return [division.unitsPerJob, division.panelsPerJob]
    }
    #expect(division(100, 48, 40, threads: 1, cycles: 1e5) == [34, 40])
    #expect(division(100, 100, 40, 20, threads: 1, cycles: 1e5) == [100, 20])
    #expect(division(10, 10, 4, threads: 8, cycles: 10) == [10, 4])
    #expect(division(0, 4, 4, threads: 2, cycles: 1e5)[1] == 4)
    #expect(division(4, 4, 0, threads: 2, cycles: 1e5)[0] == 4)
    #expect(division(1, 100, 1, threads: 1024, cycles: 1e12) == [1, 1])
    let many = division(10_000, 100, 5000, threads: 1024, cycles: 1e6)
    #expect(10_000 / many[0] * (5000 / many[1]) >= 1024)
  }
}
