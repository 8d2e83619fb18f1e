/// Several sources, of which the first that has a tensor gives it.
public struct LayeredTensors: TensorSource {
  private let layers: [any TensorSource]

  public init(_ layers: [any TensorSource]) {
    self.layers = layers
  }

  /// The names of all layers; nil where one makes a tensor for any name.
  public var names: [String]? {
    var names: Set<String> = []
    for layer in layers {
      guard let more = layer.names else { return nil }
      names.formUnion(more)
    }
    return names.sorted()
  }

  public func tensor(named name: String, shape: [Int]) throws(TensorError) -> Tensor? {
    for layer in layers {
      if let tensor = try layer.tensor(named: name, shape: shape) { return tensor }
    }
    return nil
  }
}
