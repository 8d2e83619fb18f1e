import Analysis
import Testing

@Suite("Sizes of memory as people write them")
struct ByteCountTests {
  @Test(
    "decimal and binary units, any case, fractions cut to whole bytes",
    arguments: [
      ("24GB", 24_000_000_000), ("8MiB", 8_388_608), ("512KB", 512_000), ("512 kib", 524_288), ("4096", 4096),
      ("7B", 7), ("1.5GB", 1_500_000_000), ("0.3KiB", 307), ("0.0019kB", 1), ("2TB", 2_000_000_000_000),
      ("1PiB", 1 << 50), ("9223372036854775807", Int.max), ("0.99999999999999999999999999PB", 999_999_999_999_999),
    ])
  func parses(text: String, bytes: Int) throws {
    #expect(try ByteCount(parsing: text).bytes == bytes)
  }

  @Test("what is no size says what is wrong")
  func refuses() {
    for text in ["", "GB", "-1GB", ".5GB", "5.", "1.2.3GB", "x", "１GB"] {
      #expect(throws: ByteCountError.noNumber(text)) { try ByteCount(parsing: text) }
    }
    for (text, unit) in [
      ("24G", "G"), ("8Mi", "Mi"), ("8iB", "iB"), ("1EB", "EB"), ("1 GB ", "GB "), ("1,5GB", ",5GB"),
    ] {
      #expect(throws: ByteCountError.unit(unit, text: text)) { try ByteCount(parsing: text) }
    }
    for text in ["9223372036854775808", "9300PB", "9223372036854775807.5kB", String(repeating: "9", count: 40)] {
      #expect(throws: ByteCountError.tooLarge(text)) { try ByteCount(parsing: text) }
    }
  }
}
