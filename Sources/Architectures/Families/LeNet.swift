import NetworkGraph
import SymbolicIntegers

/// LeNet-5 as published: trainable sub-sampling, a sparse third layer, and distances to fixed prototypes as output.
///
/// LeCun, Bottou, Bengio and Haffner 1998, section II.B and table I. 60,000 trainable parameters.
public struct LeNet5: Architecture {
  /// Table I: the S2 maps that each C3 map reads.
  public static let connections: [[Int]] = [
    [0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [0, 4, 5], [0, 1, 5],
    [0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5], [0, 3, 4, 5], [0, 1, 4, 5], [0, 1, 2, 5],
    [0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5],
    [0, 1, 2, 3, 4, 5],
  ]

  public var classes: Dimension

  public init(classes: Dimension = 10) {
    self.classes = classes
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    image
      .scope("c1", .stage) { squash($0.conv("conv", 6, kernel: 5)) }
      .scope("s2", .stage, subsample)
      .scope("c3", .stage) { input in
        let maps = Self.connections.enumerated().map { index, sources in
          input.scope("map\(index)") { $0.gather("inputs", axis: 1, sources).conv("conv", 1, kernel: 5) }
        }
        return squash(Feature.concatenate(maps))
      }
      .scope("s4", .stage, subsample)
      .scope("c5", .stage) { squash($0.conv("conv", 120, kernel: 5)).flatten() }
      .scope("f6", .stage) { squash($0.linear("linear", 84)) }
      .scope("output", .stage, prototypeDistances)
  }

  // Departure: without the constants of the paper's 1.7159 tanh(2/3 a).
  private func squash(_ input: Feature) -> Feature { input.activation(.tanh, "squash") }

  // Departure: the paper adds the four inputs; the trainable coefficient absorbs the quarter of their mean.
  private func subsample(_ input: Feature) -> Feature {
    squash(input.averagePool("pool", kernel: 2, stride: 2).scale("scale", bias: true))
  }

  /// Squared distance to each class's fixed 7 x 12 picture (radial basis function units).
  private func prototypeDistances(_ input: Feature) -> Feature {
    let prototypes = input.builder.add(
      .source(Source(.parameter(.buffer), TensorType([classes, input.channels]))), to: [], name: "prototypes")[0]
    return input.apply(.view(.unsqueeze(axes: [1])), "unsqueeze", .function)
      .elementwise(.subtract, prototypes, name: "sub")
      .apply(.reduction(Reduction(.sumOfSquares, axes: [-1], keepsAxes: false)), "sum", .function)
  }
}

/// LeNet-5 as taught today: full connections, ReLU, max pooling, a linear output. 61,706 parameters.
public struct ModernLeNet5: Architecture {
  public var classes: Dimension

  public init(classes: Dimension = 10) {
    self.classes = classes
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    image
      .conv("conv1", 6, kernel: 5).relu("relu1").maxPool("pool1", kernel: 2, stride: 2)
      .conv("conv2", 16, kernel: 5).relu("relu2").maxPool("pool2", kernel: 2, stride: 2)
      .flatten()
      .linear("fc1", 120).relu("relu3")
      .linear("fc2", 84).relu("relu4")
      .linear("fc3", classes)
  }
}

extension LeNet5 {
  private static let paper = Paper(
    "LeCun, Bottou, Bengio, Haffner", 1998, "Gradient-Based Learning Applied to Document Recognition",
    "Proceedings of the IEEE 86(11)")

  static let catalog = [
    CatalogEntry("lenet5", family: "LeNet", paper, input: [1, 1, 32, 32], LeNet5()),
    CatalogEntry("lenet5_modern", family: "LeNet", paper, input: [1, 1, 32, 32], ModernLeNet5()),
  ]
}
