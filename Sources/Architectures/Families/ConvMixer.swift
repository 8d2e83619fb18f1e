import NetworkGraph
import SymbolicIntegers

/// ConvMixer: patches at one resolution, mixed in turn over positions (depthwise) and over channels (1x1).
///
/// Trockman and Kolter 2022, figure 2 and table 1; names are timm's.
public struct ConvMixer: Architecture {
  public enum Nonlinearity: String, Codable, Sendable {
    case relu, gelu
  }

  public var width: Dimension
  public var depth: Int
  /// Side of the depthwise kernels.
  public var kernel: Int
  /// Side of a patch in pixels.
  public var patch: Int
  public var activation: Nonlinearity
  public var classes: Dimension

  public init(
    width: Dimension, depth: Int, kernel: Int, patch: Int, activation: Nonlinearity = .gelu, classes: Dimension = 1000
  ) {
    self.width = width
    self.depth = depth
    self.kernel = kernel
    self.patch = patch
    self.activation = activation
    self.classes = classes
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    var x = image.scope("stem") { image in
      normalized(image.conv("0", width, kernel: PerAxis(patch), stride: PerAxis(patch)), after: 0)
    }
    x = x.scope("blocks", .stage) { $0.repeated(depth) { input, _ in block(input) } }
    return x.head {
      $0.scope("global_pool") { $0.adaptiveAveragePool("pool").flatten(origin: .module) }
        .dropout("head_drop", 0).linear("head", classes)
    }
  }

  private func block(_ input: Feature) -> Feature {
    let x = input.scope("0") { input in
      input.scope("fn") { input in
        // An even kernel's odd element of padding goes behind.
        let axis = Window.Axis(kernel: kernel, before: Swift.max(0, kernel - 1) / 2, after: kernel / 2)
        let convolution = Convolution(outputChannels: width, window: Window([axis, axis]), groups: width)
        return normalized(input.apply(.convolution(convolution), "0"), after: 0)
      } + input
    }
    return normalized(x.conv("1", width, kernel: 1), after: 1)
  }

  private func normalized(_ input: Feature, after index: Int) -> Feature {
    input.activation(activation == .relu ? .relu : .gelu, "\(index + 1)").batchNorm("\(index + 2)")
  }
}

extension ConvMixer {
  private static let paper = Paper("Trockman, Kolter", 2022, "Patches Are All You Need?", "arXiv:2201.09792")

  static let catalog = [
    ("convmixer_1536_20", ConvMixer(width: 1536, depth: 20, kernel: 9, patch: 7)),
    ("convmixer_768_32", ConvMixer(width: 768, depth: 32, kernel: 7, patch: 7, activation: .relu)),
    ("convmixer_1024_20_ks9_p14", ConvMixer(width: 1024, depth: 20, kernel: 9, patch: 14)),
  ].map { CatalogEntry($0.0, family: "ConvMixer", paper, input: [1, 3, 224, 224], $0.1) }
}
