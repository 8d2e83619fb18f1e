import NetworkGraph

/// Help for words that are not known.
enum Spelling {
  /// `: did you mean 'x'?`, or the known words where none is close; empty where there are none.
  static func hint(_ word: String, among known: [String]) -> String {
    if let nearest = nearest(word, among: known) { return ": did you mean '\(nearest)'?" }
    guard !known.isEmpty else { return "" }
    let listed = known.prefix(16).joined(separator: ", ") + (known.count > 16 ? ", ..." : "")
    return ": there \(known.count == 1 ? "is" : "are") \(listed)"
  }

  /// The known word with the fewest edits from `word`, of at most two fifths of its letters; the first of equals.
  static func nearest(_ word: String, among known: [String]) -> String? {
    let letters = Array(word.lowercased().prefix(64))
    var best: (word: String, distance: Int)?
    for candidate in known {
      let other = Array(candidate.lowercased().prefix(64))
      let distance = editDistance(letters, other)
      guard distance * 5 <= max(letters.count, other.count) * 2 else { continue }
      if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.word
  }
}
