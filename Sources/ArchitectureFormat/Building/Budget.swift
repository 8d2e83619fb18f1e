import NetworkGraph
import SymbolicIntegers

/// What a network may still cost to build.
struct Budget {
  private var layers = 0
  private var terms = 0

  /// Counts one layer or iteration.
  mutating func spend(at place: Place) throws(ArchitectureFileError) {
    layers += 1
    guard layers <= ArchitectureFileLimits.layers else {
      throw ArchitectureFileError(place, .tooMany("layers and iterations", limit: ArchitectureFileLimits.layers))
    }
  }

  /// Counts the terms of a shape's symbolic sizes.
  mutating func charge(_ shape: Shape, at place: Place) throws(ArchitectureFileError) {
    guard shape.rank <= ArchitectureFileLimits.axes else {
      throw ArchitectureFileError(place, .tooMany("axes in one tensor", limit: ArchitectureFileLimits.axes))
    }
    for size in shape.dimensions where !size.isConstant {
      let count = size.expressionSize
      terms += count
      guard count <= ArchitectureFileLimits.sizeTerms else {
        throw ArchitectureFileError(place, .tooMany("terms in one size", limit: ArchitectureFileLimits.sizeTerms))
      }
      guard terms <= ArchitectureFileLimits.totalTerms else {
        throw ArchitectureFileError(place, .tooMany("terms in its sizes", limit: ArchitectureFileLimits.totalTerms))
      }
    }
  }
}
