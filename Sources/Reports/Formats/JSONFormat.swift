import FoundationEssentials

/// JSON with sorted keys and two-space indentation.
func renderJSON(_ document: any Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
}
