import SymbolicIntegers

/// Why an operator does not accept its inputs. Carries the rule and both sides of the mismatch, not the place.
public enum ShapeError: Error, Hashable, Sendable {
  /// The operator needs another number of inputs.
  case inputCount(expected: String, found: Int)
  /// The operator needs another number of axes.
  case rank(expected: String, found: Shape)
  /// Two things that must agree do not.
  case mismatch(rule: String, left: String, right: String)
  /// A window leaves no output along an axis.
  case emptyOutput(axis: Int, window: String, input: Shape)
  /// A setting of the operator itself is out of range.
  case setting(String, found: String)
  /// An axis that does not exist.
  case axis(Int, shape: Shape)
  /// Size arithmetic failed.
  case dimension(DimensionError)
  /// The type of an input is not known.
  case unknownInput(position: Int)
}

extension ShapeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .inputCount(let expected, let found): "needs \(expected), but has \(found)"
    case .rank(let expected, let found): "needs an input of \(expected), but the input is \(found)"
    case .mismatch(let rule, let left, let right): "\(rule): \(left) against \(right)"
    case .emptyOutput(let axis, let window, let input):
      "the window (\(window)) does not fit spatial axis \(axis) of input \(input): the output would be empty"
    case .setting(let rule, let found): "\(rule), but found \(found)"
    case .axis(let axis, let shape): "axis \(axis) does not exist in shape \(shape)"
    case .dimension(let error): "\(error)"
    case .unknownInput(let position): "the shape of input \(position) is not known"
    }
  }
}

/// Why a graph could not be built.
public enum GraphError: Error, Hashable, Sendable {
  /// Shape inference failed at a node.
  case shape(node: String, operatorName: String, ShapeError)
  /// A module is called a second time with inputs that need other parameters.
  case sharedParameters(node: String, first: String, second: String)
  /// A tensor given for a parameter has another shape than the operator needs.
  case parameterShape(node: String, parameter: String, needed: Shape, given: Shape)
  /// An input of the graph has an axis that is not positive, or a rank the network cannot take.
  case input(name: String, shape: Shape, rule: String)
  /// A total over the graph left the range of 64-bit integers.
  case total(quantity: String, DimensionError)
  /// A backbone was asked of a network that marks neither stages nor a head, or in which nothing precedes the head.
  case noFeatures(graph: String)
  /// The description of a network grew beyond what a graph holds.
  case tooLarge(graph: String, limit: Int, unit: String)
}

extension GraphError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .shape(let node, let name, let error): "\(node) (\(name)): \(error)"
    case .sharedParameters(let node, let first, let second):
      "\(node): called again with other parameters: \(first) against \(second)"
    case .parameterShape(let node, let parameter, let needed, let given):
      "\(node): parameter \(parameter) must be \(needed), but is \(given)"
    case .input(let name, let shape, let rule): "input \(name) of shape \(shape): \(rule)"
    case .total(let quantity, let error): "total of \(quantity): \(error)"
    case .noFeatures(let graph):
      "\(graph) marks no stages and no head, so its feature maps cannot be told from its classifier"
    case .tooLarge(let graph, let limit, let unit):
      "\(graph) has more than \(limit) \(unit): too large for a graph"
    }
  }
}
