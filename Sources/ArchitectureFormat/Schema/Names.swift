import SymbolicIntegers

/// The rules for names, and the names one scope of parameters has given.
struct Names {
  private var taken: [String: Place] = [:]
  private var counts: [String: Int] = [:]
  /// How many iterations of unnamed repeats the scope has.
  var iterations = 0

  /// Takes a name that a file gives.
  mutating func take(_ name: String, at place: Place) throws(ArchitectureFileError) {
    let isValid = name.utf8.count <= 64 && name.unicodeScalars.allSatisfy(Self.isAllowed) && !name.isEmpty
    guard isValid else {
      throw ArchitectureFileError(
        place, .badName(String(name.prefix(64)), rule: "use up to 64 letters, digits, '_' and '-'"))
    }
    if let other = taken[name] { throw ArchitectureFileError(place, .takenName(name, by: other)) }
    taken[name] = place
  }

  /// A name made of what the layer is and how many such layers the scope has.
  mutating func automatic(_ kind: String, at place: Place) -> String {
    while true {
      let number = (counts[kind] ?? 0) + 1
      counts[kind] = number
      let name = "\(kind)_\(number)"
      guard taken[name] == nil else { continue }
      taken[name] = place
      return name
    }
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
    default: false
    }
  }

  /// Checks the name of a parameter, loop variable or symbol: formulas must be able to hold it.
  static func check(parameter name: String, at place: Place) throws(ArchitectureFileError) {
    let words = ["true", "false", "null", "not", Environment.channels]
    guard Symbol(name) != nil, !words.contains(name) else {
      throw ArchitectureFileError(
        place,
        .badName(
          String(name.prefix(64)),
          rule: "it is a letter, then letters, digits and '_', and none of floor, ceil, max, min, "
            + words.joined(separator: ", ")))
    }
  }

  /// Checks the name of a saved tensor.
  static func check(saved word: Word) throws(ArchitectureFileError) {
    guard !word.text.isEmpty, word.text.utf8.count <= 64 else {
      throw ArchitectureFileError(word.place, .badName(String(word.text.prefix(64)), rule: "use up to 64 characters"))
    }
  }
}
