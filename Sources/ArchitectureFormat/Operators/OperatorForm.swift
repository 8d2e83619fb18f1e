import NetworkGraph

/// How a description writes one operator: its name, its keys, and what they make of the inputs.
struct OperatorForm: Sendable {
  let name: String
  /// Keys without a default.
  let required: [String]
  let optional: [String]
  /// The key that a bare value stands for: `linear: 10` is `linear: {features: 10}`.
  let main: String?
  /// Whether it reads several tensors: then it has the key `with`, and `from` may be a list.
  let takesSeveral: Bool
  /// Whether it has several outputs: then `save` may be a list.
  let givesSeveral: Bool
  /// Appends the operator; the outputs.
  let build: @Sendable (inout Call) throws(ArchitectureFileError) -> [Feature]

  init(
    _ name: String, required: [String] = [], optional: [String] = [], main: String? = nil, takesSeveral: Bool = false,
    givesSeveral: Bool = false,
    build: @escaping @Sendable (inout Call) throws(ArchitectureFileError) -> [Feature]
  ) {
    self.name = name
    self.required = required
    self.optional = optional
    self.main = main
    self.takesSeveral = takesSeveral
    self.givesSeveral = givesSeveral
    self.build = build
  }

  var keys: [String] { required + optional }

  /// Every operator that a description can name.
  static let all: [OperatorForm] =
    weighted + normalizations + activations + pools + movements + resizes + joins + composites

  private static let byName: [String: OperatorForm] = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  static func named(_ name: String) -> OperatorForm? { byName[name] }
}
