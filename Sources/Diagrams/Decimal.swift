/// Decimal numbers in generated text: the same characters on every machine and in every locale.
enum Decimal {
  /// `value` rounded to `places` decimals, without trailing zeros: `12.5`, `-3`. Values no picture can hold read `0`.
  static func text(_ value: Double, places: Int = 1) -> String {
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    let scaled = (value * Double(scale)).rounded()
    guard scaled.isFinite, abs(scaled) < 1e15 else { return "0" }
    let units = Int(scaled)
    var fraction = String(units.magnitude % UInt(scale))
    let whole = "\(units < 0 ? "-" : "")\(units.magnitude / UInt(scale))"
    if fraction == "0" { return whole }
    fraction = String(repeating: "0", count: places - fraction.count) + fraction
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return "\(whole).\(fraction)"
  }
}
