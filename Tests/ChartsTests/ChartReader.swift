import Foundation
import FoundationXML

@testable import Charts

/// Reads a chart back with an independent XML parser.
final class ChartReader: NSObject, XMLParserDelegate {
  struct Text {
    var content: String
    var x: Double
    var y: Double
  }

  private(set) var texts: [Text] = []
  /// The corners of every path.
  private(set) var paths: [(stroke: String, fill: String, corners: [Chart.Point])] = []
  private(set) var rectangles: [[String: String]] = []
  private(set) var circles: [[String: String]] = []
  private(set) var error: String?

  private var characters = ""
  private var attributes: [String: String] = [:]

  init(_ chart: Chart) {
    super.init()
    let parser = XMLParser(data: Data(chart.svg().utf8))
    parser.delegate = self
    if !parser.parse() { error = "\(String(describing: parser.parserError)) line \(parser.lineNumber)" }
  }

  func parser(
    _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    characters = ""
    self.attributes = attributes
    switch element {
    case "rect": rectangles.append(attributes)
    case "circle": circles.append(attributes)
    case "path":
      let numbers = (attributes["d"] ?? "").split { "MLZ".contains($0) }.map { $0.split(separator: ",") }
      let corners = numbers.compactMap { pair in
        pair.count == 2 ? Chart.Point(Double(pair[0]) ?? .nan, Double(pair[1]) ?? .nan) : nil
      }
      paths.append((attributes["stroke"] ?? "", attributes["fill"] ?? "", corners))
    default: break
    }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { characters += string }

  func parser(_ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?) {
    if element == "text" {
      texts.append(
        Text(
          content: characters, x: Double(attributes["x"] ?? "") ?? .nan, y: Double(attributes["y"] ?? "") ?? .nan))
    }
    characters = ""
  }

  /// The path of the first series of that colour that is no key of the legend.
  func curve(_ color: String) -> [Chart.Point] {
    paths.last { $0.stroke == color }?.corners ?? []
  }
}
