import SymbolicIntegers

/// What a tensor holds that is neither given nor learnt: values that follow from the network's definition.
public enum FixedValues: Hashable, Sendable {
  /// One number everywhere.
  case uniform(Double)
  /// For each ordered pair of positions in a window, the row of a table with `(2 height - 1) * (2 width - 1)` rows that
  /// belongs to their offset: `(y1 - y2 + height - 1) * (2 width - 1) + x1 - x2 + width - 1`.
  ///
  /// Positions run along rows of the window. Source: Liu et al. 2021, arXiv:2103.14030, section 3.2.
  case relativePositionIndex(height: Int, width: Int)
  /// For each offset `(dy, dx)` in a window, each coordinate `d` on a logarithmic scale:
  /// `sign(e) * log2(|e| + 1) / 3` with `e = 8 d / (size - 1)`.
  ///
  /// Shape 1 x (2 height - 1) x (2 width - 1) x 2. Source: Liu et al. 2022, arXiv:2111.09883, section 3.3.
  case logarithmicOffsets(height: Int, width: Int)
  /// For each window of a map that was shifted cyclically and each pair of its positions: 0 where both come from one
  /// region of the original map, -100 elsewhere.
  ///
  /// Windows run along rows of the map. On each axis the regions of the shifted map are all but the last window, the
  /// last window but its last `shift` positions, and these. Source: Liu et al. 2021, arXiv:2103.14030, figure 4.
  case shiftedWindowMask(
    height: Dimension, width: Dimension, windowHeight: Int, windowWidth: Int, verticalShift: Int, horizontalShift: Int)
}
