import Tensors

extension ExecutionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .symbolic(let node, let type): "\(node): a run needs numbers for sizes, but its output is \(type)"
    case .unsupported(let node, let reason): "\(node) cannot be run: \(reason)"
    case .input(let name, let expected, let found):
      "input '\(name)' must be \(Tensor.description(of: expected)), but is \(Tensor.description(of: found))"
    case .inputCount(let expected, let found):
      "the network has \(expected.count) inputs (\(expected.joined(separator: ", "))), but \(found) are given"
    case .parameters(let missing, let unexpected, let mismatched):
      [
        mismatched.isEmpty
          ? nil
          : "of another shape: "
            + Self.list(
              mismatched.map {
                "\($0.name) (\(Tensor.description(of: $0.expected)) needed, \(Tensor.description(of: $0.found)) given)"
              }),
        missing.isEmpty ? nil : "missing: " + Self.list(missing),
        unexpected.isEmpty ? nil : "unexpected: " + Self.list(unexpected),
      ].compactMap(\.self).joined(separator: "; ")
    case .tensor(let error): "\(error)"
    case .instructionSet(let requested, let available):
      "CONVSCOPE_ISA=\(requested): this processor offers \(available.joined(separator: ", "))"
    case .threads(let requested): "\(requested) threads cannot be had"
    case .memory(let bytes, let limit): "needs \(bytes) bytes of memory, but may use \(limit)"
    case .notFinite(let output): "values of output '\(output)' are not finite numbers"
    }
  }

  /// The first few of many, and how many more there are.
  private static func list(_ items: [String]) -> String {
    let told = 8
    return items.prefix(told).joined(separator: ", ")
      + (items.count > told ? ", and \(items.count - told) more" : "")
  }
}
