/// The colours of a diagram: a light, calm ground, and one warm scale that carries the measure.
enum Palette {
  static let ink = "#1f2733"
  static let mutedInk = "#5d6978"
  static let line = "#8a97a8"
  static let badge = "#46566b"
  static let shortcut = "#2f8f83"
  static let wire = "#9fb3cc"
  static let frame = "#b4bfcc"
  static let neutral = "#ffffff"
  static let unknownFrame = "#c0392b"

  /// Fills of the groups, in turn by depth.
  static let groupFills = ["#f2f5f9", "#fafbfd"]
  static let groupFrame = "#d3dae3"

  /// Fill and frame of a form that does not depend on heat.
  static func colors(of form: Sketch.Form) -> (fill: String, frame: String) {
    switch form {
    case .card: (neutral, frame)
    case .pill: ("#f7f8fa", "#cdd5de")
    case .addition, .multiplication: ("#e4f3f0", "#2f8f83")
    case .concatenation: ("#edeaf8", "#7a68b3")
    case .terminal: ("#e5eef9", "#5b7fb5")
    case .unknown: ("#fdf1ef", unknownFrame)
    }
  }

  private static let stops: [(Double, Double, Double)] = [
    (255, 253, 247), (254, 234, 196), (252, 203, 140), (247, 170, 113), (239, 133, 98),
  ]

  /// The colour of `heat`, from nearly white at 0 to a warm red at 1; dark text stays readable on all of it.
  static func color(heat: Double) -> String {
    let position = min(max(heat.isFinite ? heat : 0, 0), 1) * Double(stops.count - 1)
    let index = min(Int(position), stops.count - 2)
    let fraction = position - Double(index)
    let (from, to) = (stops[index], stops[index + 1])
    let mixed = [(from.0, to.0), (from.1, to.1), (from.2, to.2)].map { Int(($0 + ($1 - $0) * fraction).rounded()) }
    return "#" + mixed.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
