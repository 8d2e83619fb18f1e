import NetworkGraph

/// What a model of inference memory takes for granted about the program that runs the network.
public struct MemoryOptions: Hashable, Sendable {
  /// Whether an elementwise operator writes over an input of its output's size that nothing else needs any more.
  public var overwritesInPlace = false
  /// Whether a convolution, linear layer or matrix product computes, in one step, what alone follows it element by
  /// element: norm, activation, addition of a tensor that is there already.
  public var fusesEpilogues = false
  /// Whether tensors to be concatenated are written at their place in the concatenation.
  public var concatenatesAsViews = false
  /// What real numbers are stored as; nil for the types of the graph.
  public var elementType: ElementType?
  /// What integers and truth values are stored as; nil for the types of the graph.
  public var integerType: ElementType?
  /// Whether parameters, buffers and constants of the model count as live throughout.
  public var countsWeights = false

  public init() {}

  /// A program that fuses and overwrites, as planned executors do.
  public static let planned: MemoryOptions = {
    var options = MemoryOptions()
    options.overwritesInPlace = true
    options.fusesEpilogues = true
    return options
  }()

  /// Storage of one element in bytes; 0 where that is not known.
  func byteCount(of type: ElementType) -> Int {
    ((type.isFloatingPoint ? elementType : integerType) ?? type).byteCount
  }
}
