import NetworkGraph
import SymbolicIntegers

/// One operator of the file applied to operands, as the mappings read it.
struct NodeCall {
  let proto: NodeProto
  /// Version of the default operator set that the node is written in.
  let opset: Int
  let place: NodePlace
  /// nil where an optional operand is left out.
  let operands: [Operand?]
  /// Whether anything reads each output.
  let outputIsUsed: [Bool]

  var outputCount: Int { outputIsUsed.count }

  // MARK: Operands

  func operand(_ position: Int) -> Operand? {
    position < operands.count ? operands[position] : nil
  }

  /// Whether an operand is there and depends on the graph's inputs.
  func isComputed(_ position: Int) -> Bool {
    if case .feature? = operand(position) { true } else { false }
  }

  /// An operand that must be there.
  func required(_ position: Int) throws(MappingFailure) -> Operand {
    guard let operand = operand(position) else {
      throw .shape(.inputCount(expected: "input \(position)", found: operands.count))
    }
    return operand
  }

  /// The type of an operand that must be there.
  func type(_ position: Int) throws(MappingFailure) -> TensorType { try required(position).type }

  /// The elements of an operand that configures the operator; nil where it is left out.
  /// - Throws: ``MappingFailure/unsupported(reason:types:)`` where they are only known while the network runs.
  func elements(_ position: Int) throws(MappingFailure) -> [Scalar]? {
    guard let operand = operand(position) else { return nil }
    if case .constant(let constant) = operand {
      do {
        if let elements = try constant.elements() { return elements }
      } catch {
        throw .file(error)
      }
    }
    throw .unsupported(reason: "its input \(position) is computed while the network runs")
  }

  /// As ``elements(_:)``, of whole numbers that may be symbolic.
  func dimensions(_ position: Int) throws(MappingFailure) -> [Dimension]? {
    guard let elements = try elements(position) else { return nil }
    var result: [Dimension] = []
    for element in elements {
      guard let dimension = element.dimension else {
        throw .shape(.setting("input \(position) must hold whole numbers", found: "\(element)"))
      }
      result.append(dimension)
    }
    return result
  }

  /// As ``elements(_:)``, of plain whole numbers.
  func integers(_ position: Int) throws(MappingFailure) -> [Int]? {
    guard let dimensions = try dimensions(position) else { return nil }
    var result: [Int] = []
    for dimension in dimensions {
      guard let value = dimension.constant else {
        throw .unsupported(reason: "its input \(position) depends on \(dimension)")
      }
      result.append(value)
    }
    return result
  }

  /// The elements of a constant of plain whole numbers; nil where they are not known.
  func knownIntegers(_ constant: Constant) throws(MappingFailure) -> [Int]? {
    do {
      guard let elements = try constant.elements() else { return nil }
      var result: [Int] = []
      for element in elements {
        guard let value = element.dimension?.constant else { return nil }
        result.append(value)
      }
      return result
    } catch {
      throw .file(error)
    }
  }

  /// As ``elements(_:)``, of real numbers.
  func reals(_ position: Int) throws(MappingFailure) -> [Double]? {
    guard let elements = try elements(position) else { return nil }
    var result: [Double] = []
    for element in elements {
      guard let value = element.real else { throw .unsupported(reason: "its input \(position) is symbolic") }
      result.append(value)
    }
    return result
  }

  /// The first element of an operand; nil where it is left out or only known while the network runs.
  func fixedReal(_ position: Int) throws(MappingFailure) -> Double? {
    guard case .constant(let constant) = operand(position) else { return nil }
    do {
      return try constant.elements()?.first?.real
    } catch {
      throw .file(error)
    }
  }

  // MARK: Attributes

  private func attribute(
    _ name: String, _ type: AttributeProto.AttributeType, isSet: (AttributeProto) -> Bool
  ) throws(MappingFailure) -> AttributeProto? {
    for attribute in proto.attribute where attribute.name == name {
      // Files of the first format version do not state the type.
      guard attribute.type == type || attribute.type == .undefined && isSet(attribute) else {
        throw .attribute(name, problem: "must be of type \(type)")
      }
      return attribute
    }
    return nil
  }

  func integer(_ name: String) throws(MappingFailure) -> Int? {
    try attribute(name, .int) { $0.hasI }.map { Int($0.i) }
  }

  func flag(_ name: String, default value: Bool = false) throws(MappingFailure) -> Bool {
    try integer(name).map { $0 != 0 } ?? value
  }

  func integers(_ name: String) throws(MappingFailure) -> [Int]? {
    try attribute(name, .ints) { !$0.ints.isEmpty }.map { $0.ints.map { Int($0) } }
  }

  func real(_ name: String) throws(MappingFailure) -> Double? {
    try attribute(name, .float) { $0.hasF }.map { Double(shortest: $0.f) }
  }

  func reals(_ name: String) throws(MappingFailure) -> [Double]? {
    try attribute(name, .floats) { !$0.floats.isEmpty }.map { $0.floats.map { Double(shortest: $0) } }
  }

  func text(_ name: String) throws(MappingFailure) -> String? {
    try attribute(name, .string) { $0.hasS }.map { String(decoding: $0.s, as: UTF8.self) }
  }

  func tensor(_ name: String) throws(MappingFailure) -> TensorProto? {
    try attribute(name, .tensor) { $0.hasT }.map { $0.t }
  }

  func has(_ name: String) -> Bool {
    proto.attribute.contains { $0.name == name }
  }
}

extension Double {
  /// The number that `value` abbreviates: 0.1 for the nearest single-precision number to 0.1.
  init(shortest value: Float) {
    self = Double(value.description) ?? Double(value)
  }
}
