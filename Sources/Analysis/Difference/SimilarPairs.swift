/// The pairs, in order, whose likenesses have the largest sum (Needleman and Wunsch 1970, without penalties for gaps).
///
/// A likeness of 0 forbids a pair. Nil where there are more than a million pairs to look at.
func similarPairs(
  _ a: Range<Int>, _ b: Range<Int>, likeness: (Int, Int) -> Int32
) -> [(left: Int, right: Int)]? {
  guard !a.isEmpty, !b.isEmpty else { return [] }
  let (cells, overflow) = a.count.multipliedReportingOverflow(by: b.count)
  guard !overflow, cells <= 1_000_000 else { return nil }
  let width = b.count + 1
  var best = Array(repeating: Int32(0), count: (a.count + 1) * width)
  for (i, x) in a.enumerated() {
    for (j, y) in b.enumerated() {
      let likeness = likeness(x, y)
      let paired = likeness > 0 ? best[i * width + j] + likeness : 0
      best[(i + 1) * width + j + 1] = max(paired, best[i * width + j + 1], best[(i + 1) * width + j])
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
      pairs.append((a.lowerBound + i, b.lowerBound + j))
    }
  }
  return pairs.reversed()
}
