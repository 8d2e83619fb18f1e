import NetworkGraph
import SymbolicIntegers

/// What ConvScope writes beside the nodes and tensors of a file (`metadata_props`), so that it can read back what ONNX has
/// no field for. Other programs pass over it.
enum Note: String {
  /// Scopes and name of a node: ``NodePlace/text``.
  case place = "convscope.place"
  /// Marks a tensor that the graph has as a node of its own: `trainable`, `buffer`, `counter` or `constant`.
  case source = "convscope.source"
  /// The rule that a tensor's values follow: ``FixedValues/text``.
  case values = "convscope.values"
  /// Positions per axis of an adaptive pool, which is written as a pool with a window: `7x7`.
  case outputSizes = "convscope.outputSizes"
  /// What a normalisation learns where ONNX needs more: `none`, or its `weight` without a bias. Tensors of ones and zeros
  /// stand in.
  case affine = "convscope.affine"
  /// Marks a mean that leaves out what ceil mode adds beyond the padding, where readers of ONNX differ: `padding`.
  case counted = "convscope.counted"

  /// What produced a file with notes.
  static let producer = "convscope"

  func entry(_ value: String) -> StringStringEntryProto {
    var entry = StringStringEntryProto()
    entry.key = rawValue
    entry.value = value
    return entry
  }

  /// The note's text; nil where there is none.
  func text(in entries: [StringStringEntryProto]) -> String? { entries.first { $0.key == rawValue }?.value }
}

extension NodePlace {
  /// Scopes and name from the outside in, separated by slashes: `(stem)[stage]/0/conv`. A scope that is no part of
  /// parameter names stands in parentheses, its role in brackets; a backslash precedes any of these characters in a name.
  var text: String {
    var text = ""
    for level in path {
      text += level.isNamed ? Self.escaped(level.name) : "(\(Self.escaped(level.name)))"
      switch level.role {
      case .plain: break
      case .stage: text += "[stage]"
      case .block: text += "[block]"
      case .head: text += "[head]"
      }
      text += "/"
    }
    return text + Self.escaped(name)
  }

  private static func escaped(_ name: String) -> String {
    var text = ""
    for character in name {
      if "/\\()[]".contains(character) { text += "\\" }
      text.append(character)
    }
    return text
  }

  /// The place that ``text`` describes; nil for any other text.
  init?(text: String) {
    var path: [ScopeLevel] = []
    var level = ScopeLevel("")
    var role = ""
    // What the next character belongs to: a name, a role, or nothing but the next level.
    var isRole = false
    var isEscaped = false
    for character in text {
      switch character {
      case _ where isEscaped:
        level.name.append(character)
        isEscaped = false
      case "\\" where !isRole: isEscaped = true
      case "(": level.isNamed = false
      case ")": break
      case "[": isRole = true
      case "]":
        guard let known = Scope.Role(text: role) else { return nil }
        level.role = known
        (isRole, role) = (false, "")
      case "/":
        guard path.count < NodePlaces.depthLimit else { return nil }
        path.append(level)
        level = ScopeLevel("")
      case _ where isRole: role.append(character)
      default: level.name.append(character)
      }
    }
    guard !isEscaped, !isRole, !level.name.isEmpty else { return nil }
    self.init(path: path, name: level.name)
  }
}

extension Scope.Role {
  fileprivate init?(text: String) {
    switch text {
    case "stage": self = .stage
    case "block": self = .block
    case "head": self = .head
    default: return nil
    }
  }
}

extension Source.Kind {
  /// The kind as a note; nil for an input.
  var text: String? {
    switch self {
    case .input: nil
    case .constant: "constant"
    case .parameter(.trainable): "trainable"
    case .parameter(.buffer): "buffer"
    case .parameter(.counter): "counter"
    }
  }

  init?(text: String) {
    switch text {
    case "constant": self = .constant
    case "trainable": self = .parameter(.trainable)
    case "buffer": self = .parameter(.buffer)
    case "counter": self = .parameter(.counter)
    default: return nil
    }
  }
}

extension FixedValues {
  /// The rule's name and its numbers: `relativePositionIndex 7 7`.
  var text: String {
    switch self {
    case .uniform(let value): "uniform \(value)"
    case .relativePositionIndex(let height, let width): "relativePositionIndex \(height) \(width)"
    case .logarithmicOffsets(let height, let width): "logarithmicOffsets \(height) \(width)"
    case .shiftedWindowMask(let height, let width, let windowHeight, let windowWidth, let vertical, let horizontal):
      "shiftedWindowMask \(height) \(width) \(windowHeight) \(windowWidth) \(vertical) \(horizontal)"
    }
  }

  /// The rule that ``text`` describes, of plain numbers; nil for any other text.
  init?(text: String) {
    let words = text.split(separator: " ")
    let sizes = words.dropFirst().compactMap { Int($0) }
    switch (words.first, sizes.count) {
    case ("uniform", _) where words.count == 2:
      guard let value = Double(words[1]) else { return nil }
      self = .uniform(value)
    case ("relativePositionIndex", 2): self = .relativePositionIndex(height: sizes[0], width: sizes[1])
    case ("logarithmicOffsets", 2): self = .logarithmicOffsets(height: sizes[0], width: sizes[1])
    case ("shiftedWindowMask", 6):
      self = .shiftedWindowMask(
        height: Dimension(sizes[0]), width: Dimension(sizes[1]), windowHeight: sizes[2], windowWidth: sizes[3],
        verticalShift: sizes[4], horizontalShift: sizes[5])
    default: return nil
    }
  }
}
