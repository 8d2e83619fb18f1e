import NetworkGraph
import SymbolicIntegers

/// Attention within the windows of a map N x H x W x C, which may be shifted by half a window.
///
/// A map whose sides are not multiples of the window is padded behind. Liu et al. 2021, arXiv:2103.14030, section 3.2.
struct Windows {
  var height: Int
  var width: Int
  var isShifted: Bool
  /// Whether padding precedes the shift (torchvision) or follows it (timm).
  var padsFirst: Bool

  /// Applies `body` to the windows, (N * windows) x positions x C, and puts its result back in place.
  /// - Parameter body: also gets what makes the mask, windows x 1 x positions x positions, that keeps apart what the
  ///   shift joined.
  func callAsFunction(_ input: Feature, _ body: (Feature, _ mask: () -> Feature?) -> Feature) -> Feature {
    guard let rows = windows(along: 1, of: height, input), let columns = windows(along: 2, of: width, input) else {
      return input
    }
    let shifts = [rows.count == 1 || !isShifted ? 0 : height / 2, columns.count == 1 || !isShifted ? 0 : width / 2]
    let padding = [0, rows.padding, columns.padding, 0]
    let back = shifts.map { -$0 }
    let (batch, channels) = (input.size(0), input.size(3))

    var x = input
    if padsFirst { x = x.paddedBehind(padding) }
    x = x.rolled(back, axes: [1, 2])
    if !padsFirst { x = x.paddedBehind(padding) }
    let shifted = x
    let padded = (height: rows.count * height, width: columns.count * width)
    let area = Dimension(height) * width
    x = x.reshaped([batch, rows.count, Dimension(height), columns.count, Dimension(width), channels])
      .transposed([0, 1, 3, 2, 4, 5]).reshaped([batch * rows.count * columns.count, area, channels])

    func mask() -> Feature? {
      guard shifts != [0, 0] else { return nil }
      let values = FixedValues.shiftedWindowMask(
        height: padded.height, width: padded.width, windowHeight: height, windowWidth: width,
        verticalShift: shifts[0], horizontalShift: shifts[1])
      return x.constant(
        "attn_mask", values, [rows.count * columns.count, 1, area, area], origin: padsFirst ? .function : .module)
    }
    x = body(x, mask)

    x = x.reshaped([batch, rows.count, columns.count, Dimension(height), Dimension(width), channels])
      .transposed([0, 1, 3, 2, 4, 5]).reshaped([batch, padded.height, padded.width, channels])
    // timm's code has a name for the shifted map until then.
    if !padsFirst { shifted.held(until: x) }
    if padsFirst { x = x.rolled(shifts, axes: [1, 2]) }
    if rows.padding > 0 { x = x.slice(axis: 1, to: -rows.padding) }
    if columns.padding > 0 { x = x.slice(axis: 2, to: -columns.padding) }
    return padsFirst ? x : x.rolled(shifts, axes: [1, 2])
  }

  /// Windows along an axis and the positions added to fill the last one. A symbolic side must be a multiple of the
  /// window, and is taken to be larger than one window.
  private func windows(along axis: Int, of window: Int, _ input: Feature) -> (count: Dimension, padding: Int)? {
    let side = input.size(axis)
    guard window > 0 else {
      input.builder.fail(
        .setting("a window's side must be positive", found: "\(window)"), at: "windows", operatorName: "Windows")
      return nil
    }
    if let side = side.constant {
      let padding = (window - side % window) % window
      return ((Dimension(side) + padding).floorDivided(by: window), padding)
    }
    guard let count = side.exactlyDivided(by: Dimension(window)) else {
      let rule = "a symbolic side must be a multiple of the window, as it is for an input of 224*h or the like"
      input.builder.fail(
        .mismatch(rule: rule, left: "side \(side)", right: "window \(window)"), at: "windows", operatorName: "Windows")
      return nil
    }
    return (count, 0)
  }
}

/// Scores of attention, (N * windows) x heads x positions x positions, with each window's mask added.
func masked(_ scores: Feature, by mask: Feature?) -> Feature {
  guard let mask else { return scores }
  let windows = mask.size(0)
  let perImage = Array(scores.shape.dimensions.dropFirst())
  let x = scores.reshaped([scores.size(0).exactlyDivided(by: windows) ?? 1, windows] + perImage) + mask
  return x.reshaped([scores.size(0)] + perImage)
}

extension Feature {
  /// Squares of 2 x 2 positions of N x H x W x C moved into channels: above before below, left before right. A side
  /// that is odd is padded behind.
  ///
  /// Liu et al. 2021, arXiv:2103.14030, section 3.1 (patch merging).
  func mergedPatches() -> Feature {
    var sides: [Dimension] = []
    var padding: [Int] = []
    for side in [size(1), size(2)] {
      padding.append((side.constant ?? 0) % 2)
      guard let half = (side + padding[padding.count - 1]).exactlyDivided(by: 2) else {
        let rule = "a symbolic side must be even, as it is for an input of 224*h or the like"
        builder.fail(
          .mismatch(rule: rule, left: "side \(side)", right: "2"), at: "merge", operatorName: "PatchMerging")
        return self
      }
      sides.append(half)
    }
    return paddedBehind([0, padding[0], padding[1], 0])
      .reshaped([size(0), sides[0], 2, sides[1], 2, size(3)]).transposed([0, 1, 3, 4, 2, 5])
      .reshaped([size(0), sides[0], sides[1], size(3) * 4])
  }
}
