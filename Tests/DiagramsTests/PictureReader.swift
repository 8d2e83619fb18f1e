import Foundation
import FoundationXML

/// Reads an SVG picture back with an independent XML parser.
final class PictureReader: NSObject, XMLParserDelegate {
  private(set) var texts: [String] = []
  /// Contents of `title` elements: what a pointer resting on a box reads.
  private(set) var tooltips: [String] = []
  private(set) var size = (width: 0.0, height: 0.0)
  private(set) var error: String?

  private var characters = ""

  /// Nil with no error only for well-formed documents.
  init(_ svg: String) {
    super.init()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = self
    if !parser.parse() {
      error = "\(parser.parserError.map(String.init(describing:)) ?? "?") line \(parser.lineNumber)"
    }
  }

  func parser(
    _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    characters = ""
    if element == "svg" { size = (Double(attributes["width"] ?? "") ?? 0, Double(attributes["height"] ?? "") ?? 0) }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { characters += string }

  func parser(_ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?) {
    if element == "text" { texts.append(characters) }
    if element == "title" { tooltips.append(characters) }
    characters = ""
  }
}
