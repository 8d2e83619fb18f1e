import Analysis

/// Reads what a device can do from YAML.
///
///     name: NVIDIA H100 SXM
///     source: NVIDIA H100 datasheet
///     peak:                  # operations a second; a multiply-accumulate is two
///       float32: 66.9T
///       bfloat16: 989.4T
///     bandwidth: 3.35TB/s
///     memory: 80GB
///     price: 3.00            # an hour, optional
///     currency: USD
///     power: 700             # watts, optional
///     utilization: 0.4       # share of the roofline that the model reaches, optional
public enum HardwareFile {
  static let keys = [
    "name", "source", "peak", "bandwidth", "memory", "price", "currency", "power", "utilization",
  ]
  /// Element types of products that a peak can be given for.
  public static let peakNames = ["float64", "float32", "tfloat32", "float16", "bfloat16", "float8", "int8"]

  /// - Throws: ``ArchitectureFileError``, with line and column where something in the file is at fault.
  public static func hardware(contentsOf path: String) throws(ArchitectureFileError) -> Hardware {
    do throws(ArchitectureFileError) {
      return try hardware(text: SourceText.read(path), name: path)
    } catch {
      var error = error
      error.path = path
      throw error
    }
  }

  /// The device that a text describes, called `name` unless the text names it.
  static func hardware(text: String, name: String) throws(ArchitectureFileError) -> Hardware {
    let fields = try Fields(Item(parsing: text), owner: "the hardware", known: keys)
    let rates = try Fields(fields.required("peak"), owner: "'peak'", known: peakNames)
    var peaks: [Hardware.Peak] = []
    for name in peakNames {
      guard let item = rates[name] else { continue }
      guard let rate = item.text.flatMap(rate), (1...1e24).contains(rate) else {
        throw rates.wrongType(name, item, expected: "operations a second from 1 to 10^24, such as 19.5T")
      }
      peaks.append(Hardware.Peak(name, rate))
    }
    guard !peaks.isEmpty else {
      throw ArchitectureFileError(rates.place, .missingKey(peakNames.joined(separator: "' or '"), owner: "'peak'"))
    }
    var hardware = Hardware(
      name: try fields.line("name") ?? name, peaks: peaks,
      bandwidth: Double(try bytes(fields, "bandwidth", suffix: "/s", example: "2039GB/s")),
      memory: try bytes(fields, "memory", suffix: "", example: "80GB"))
    hardware.source = try fields.line("source") ?? ""
    hardware.price = try fields.number("price", in: 0...1e9)
    hardware.currency = try fields.line("currency") ?? hardware.currency
    hardware.power = try fields.number("power", in: 0...1e9)
    hardware.utilization = try fields.number("utilization", in: 0.0001...1)
    return hardware
  }

  /// A size of memory, above 0, with what stands behind it.
  private static func bytes(
    _ fields: Fields, _ key: String, suffix: String, example: String
  ) throws(ArchitectureFileError) -> Int {
    let item = try fields.required(key)
    let text = item.text ?? ""
    guard text.hasSuffix(suffix), let count = try? ByteCount(parsing: String(text.dropLast(suffix.count))),
      count.bytes > 0
    else { throw fields.wrongType(key, item, expected: "a number with its unit, such as \(example)") }
    return count.bytes
  }

  /// A number with an SI prefix: `19.5T`, `1.2e12`.
  private static func rate(_ text: String) -> Double? {
    let prefixes: [Character: Double] = ["k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18]
    guard let last = text.last, let factor = prefixes[last] else { return Double(plain: text[...]) }
    return Double(plain: text.dropLast()).map { $0 * factor }
  }
}
