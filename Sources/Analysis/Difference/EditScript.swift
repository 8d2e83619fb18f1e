/// The longest run of pairs of equal elements that keeps the order of two sequences, or a good one where that is dear.
///
/// Myers 1986, "An O(ND) difference algorithm", after equal ends are taken off and elements that only one sequence has.
/// The work is bounded: past `maximumWork` steps what is left stays unpaired, so hostile sequences cost time in
/// proportion to their lengths.
struct EditScript {
  static let maximumWork = 1_000_000
  /// Pairs of positions, ascending in both.
  private(set) var pairs: [(left: Int, right: Int)] = []

  init<Element: Hashable>(_ left: ArraySlice<Element>, _ right: ArraySlice<Element>) {
    var (a, b) = (left, right)
    while let first = a.first, let other = b.first, first == other {
      pairs.append((a.startIndex, b.startIndex))
      a.removeFirst()
      b.removeFirst()
    }
    var tail: [(left: Int, right: Int)] = []
    while let last = a.last, let other = b.last, last == other {
      tail.append((a.endIndex - 1, b.endIndex - 1))
      a.removeLast()
      b.removeLast()
    }
    if !a.isEmpty && !b.isEmpty {
      let (inA, inB) = (Set(a), Set(b))
      let (x, y) = (a.indices.filter { inB.contains(a[$0]) }, b.indices.filter { inA.contains(b[$0]) })
      let edits = EditScript.maximumEdits - (a.count - x.count) - (b.count - y.count)
      pairs += EditScript.middle(x.map { a[$0] }, y.map { b[$0] }, edits).map { (x[$0.left], y[$0.right]) }
    }
    pairs += tail.reversed()
  }

  /// The most elements that may stay unpaired: each takes one step more than the one before, and sequences that differ in
  /// more have little in common.
  private static let maximumEdits = 1000

  /// Greedy furthest-reaching paths, remembered for each number of edits and followed back.
  private static func middle<Element: Equatable>(
    _ a: [Element], _ b: [Element], _ maximumEdits: Int
  ) -> [(left: Int, right: Int)] {
    let (m, n) = (a.count, b.count)
    guard m > 0, n > 0, maximumEdits >= 0 else { return [] }
    let maximum = min(m + n, maximumEdits)
    // Paths of d edits keep d + 1 ends: d edits cost about d^2 / 2 in all.
    var history: [[Int32]] = []
    // By diagonal, shifted so that positions are not negative.
    var ends = Array(repeating: Int32(-1), count: 2 * maximum + 3)
    let shift = maximum + 1
    ends[shift + 1] = 0
    var work = 0
    for edits in 0...maximum {
      var row: [Int32] = []
      row.reserveCapacity(edits + 1)
      for step in 0...edits {
        let diagonal = 2 * step - edits
        let goesDown =
          diagonal == -edits
          || (diagonal != edits && ends[shift + diagonal - 1] < ends[shift + diagonal + 1])
        var x = goesDown ? Int(ends[shift + diagonal + 1]) : Int(ends[shift + diagonal - 1]) + 1
        var y = x - diagonal
        while x < m, y < n, y >= 0, a[x] == b[y] {
          x += 1
          y += 1
          work += 1
        }
        ends[shift + diagonal] = Int32(clamping: x)
        row.append(Int32(clamping: x))
        work += 1
        if x >= m && y >= n {
          history.append(row)
          return trace(history, m, n)
        }
      }
      history.append(row)
      if work > maximumWork { return [] }
    }
    return []
  }

  /// The diagonal steps of the path that the last row of `history` ends, in order.
  private static func trace(_ history: [[Int32]], _ m: Int, _ n: Int) -> [(left: Int, right: Int)] {
    var pairs: [(left: Int, right: Int)] = []
    var (x, y) = (m, n)
    for edits in (0..<history.count).reversed() {
      let diagonal = x - y
      func end(_ diagonal: Int) -> Int {
        guard edits > 0, abs(diagonal) <= edits - 1 else { return -1 }
        return Int(history[edits - 1][(diagonal + edits - 1) / 2])
      }
      var (startX, startY) = (0, 0)
      if edits > 0 {
        let goesDown = diagonal == -edits || (diagonal != edits && end(diagonal - 1) < end(diagonal + 1))
        let previous = goesDown ? diagonal + 1 : diagonal - 1
        startX = end(previous) + (goesDown ? 0 : 1)
        startY = startX - diagonal
      }
      while x > startX && y > startY {
        x -= 1
        y -= 1
        pairs.append((x, y))
      }
      if edits > 0 {
        let goesDown = diagonal == -edits || (diagonal != edits && end(diagonal - 1) < end(diagonal + 1))
        x = goesDown ? startX : startX - 1
        y = goesDown ? startY - 1 : startY
      }
    }
    return pairs.reversed()
  }
}
