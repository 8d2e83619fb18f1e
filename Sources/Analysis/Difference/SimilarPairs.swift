/// What can be more or less like another of its kind.
protocol Likenable {
  /// How alike two are; 0 where they cannot stand for one another.
  func likeness(to other: Self) -> Int32
}

/// The pairs of positions, in order, whose likenesses have the largest sum (Needleman and Wunsch 1970, without penalties
/// for gaps). Nil where there are more than a million pairs to look at.
func similarPairs<Element: Likenable>(
  _ a: ArraySlice<Element>, _ b: ArraySlice<Element>
) -> [(left: Int, right: Int)]? {
  guard !a.isEmpty, !b.isEmpty else { return [] }
  let (cells, overflow) = a.count.multipliedReportingOverflow(by: b.count)
  guard !overflow, cells <= 1_000_000 else { return nil }
  let width = b.count + 1
  var best = Array(repeating: Int32(0), count: (a.count + 1) * width)
  best.withUnsafeMutableBufferPointer { best in
    b.withUnsafeBufferPointer { b in
      var row = 0
      for x in a {
        for (j, y) in b.enumerated() {
          let likeness = x.likeness(to: y)
          let paired = likeness > 0 ? best[row + j] &+ likeness : 0
          best[row + width + j + 1] = max(paired, best[row + j + 1], best[row + width + j])
        }
        row += width
      }
    }
  }
  var pairs: [(left: Int, right: Int)] = []
  var (i, j) = (a.count, b.count)
  while i > 0 && j > 0 {
    let value = best[i * width + j]
    if value == best[(i - 1) * width + j] {
      i -= 1
    } else if value == best[i * width + j - 1] {
      j -= 1
    } else {
      i -= 1
      j -= 1
      pairs.append((a.startIndex + i, b.startIndex + j))
    }
  }
  return pairs.reversed()
}
