import SymbolicIntegers

/// One setting for every spatial axis: a single number, or one number an axis.
public struct PerAxis: Hashable, Sendable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
  @usableFromInline var uniform: Int
  @usableFromInline var values: [Int]

  @inlinable
  public init(_ value: Int) {
    uniform = value
    values = []
  }

  @inlinable
  public init(_ values: [Int]) {
    uniform = 0
    self.values = values
  }

  @inlinable
  public init(integerLiteral value: Int) {
    self.init(value)
  }

  @inlinable
  public init(arrayLiteral elements: Int...) {
    self.init(elements)
  }

  /// The setting of `axis`; the last one given where there are fewer settings than axes.
  @inlinable
  public subscript(axis: Int) -> Int {
    values.isEmpty ? uniform : values[Swift.min(axis, values.count - 1)]
  }
}

/// The sliding window of a convolution or pool: for each spatial axis its kernel, stride, dilation and padding.
///
/// An output position `o` reads input positions `o * stride - before + k * dilation` for `k` in `0 ..< kernel`.
/// Output size per axis, with `span = dilation * (kernel - 1) + 1`:
/// - explicit padding: `floor((size + before + after - span) / stride) + 1`;
/// - ceil mode: the division rounds up, then a window that would start beyond the input and its leading padding is
///   dropped. Both together are `floor((size + before + min(after - span + stride - 1, -1)) / stride) + 1`;
/// - SAME padding: `ceil(size / stride)`, the padding following from the size.
///
/// Sources: PyTorch `pooling_output_shape`, ONNX operator specification (Conv, MaxPool, AveragePool).
public struct Window: Hashable, Sendable {
  /// The window along one axis.
  public struct Axis: Hashable, Sendable {
    public var kernel: Int
    public var stride: Int
    public var dilation: Int
    /// Padding before the first and after the last input position; ignored under SAME padding. Negative crops.
    public var before: Int
    public var after: Int

    public init(kernel: Int, stride: Int = 1, dilation: Int = 1, before: Int = 0, after: Int = 0) {
      self.kernel = kernel
      self.stride = stride
      self.dilation = dilation
      self.before = before
      self.after = after
    }

    /// Input positions from the first to the last tap.
    public var span: Dimension { Dimension(dilation) * (kernel - 1) + 1 }
  }

  /// Where padding comes from.
  public enum Padding: Hashable, Sendable {
    /// The numbers on each axis.
    case explicit
    /// As much as makes the output `ceil(size / stride)`; an odd element goes after (upper) or before (lower).
    case sameUpper, sameLower
  }

  public var axes: [Axis]
  public var padding: Padding
  public var ceilMode: Bool

  public init(_ axes: [Axis], padding: Padding = .explicit, ceilMode: Bool = false) {
    self.axes = axes
    self.padding = padding
    self.ceilMode = ceilMode
  }

  /// A window over `rank` axes with symmetric padding.
  public init(
    rank: Int, kernel: PerAxis, stride: PerAxis = 1, padding: PerAxis = 0, dilation: PerAxis = 1,
    ceilMode: Bool = false
  ) {
    self.init(
      (0..<rank).map {
        Axis(
          kernel: kernel[$0], stride: stride[$0], dilation: dilation[$0], before: padding[$0], after: padding[$0])
      }, ceilMode: ceilMode)
  }

  /// Taps of the window: the product of the kernel sizes.
  public var kernelElements: Dimension {
    var product: Dimension = 1
    for axis in axes { product *= Dimension(axis.kernel) }
    return product
  }

  /// Output size along axis `index` for an input of `size`.
  public func outputSize(_ size: Dimension, axis index: Int) -> Dimension {
    let axis = axes[index]
    guard padding == .explicit else { return size.ceilDivided(by: axis.stride) }
    let slack = Dimension(axis.after) - axis.span
    let numerator =
      ceilMode
      ? size + axis.before + Dimension.minimum(slack + axis.stride - 1, -1)
      : size + axis.before + slack
    return numerator.floorDivided(by: axis.stride) + 1
  }

  /// Padding along axis `index` for an input of `size`.
  public func padding(_ size: Dimension, axis index: Int) -> (before: Dimension, after: Dimension) {
    let axis = axes[index]
    guard padding != .explicit else { return (Dimension(axis.before), Dimension(axis.after)) }
    let output = size.ceilDivided(by: axis.stride)
    let total = Dimension.maximum(0, (output - 1) * axis.stride + axis.span - size)
    let smaller = total.floorDivided(by: 2)
    return padding == .sameUpper ? (smaller, total - smaller) : (total - smaller, smaller)
  }

  /// The output's shape: batch of the input, `channels` (the input's where nil) and the spatial sizes.
  /// - Throws: ``ShapeError`` when ranks differ, a setting is not positive, or a side would be empty.
  func outputShape(of input: Shape, channels: Dimension?) throws(ShapeError) -> Shape {
    guard input.rank == axes.count + 2 else {
      throw .rank(expected: "\(axes.count + 2) axes (batch, channels, \(axes.count) spatial)", found: input)
    }
    var dimensions: [Dimension] = []
    dimensions.reserveCapacity(input.rank)
    dimensions.append(input[0])
    dimensions.append(channels ?? input[1])
    for (index, axis) in axes.enumerated() {
      guard axis.kernel > 0, axis.stride > 0, axis.dilation > 0 else {
        throw .setting("kernel, stride and dilation must be positive", found: description)
      }
      let size = input[index + 2]
      let output = outputSize(size, axis: index)
      if let value = output.constant, value < 1 {
        throw .emptyOutput(axis: index, window: description, input: input)
      }
      dimensions.append(output)
    }
    return Shape(dimensions)
  }
}

extension Window: CustomStringConvertible {
  /// For example `3x3, stride 2x2, padding 1x1`; settings at their defaults are left out.
  public var description: String {
    func join(_ value: (Axis) -> String) -> String { axes.map(value).joined(separator: "x") }
    var text = join { "\($0.kernel)" }
    if axes.contains(where: { $0.stride != 1 }) { text += ", stride " + join { "\($0.stride)" } }
    if axes.contains(where: { $0.dilation != 1 }) { text += ", dilation " + join { "\($0.dilation)" } }
    switch padding {
    case .sameUpper, .sameLower: text += ", padding SAME"
    case .explicit:
      if axes.contains(where: { $0.before != 0 || $0.after != 0 }) {
        text += ", padding " + join { $0.before == $0.after ? "\($0.before)" : "(\($0.before),\($0.after))" }
      }
    }
    if ceilMode { text += ", ceil mode" }
    return text
  }
}
