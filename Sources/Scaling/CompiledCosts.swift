import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers

/// Parameters, MACs and activations of networks that differ in repeats alone, as integer combinations of monomials in
/// the resolution.
///
/// A stage of n equal blocks costs first + (n - 1) * rest, so the coefficient of each monomial is one number and one
/// for each further block of each stage.
struct CompiledCosts: Sendable {
  /// Positions of the monomials in the family's basis.
  let monomials: [Int]
  /// Coefficients with one block in each stage: row by row, for each of ``monomials``.
  let base: [Int]
  /// What one more block in a stage adds to ``base``, stage by stage.
  let rest: [Int]
  /// The least resolution for which the formulas hold.
  let minimum: Int

  /// Quantities that points have: parameters, MACs and activations.
  static let quantities = 3
  /// Those and a ceiling: see ``NetworkCosts/ceiling``.
  static let rows = 4

  /// The coefficients for some repeats, in the order of ``base``; nil where one leaves the range of integers.
  ///
  /// - Parameter result: room for as many as ``base`` has.
  func coefficients(of repeats: [Int], into result: UnsafeMutableBufferPointer<Int>) -> Bool {
    let count = base.count
    var failed = false
    for index in 0..<count { result[index] = base[index] }
    rest.withUnsafeBufferPointer { rest in
      var start = 0
      for repeats in repeats where start < rest.count {
        let more = repeats - 1
        for index in 0..<count where more != 0 {
          let (product, overflow) = rest[start + index].multipliedReportingOverflow(by: more)
          let (sum, carry) = result[index].addingReportingOverflow(product)
          result[index] = sum
          failed = failed || overflow || carry
        }
        start += count
      }
    }
    return !failed
  }
}

/// The totals of one network; formulas where its input has symbols.
struct NetworkCosts: Hashable, Sendable {
  /// Parameters, MACs and activations.
  var values: [Dimension]
  /// More than every total that an analysis makes: where this fits into an integer, no total leaves their range.
  var ceiling: Dimension

  /// - Throws: ``ScalingError/network(point:reason:)`` when a total leaves the range of 64-bit integers.
  init(_ graph: Graph, point: () -> String) throws(ScalingError) {
    do throws(GraphError) {
      let total = try NetworkAnalysis(graph).total
      let macs = CountingConvention.macs.count(total.operations)
      values = [total.parameters, macs, total.activations]
      // An operator other than a product does fewer than 64 things for an element.
      ceiling = macs * 4 + total.allOutputs * 64 + total.parameters + total.buffers
    } catch {
      throw .network(point: point(), reason: "\(error)")
    }
  }
}
