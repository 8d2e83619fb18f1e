/// Sources on top of each other: a tensor comes from the first that has it.
public struct LayeredTensors: TensorSource {
  public var layers: [any TensorSource]

  public init(_ layers: [any TensorSource]) {
    self.layers = layers
  }

  /// The names of all layers, each once; nil where one of them makes a tensor for any name.
  public var names: [String]? {
    var result: [String] = []
    var known: Set<String> = []
    for layer in layers {
      guard let names = layer.names else { return nil }
      for name in names where known.insert(name).inserted { result.append(name) }
    }
    return result
  }

  public func tensor(named name: String, shape: [Int]) throws(TensorError) -> Tensor? {
    for layer in layers {
      if let tensor = try layer.tensor(named: name, shape: shape) { return tensor }
    }
    return nil
  }
}
