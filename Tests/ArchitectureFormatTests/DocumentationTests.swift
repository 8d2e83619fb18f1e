import Foundation
import NetworkGraph
import TestSupport
import Testing

@testable import ArchitectureFormat

@Suite("Documentation page")
struct DocumentationTests {
  private static let page = Golden.packageRoot.appending(path: "Documentation/architecture-files.md")

  /// The YAML blocks of the page as whole files; a list stands for the layers of a file.
  static func files() throws -> [String] {
    let text = try String(contentsOf: page, encoding: .utf8)
    return text.components(separatedBy: "```yaml\n").dropFirst().compactMap { part in
      part.components(separatedBy: "```\n").first
    }.map { $0.hasPrefix("- ") ? "input: 1x64x56x56\nlayers:\n" + $0 : $0 }
  }

  @Test("every YAML block on the page describes a network")
  func blocksBuild() throws {
    let files = try Self.files()
    #expect(files.count == 16)
    for file in files {
      #expect(throws: Never.self, "\(file)") { try network(file) }
    }
  }

  @Test("the page names every operator and every key, and an example uses each key")
  func everythingIsDescribed() throws {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    let examples = try Self.files().joined()
    for form in OperatorForm.all {
      #expect(text.contains("`\(form.name)`"), "\(form.name)")
      for key in form.keys {
        #expect(text.contains("`\(key)`"), "\(form.name) \(key)")
        #expect(examples.contains("\(key):") || form.main == key, "\(form.name) \(key)")
      }
    }
    for key in DescriptionReader.keys + LayerReader.commonKeys { #expect(text.contains("`\(key)`"), "\(key)") }
    for structure in LayerReader.structures {
      for key in structure.keys { #expect(examples.contains("\(key):"), "\(structure.name) \(key)") }
      #expect(examples.contains("\(structure.name):"))
    }
  }
}
