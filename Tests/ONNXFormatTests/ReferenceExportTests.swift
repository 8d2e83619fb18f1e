import NetworkGraph
import Testing

@testable import ONNXFormat

/// Networks that other programs exported, written again.
@Suite(.enabled(if: ReferenceFiles.exist, "no ONNX files in \(ReferenceFiles.folder.path); see ReferenceFiles"))
struct ReferenceExportTests {
  @Test(arguments: ReferenceFiles.paths.filter { !$0.contains("/") })
  func `a network from a file comes back`(file: String) throws {
    let graph = try ONNXModel.graph(contentsOf: ReferenceFiles.path(file))
    var bytes = FileBytes(try ONNXExport(graph).bytes())
    let again = try ONNXModel.graph(ModelFile(&bytes, path: file))
    let (expected, found) = (graph.normalForm, again.normalForm)
    #expect(found.inputs == expected.inputs)
    #expect(found.outputs == expected.outputs)
    for (left, right) in zip(expected.nodes, found.nodes) where left != right {
      Issue.record("\(left)\nagainst\n\(right)")
      break
    }
    #expect(found.parameters == expected.parameters)
    #expect(found.nodes.count == expected.nodes.count)
  }
}
