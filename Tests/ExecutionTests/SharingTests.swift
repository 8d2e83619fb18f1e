import Testing

@testable import Execution

/// How a layer's panels of outputs are dealt out to threads.
@Suite("Shares of threads")
struct SharingTests {
  /// The panels of the thread that has most of them, where each takes the next job when it is free.
  private func busiest(panels: Int, pieces: Int, share: Int, threads: Int) -> Int {
    var loads = Array(repeating: 0, count: threads)
    for first in stride(from: 0, to: panels, by: share) {
      for _ in 0..<pieces {
        let idle = loads.indices.min { loads[$0] < loads[$1] }!
        loads[idle] += min(share, panels - first)
      }
    }
    return loads.max()!
  }

  @Test("with 16 panels and more for each thread none has a quarter beyond its share", arguments: [(2, 0.5), (4, 0.1)])
  func sharesAreEven(_ jobsPerThread: Int, _ costPerJob: Double) {
    for threads in 2...8 {
      for pieces in 1...12 {
        for panels in 1...64 where panels * pieces >= 16 * threads {
          let share = evenShare(
            of: panels, pieces: pieces, threads: threads, jobsPerThread: jobsPerThread, costPerJob: costPerJob)
          let most = busiest(panels: panels, pieces: pieces, share: share, threads: threads)
          #expect(
            4 * most * threads <= 5 * panels * pieces, "\(panels) panels, \(pieces) pieces, \(threads) threads")
        }
      }
    }
  }

  @Test("three pieces of a map are no three jobs for two threads")
  func threePiecesOfAMap() {
    #expect(evenShare(of: 16, pieces: 3, threads: 2, jobsPerThread: 2, costPerJob: 0.5) == 8)
  }

  @Test("one thread takes all panels at once, or as many as allowed; few panels are dealt out one by one")
  func fewestJobs() {
    #expect(evenShare(of: 16, pieces: 3, threads: 1, jobsPerThread: 2, costPerJob: 0.5) == 16)
    #expect(evenShare(of: 40, pieces: 3, threads: 1, jobsPerThread: 2, costPerJob: 0.5, atMost: 20) == 20)
    #expect(evenShare(of: 3, pieces: 1, threads: 8, jobsPerThread: 2, costPerJob: 0.5) == 1)
    #expect(evenShare(of: 0, pieces: 1, threads: 2, jobsPerThread: 2, costPerJob: 0.5) == 0)
  }
}
