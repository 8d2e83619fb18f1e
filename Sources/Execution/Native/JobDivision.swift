/// How the work of a layer of sums is cut into jobs: pieces of its map (of lines, pixels or tiles) by parts of its panels of
/// outputs. Where a kernel computes every unit by itself this changes no result.
struct JobDivision {
  /// Units and panels of a job; of the last piece, and the last part, there may be fewer.
  var unitsPerJob: Int
  var panelsPerJob: Int

  /// The division that takes least time by estimate, of those with at most so many units and panels in a job. One thread
  /// takes the largest jobs.
  /// - Parameter cycles: What so many units by so many panels take of a processor, roughly, with what every job repeats.
  init(
    units: Int, atMost fitting: Int, panels: Int, atMost mostPanels: Int = .max, batch: Int, threads: Int,
    cycles: (_ units: Int, _ panels: Int) -> Double
  ) {
    func parts(_ whole: Int, _ part: Int) -> Int { part == 0 ? 0 : whole / part + (whole % part).signum() }
    let (fewestPieces, fewestParts) = (parts(units, fitting), parts(panels, mostPanels))
    (unitsPerJob, panelsPerJob) = (parts(units, fewestPieces), parts(panels, fewestParts))
    guard threads > 1, units > 0, panels > 0 else { return }
    /// Threads take jobs as they are free: where one is late, others wait for a part of its job.
    func time(_ share: Int, _ part: Int) -> Double {
      let jobs = batch * parts(units, share) * parts(panels, part)
      let job = JobDivision.job + cycles(share, part)
      return jobs == 1 ? job : JobDivision.meeting + (Double(parts(jobs, threads)) + 0.1) * job
    }
    var least = time(unitsPerJob, panelsPerJob)
    // So many are enough for more threads as well, and soon looked through.
    let steps = 4 * min(threads, 16)
    for pieces in fewestPieces...min(units, fewestPieces + steps) {
      for count in fewestParts...min(panels, fewestParts + 2 * steps) {
        let (share, part) = (parts(units, pieces), parts(panels, count))
        let needed = time(share, part)
        if needed < least { (least, unitsPerJob, panelsPerJob) = (needed, share, part) }
      }
    }
  }

  /// Cycles that each job takes beside its work, and those until all threads have begun and ended.
  private static let job = 1000.0, meeting = 4000.0

  /// The time that one panel takes for so many columns, in that of a column: tiles take one more to begin and end; weights
  /// come from far, and for few columns no faster than memory gives them.
  static func panelTime(columns: Int, tiles: Int, lanes: Int) -> Double {
    max(Double(columns + tiles) + 0.25 * Double(lanes), 1.2 * Double(lanes))
  }
}
