import SymbolicIntegers

/// Reads ``BlockNotation`` from left to right.
struct BlockParser {
  /// Bounds on a block; no published one comes near.
  static let maximumLayers = 256
  static let maximumDepth = 8
  static let maximumNumber = 4096
  static let maximumLength = 4096

  private let text: String
  private let characters: [Character]
  private var position = 0
  private var layerCount = 0

  init(_ text: String) {
    self.text = text.count <= 60 ? text : text.prefix(57) + "..."
    characters = Array(text.prefix(Self.maximumLength + 1))
  }

  /// The whole text: the input's multiple of C, and the layers.
  mutating func block() throws(BlockNotationError) -> (inputMultiple: Int, layers: [BlockNotation.Layer]) {
    guard characters.count <= Self.maximumLength else {
      throw .tooLarge(block: text, limit: Self.maximumLength, unit: "characters")
    }
    var multiple = 1
    if accept("in") {
      multiple = try number("a multiple of C")
      try expect(",")
    }
    let layers = try sequence(depth: 0)
    if position < characters.count { throw expected("',' or the end") }
    return (multiple, layers)
  }

  private mutating func sequence(depth: Int) throws(BlockNotationError) -> [BlockNotation.Layer] {
    var layers = [try layer(depth: depth)]
    while accept(",") { layers.append(try layer(depth: depth)) }
    return layers
  }

  private mutating func layer(depth: Int) throws(BlockNotationError) -> BlockNotation.Layer {
    layerCount += 1
    guard layerCount <= Self.maximumLayers else {
      throw .tooLarge(block: text, limit: Self.maximumLayers, unit: "layers")
    }
    if accept("(") {
      guard depth < Self.maximumDepth else {
        throw .tooLarge(block: text, limit: Self.maximumDepth, unit: "brackets inside one another")
      }
      var branches = [try sequence(depth: depth + 1)]
      while accept("|") { branches.append(try sequence(depth: depth + 1)) }
      try expect(")")
      return .branches(branches)
    }
    if accept("gate") { return .gate }
    if accept("attention") {
      return .attention(window: peekIsDigit ? try number("the side of a window") : nil)
    }
    return try windowLayer()
  }

  /// A convolution or a pool with what precedes it.
  private mutating func windowLayer() throws(BlockNotationError) -> BlockNotation.Layer {
    var layer = BlockNotation.ConvolutionLayer(height: .number(1), width: .number(1))
    let start = position
    var changesOutput = false
    while true {
      if accept("out:") {
        layer.multiple = nil
        changesOutput = true
      } else if let letter = peek, "sdger".contains(letter), !startsWith("dw") {
        position += 1
        if letter == "g", let next = peek, next.isLetter {
          layer.groups = .symbol(try symbol())
        } else {
          let value = try number("a number after '\(letter)'")
          switch letter {
          case "s": layer.stride = value
          case "d": layer.dilation = value
          case "g": layer.groups = .number(value)
          case "e": layer.multiple = value
          default: layer.fraction = value
          }
        }
        if letter == "e" || letter == "r" { changesOutput = true }
        try expect(":")
      } else {
        break
      }
    }
    let isMaximum = startsWith("max")
    if accept("max") || accept("avg") {
      let plain = BlockNotation.ConvolutionLayer(height: .number(1), width: .number(1), stride: layer.stride)
      guard layer == plain else { throw expected("only a stride before a pool", at: start) }
      let (height, width) = try kernel()
      return .pool(isMaximum: isMaximum, height: height, width: width, stride: layer.stride)
    }
    layer.isDepthwise = accept("dw")
    if layer.isDepthwise, changesOutput || layer.groups != .number(1) {
      throw expected("only stride and dilation before a depthwise layer", at: start)
    }
    if layer.multiple == nil, layer.fraction != 1 { throw expected("'out' or 'r', not both", at: start) }
    (layer.height, layer.width) = try kernel()
    return .convolution(layer)
  }

  private mutating func kernel() throws(BlockNotationError) -> (BlockNotation.Side, BlockNotation.Side) {
    let height = try side()
    try expect("x")
    return (height, try side())
  }

  private mutating func side() throws(BlockNotationError) -> BlockNotation.Side {
    if accept("k") { return .symbol }
    return .number(try number("a layer such as 3x3, dw3x3, max3x3, attention or gate"))
  }

  private mutating func symbol() throws(BlockNotationError) -> Symbol {
    let start = position
    while let next = peek, next.isLetter || next.isNumber || next == "_" { position += 1 }
    let name = String(characters[start..<position])
    // The block's own symbols would be taken for one another.
    guard let symbol = Symbol(name), !BlockSymbols.reserved.contains(name) else {
      throw expected("a name that is none of \(BlockSymbols.reserved.joined(separator: ", "))", at: start)
    }
    return symbol
  }

  private mutating func number(_ what: String) throws(BlockNotationError) -> Int {
    let start = position
    while peekIsDigit { position += 1 }
    let digits = String(characters[start..<position])
    guard !digits.isEmpty else { throw expected(what) }
    guard let value = Int(digits), (1...Self.maximumNumber).contains(value) else {
      throw .range(block: text, column: start + 1, number: String(digits.prefix(30)), limit: Self.maximumNumber)
    }
    return value
  }

  // MARK: Characters

  private var peek: Character? { position < characters.count ? characters[position] : nil }
  private var peekIsDigit: Bool { peek.map { ("0"..."9").contains($0) } ?? false }

  private func startsWith(_ word: String) -> Bool { characters[position...].starts(with: word) }

  private mutating func accept(_ word: String) -> Bool {
    guard startsWith(word) else { return false }
    position += word.count
    return true
  }

  private mutating func expect(_ word: String) throws(BlockNotationError) {
    if !accept(word) { throw expected("'\(word)'") }
  }

  private func expected(_ what: String, at place: Int? = nil) -> BlockNotationError {
    let column = place ?? position
    let found = column < characters.count ? "'\(String(characters[column...].prefix(8)))'" : "the end"
    return .syntax(block: text, column: column + 1, expected: what, found: found)
  }
}
