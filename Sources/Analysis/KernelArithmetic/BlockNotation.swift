import SymbolicIntegers

/// A few layers in one line of text, such as `e6:1x1,dw3x3,1x1`: what kernel arithmetic compares.
///
/// Layers are separated by commas and keep the map's sides where no stride is given. Each is
/// - `3x3`, `1x7`, `kxk`: a convolution without bias, to as many channels as the block's input has;
/// - `dw3x3`: a depthwise convolution;
/// - `max3x3`, `avg3x3`: a pool with stride 1;
/// - `attention`, `attention7`: self-attention with one head over the whole map, or within windows of 7 x 7;
/// - `gate`: multiplication by the block's input, element by element;
/// - `(1x1|3x3,3x3)`: branches whose outputs are joined along channels;
///
/// and before a layer, each with a colon: `s2` stride, `d2` dilation, `g4` groups (`gG` names them), `e6` and `r4` an
/// output of 6 times and of a quarter of the block's channels, `out` an output of C_out channels. `in4` as the first
/// layer says that the block's input has 4 C channels.
public struct BlockNotation: Hashable, Sendable {
  /// One layer, or branches.
  indirect enum Layer: Hashable, Sendable {
    case convolution(ConvolutionLayer)
    case pool(isMaximum: Bool, height: Side, width: Side, stride: Int)
    /// Nil attends over the whole map.
    case attention(window: Int?)
    case gate
    case branches([[Layer]])
  }

  struct ConvolutionLayer: Hashable, Sendable {
    var height: Side
    var width: Side
    var stride = 1
    var dilation = 1
    var isDepthwise = false
    var groups: Groups = .number(1)
    /// Output channels: a multiple and a fraction of the block's; nil for C_out.
    var multiple: Int? = 1
    var fraction = 1
  }

  /// The side of a kernel.
  enum Side: Hashable, Sendable {
    case number(Int)
    /// `k`
    case symbol
  }

  enum Groups: Hashable, Sendable {
    case number(Int)
    case symbol(Symbol)
  }

  public let text: String
  let layers: [Layer]
  /// The input's channels in units of C.
  let inputMultiple: Int

  /// - Throws: ``BlockNotationError`` with the column that could not be read.
  public init(_ text: String) throws(BlockNotationError) {
    var parser = BlockParser(text)
    self.text = text
    (inputMultiple, layers) = try parser.block()
  }

  /// Every layer, those of branches too.
  var allLayers: [Layer] { BlockNotation.flattened(layers) }

  private static func flattened(_ layers: [Layer]) -> [Layer] {
    layers.flatMap { layer -> [Layer] in
      if case .branches(let branches) = layer { return branches.flatMap(flattened) }
      return [layer]
    }
  }
}

/// Why a block could not be read.
public enum BlockNotationError: Error, Hashable, Sendable {
  case syntax(block: String, column: Int, expected: String, found: String)
  case range(block: String, column: Int, number: String, limit: Int)
  case tooLarge(block: String, limit: Int, unit: String)
}

extension BlockNotationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .syntax(let block, let column, let expected, let found):
      "block '\(block)', column \(column): expected \(expected), found \(found)"
    case .range(let block, let column, let number, let limit):
      "block '\(block)', column \(column): \(number) is not within 1 to \(limit)"
    case .tooLarge(let block, let limit, let unit):
      "block '\(block)' has more than \(limit) \(unit)"
    }
  }
}
