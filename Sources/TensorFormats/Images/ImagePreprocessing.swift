import Tensors

/// What published weights expect to have been done to a picture: the shorter side resized, the middle cut out, and each
/// channel normalised.
///
/// The defaults are those under which most weights trained on ImageNet were evaluated: a side of 256 for every 224 that
/// are cut out (224/256 = 0.875), and the training set's own mean and deviation. Weights that state other numbers get
/// them by setting the properties: torchvision's second set of weights resizes to 232, ViT and Inception in timm
/// normalise with 0.5 and 0.5, EfficientNet resamples bicubically.
public struct ImagePreprocessing: Hashable, Sendable {
  /// Length of the shorter side before the crop, or of both.
  public var resizedSide: Int
  /// Whether the picture keeps its proportions; else both sides are resized to that length.
  public var keepsAspect: Bool
  /// Sides of the square that is cut out: the network's input.
  public var croppedSide: Int
  public var interpolation: Image.Interpolation
  /// Of red, green and blue on a scale of 0 to 1.
  public var mean: [Float]
  public var standardDeviation: [Float]

  /// The usual preprocessing for a network whose input has this side; `resizedSide` is `side / 0.875`, rounded down.
  public init(
    side: Int, resizedSide: Int? = nil, keepsAspect: Bool = true, interpolation: Image.Interpolation = .bilinear,
    mean: [Float] = [0.485, 0.456, 0.406], standardDeviation: [Float] = [0.229, 0.224, 0.225]
  ) {
    croppedSide = side
    // Equal to side / 0.875 without its rounding.
    self.resizedSide = resizedSide ?? (side <= Image.pixelLimit ? side * 8 / 7 : side)
    self.keepsAspect = keepsAspect
    self.interpolation = interpolation
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// The network's input: 1 x 3 x side x side.
  /// - Throws: ``TensorError/size(shape:)`` for sides that cannot be: none, too many, or a crop larger than the picture.
  public func tensor(_ image: Image) throws(TensorError) -> Tensor {
    let shape = [1, 3, croppedSide, croppedSide]
    guard resizedSide > 0, resizedSide <= Image.pixelLimit, mean.count == 3, standardDeviation.count == 3 else {
      throw .size(shape: shape)
    }
    let (width, height) = (image.width, image.height)
    // The longer side is rounded down.
    let resized = try image.resized(
      width: width <= height || !keepsAspect ? resizedSide : resizedSide * width / height,
      height: width > height || !keepsAspect ? resizedSide : resizedSide * height / width, interpolation)
    let cropped = try resized.centerCropped(width: croppedSide, height: croppedSide)
    let count = croppedSide * croppedSide
    var values: [Float] = []
    values.reserveCapacity(3 * count)
    for channel in 0..<3 {
      for pixel in 0..<count {
        values.append((Float(cropped.pixels[3 * pixel + channel]) / 255 - mean[channel]) / standardDeviation[channel])
      }
    }
    return try Tensor(shape, values)
  }
}

extension ImagePreprocessing: CustomStringConvertible {
  /// `shorter side 232 (bilinear), middle 224x224, mean 0.485 0.456 0.406, deviation 0.229 0.224 0.225`
  public var description: String {
    func list(_ values: [Float]) -> String { values.map { "\($0)" }.joined(separator: " ") }
    return "\(keepsAspect ? "shorter side" : "both sides") \(resizedSide) (\(interpolation)), middle "
      + "\(croppedSide)x\(croppedSide), mean \(list(mean)), deviation \(list(standardDeviation))"
  }
}
