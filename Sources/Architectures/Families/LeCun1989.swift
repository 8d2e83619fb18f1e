import NetworkGraph
import SymbolicIntegers

/// The first convolutional network trained by backpropagation: shared weights, but a bias of its own for each unit.
///
/// LeCun et al. 1989, figure 3: 9,760 free parameters, 64,660 connections; 16 x 16 pixels in, ten digits out.
public struct LeCun1989: Architecture {
  /// The H1 maps that groups of four H2 maps read, eight each.
  ///
  /// The paper withholds its scheme. This one lets every H1 map feed eight H2 maps.
  public static let connections: [[Int]] = [
    [0, 1, 2, 3, 4, 5, 6, 7], [4, 5, 6, 7, 8, 9, 10, 11], [0, 1, 2, 3, 8, 9, 10, 11],
  ]

  public var classes: Dimension

  public init(classes: Dimension = 10) {
    self.classes = classes
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    image
      .scope("h1", .stage) { input in
        biased { convolution(input, "conv", 12) }
      }
      .scope("h2", .stage) { input in
        biased {
          Feature.concatenate(
            Self.connections.enumerated().map { index, sources in
              input.scope("group\(index)") { convolution($0.gather("inputs", axis: 1, sources), "conv", 4) }
            })
        }
      }
      .scope("h3", .stage) { squash($0.flatten().linear("linear", 30)) }
      .scope("output", .stage) { squash($0.linear("linear", classes)) }
  }

  /// Half the side: windows that leave the image by up to two pixels see a constant background.
  private func convolution(_ input: Feature, _ name: String, _ channels: Dimension) -> Feature {
    var window = Window(rank: 2, kernel: 5, stride: 2)
    window.padding = .sameUpper
    return input.apply(.convolution(Convolution(outputChannels: channels, window: window, bias: false)), name)
  }

  /// One bias for each unit of the maps, which so differ from place to place.
  private func biased(_ maps: () -> Feature) -> Feature {
    let x = maps()
    return squash(x + x.parameter("bias", Shape(Array(x.shape.dimensions.dropFirst()))))
  }

  // Departure: without the constants of the paper's scaled hyperbolic tangent.
  private func squash(_ input: Feature) -> Feature { input.activation(.tanh, "squash") }
}

extension LeCun1989 {
  private static let paper = Paper(
    "LeCun, Boser, Denker, Henderson, Howard, Hubbard, Jackel", 1989,
    "Backpropagation Applied to Handwritten Zip Code Recognition", "Neural Computation 1(4)")

  static let catalog = [CatalogEntry("lecun1989", family: "LeCun 1989", paper, input: [1, 1, 16, 16], LeCun1989())]
}
