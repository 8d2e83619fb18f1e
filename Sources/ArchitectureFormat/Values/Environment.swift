import NetworkGraph
import SymbolicIntegers

/// What names stand for at one place of a description.
struct Environment: Sendable {
  /// Parameters and loop variables, innermost last.
  var frames: [[String: Value]] = [[:]]
  /// Symbols that the file introduces.
  var symbols: Set<String> = []
  /// Symbols of the file's input shapes that a given shape determines.
  var determined: [String: Dimension] = [:]
  /// Symbols that a given shape leaves without a value, with their input.
  var lost: [String: String] = [:]
  var assumptions: Assumptions?

  /// This environment with one more frame inside.
  func adding(_ frame: [String: Value]) -> Environment {
    guard !frame.isEmpty else { return self }
    var result = self
    result.frames.append(frame)
    return result
  }

  /// The environment of a block's layers: the file's parameters, and the block's own in `frame`.
  func forBlock(_ frame: [String: Value]) -> Environment {
    var result = self
    result.frames = [frames[0], frame]
    return result
  }

  /// This environment with the channels of the tensor that a layer reads.
  func reading(_ input: Feature) -> Environment {
    adding([Self.channels: Value(content: .size(input.channels), place: nil)])
  }

  /// The name of the channels of the tensor that a layer reads.
  static let channels = "in_channels"

  /// The innermost value of a parameter or loop variable.
  func value(of name: String) -> Value? {
    for frame in frames.reversed() {
      if let value = frame[name] { return value }
    }
    return nil
  }

  /// Every name that a formula may use.
  var names: [String] { (Set(frames.flatMap(\.keys)).union(symbols)).sorted() }

  /// The dimension that a symbol of the file stands for; nil for a name that is none.
  func symbol(_ name: String, at place: Place?) throws(ArchitectureFileError) -> Dimension? {
    guard symbols.contains(name) else { return nil }
    if let input = lost[name] { throw ArchitectureFileError(place, .lostSymbol(name, input: input)) }
    let dimension = determined[name] ?? .symbol(name)
    return assumptions?.applied(to: dimension) ?? dimension
  }
}
