import NetworkGraph
import SymbolicIntegers

/// What a block of layers sees, holds, does and puts out, per image: exact, in symbols or numbers.
///
/// The figures are those of ``NetworkAnalysis`` on the block's graph. A symbol that the block divides (C by groups and
/// reductions; H and W by strides and windows) is measured as a multiple c of the divisor L, and the result, a polynomial
/// of degree 2 at most in c, is written back with c = C / L. Likewise `k` is measured at 1, 3 and 5: every count is a
/// polynomial of degree 2 in it.
public struct BlockMeasures: Sendable {
  public let notation: BlockNotation
  /// The sides of the window of the input that one output position sees; nil where it sees the whole map.
  public var receptiveField: [ExactFraction]?
  public var parameters: ExactFraction
  /// Under the convention asked for.
  public var operations: ExactFraction
  /// Output elements of convolutions, linear layers and matrix products: what they write to memory.
  public var outputs: ExactFraction
  /// What the symbols must be multiples of for the formulas to hold: `C` of 4, say.
  public var conditions: [(symbol: String, divisor: Dimension)]

  /// - Parameters:
  ///   - channels, outputChannels, side: numbers in place of C, C_out, and of H and W.
  /// - Throws: ``GraphError`` where a number does not fit the block, or a figure leaves the range of 64-bit integers.
  public init(
    _ notation: BlockNotation, convention: CountingConvention = .macs, channels: Dimension? = nil,
    outputChannels: Dimension? = nil, side: Dimension? = nil
  ) throws(GraphError) {
    self.notation = notation
    var graph = BlockGraph(
      notation: notation, channels: channels ?? BlockSymbols.channels,
      outputChannels: outputChannels ?? BlockSymbols.outputChannels, height: side ?? BlockSymbols.height,
      width: side ?? BlockSymbols.width, kernel: 1)
    var multiples: [(symbol: Dimension, divisor: Dimension)] = []
    let (channelDivisor, sideDivisor) = notation.divisors
    func measureAsMultiple(_ size: inout Dimension, of divisor: Dimension) {
      guard !size.isConstant, divisor != 1 else { return }
      multiples.append((size, divisor))
      size *= divisor
    }
    measureAsMultiple(&graph.channels, of: channelDivisor)
    measureAsMultiple(&graph.outputChannels, of: notation.groupDivisor)
    measureAsMultiple(&graph.height, of: sideDivisor)
    measureAsMultiple(&graph.width, of: sideDivisor)
    let used = notation.usedSymbols
    conditions = multiples.filter { used.contains("\($0.symbol)") }.map { ("\($0.symbol)", $0.divisor) }

    var samples: [[Dimension]] = []
    var reaches: [[Dimension]?] = []
    for kernel in notation.hasSymbolicKernel ? [1, 3, 5] : [1] {
      graph.kernel = kernel
      let built = try graph()
      let total = try NetworkAnalysis(built).total
      samples.append([total.parameters, convention.count(total.operations), total.activations])
      reaches.append(Self.field(of: built))
    }
    func formula(_ values: [Dimension]) -> ExactFraction {
      var result = ExactFraction(values.count == 1 ? values[0] : Self.throughOddKernels(values))
      for (symbol, divisor) in multiples { result = result.rewritten(symbol, over: divisor) }
      return result
    }
    parameters = formula(samples.map { $0[0] })
    operations = formula(samples.map { $0[1] })
    outputs = formula(samples.map { $0[2] })
    receptiveField = reaches.contains { $0 == nil } ? nil : [0, 1].map { axis in formula(reaches.map { $0![axis] }) }
    for (name, figure) in [("parameters", parameters), ("operations", operations), ("outputs", outputs)] {
      if let failure = figure.numerator.failure { throw .total(quantity: name, failure) }
    }
  }

  /// The sides of what a unit of the output sees; nil for the whole map.
  private static func field(of graph: Graph) -> [Dimension]? {
    guard let output = graph.outputs.first, let field = ReceptiveField(graph).field(of: output.value.node) else {
      return nil
    }
    let sides = field.axes.map { $0.globalCause == nil ? $0.size : nil }
    return sides.contains(nil) ? nil : sides.compactMap(\.self)
  }

  /// The polynomial of degree 2 in `k` that takes `values` at 1, 3 and 5 (Newton's divided differences).
  private static func throughOddKernels(_ values: [Dimension]) -> Dimension {
    let first = (values[1] - values[0]).floorDivided(by: 2)
    let second = ((values[2] - values[1]).floorDivided(by: 2) - first).floorDivided(by: 4)
    let k = BlockSymbols.kernel
    return values[0] + first * (k - 1) + second * (k - 1) * (k - 3)
  }
}

extension ExactFraction {
  /// The fraction with `symbol / divisor` in place of `symbol`; its numerator has degree 2 at most in it.
  fileprivate func rewritten(_ symbol: Dimension, over divisor: Dimension) -> ExactFraction {
    guard let name = symbol.symbols.first else { return self }
    func value(at point: Int) -> Dimension { numerator.substituting([name: Dimension(point)]) }
    let constant = value(at: 0)
    let quadratic = (value(at: 2) - value(at: 1) * 2 + constant).floorDivided(by: 2)
    let linear = value(at: 1) - constant - quadratic
    return ExactFraction(
      quadratic * symbol * symbol + linear * divisor * symbol + constant * divisor * divisor,
      over: denominator * divisor * divisor)
  }
}

extension BlockNotation {
  /// What C, and H and W, must be multiples of.
  fileprivate var divisors: (channels: Dimension, sides: Dimension) {
    var fractions = 1
    var windows = 1
    var strides: Dimension = 1
    for layer in allLayers {
      switch layer {
      case .convolution(let layer):
        let widened = (layer.multiple ?? 1) * inputMultiple
        fractions = leastCommonMultiple(fractions, layer.fraction / commonDivisor(layer.fraction, widened))
        strides *= layer.stride
      case .pool(_, _, _, let stride): strides *= stride
      case .attention(let window): windows = leastCommonMultiple(windows, window ?? 1)
      case .gate, .branches: break
      }
    }
    return (groupDivisor * fractions, strides * windows)
  }

  /// What channels must be multiples of for groups to divide them.
  fileprivate var groupDivisor: Dimension {
    var numbers = 1
    var symbols: Dimension = 1
    for case .convolution(let layer) in allLayers {
      switch layer.groups {
      case .number(let number): numbers = leastCommonMultiple(numbers, number)
      case .symbol(let symbol): if !symbols.symbols.contains(symbol) { symbols *= Dimension(symbol) }
      }
    }
    return symbols * numbers
  }

  fileprivate var hasSymbolicKernel: Bool {
    allLayers.contains {
      switch $0 {
      case .convolution(let layer): layer.height == .symbol || layer.width == .symbol
      case .pool(_, let height, let width, _): height == .symbol || width == .symbol
      case .attention, .gate, .branches: false
      }
    }
  }

  /// The symbols on which a figure can depend.
  fileprivate var usedSymbols: Set<String> {
    let usesOutput = allLayers.contains {
      if case .convolution(let layer) = $0 { layer.multiple == nil } else { false }
    }
    return usesOutput ? ["C", "C_out", "H", "W"] : ["C", "H", "W"]
  }
}

/// Bounded: beyond a million the larger factor stands, and the divisibility it misses is an error of the graph.
private func leastCommonMultiple(_ left: Int, _ right: Int) -> Int {
  let (product, overflow) = (left / max(1, commonDivisor(left, right))).multipliedReportingOverflow(by: right)
  return overflow || product > 1_000_000 ? max(left, right) : product
}
