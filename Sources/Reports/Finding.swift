/// A sentence about a place of a network that a continuous-integration service shows beside a change.
public struct Finding: Sendable {
  public enum Level: String, Sendable {
    case notice, warning, error
  }

  public var level: Level
  /// The rule or budget.
  public var rule: String
  /// The node, or the network.
  public var place: String
  public var message: String

  public init(level: Level, rule: String, place: String, message: String) {
    self.level = level
    self.rule = rule
    self.place = place
    self.message = message
  }
}

/// Findings of one command about one network.
public struct Findings: Sendable {
  public var command: String
  public var model: String
  /// The file that describes the network, where there is one.
  public var file: String?
  public var findings: [Finding]

  public init(command: String, model: String, file: String?, findings: [Finding]) {
    self.command = command
    self.model = model
    self.file = file
    self.findings = findings
  }

  /// Workflow commands of GitHub Actions, one line each; none for an empty list.
  ///
  /// Source: "Workflow commands for GitHub Actions", section on setting messages, and the runner's escapes.
  public var gitHubAnnotations: String {
    findings.map { finding in
      var properties = ["title=" + property("convscope \(command): \(finding.rule)")]
      if let file { properties.insert("file=" + property(file), at: 0) }
      let text = finding.place.isEmpty ? finding.message : "\(finding.place): \(finding.message)"
      return "::\(finding.level.rawValue) \(properties.joined(separator: ","))::\(data(text))\n"
    }.joined()
  }

  /// A JUnit document with one test case for each finding; errors are failures.
  ///
  /// Source: the schema that Jenkins and GitLab read (`testsuites`, `testsuite`, `testcase`, `failure`).
  public var junit: String {
    let failures = findings.count { $0.level == .error }
    let counts = "tests=\"\(findings.count)\" failures=\"\(failures)\" errors=\"0\""
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites name=\"convscope\" \(counts)>",
      "  <testsuite name=\"\(xml("convscope \(command) \(model)"))\" \(counts)>",
    ]
    for finding in findings {
      let name = finding.place.isEmpty ? finding.rule : "\(finding.rule) \(finding.place)"
      let opening = "    <testcase classname=\"\(xml(model))\" name=\"\(xml(name))\""
      if finding.level == .error {
        lines.append(opening + ">")
        lines.append("      <failure message=\"\(xml(finding.message))\" type=\"\(xml(finding.rule))\"/>")
        lines.append("    </testcase>")
      } else {
        lines.append(opening + "/>")
      }
    }
    return (lines + ["  </testsuite>", "</testsuites>"]).joined(separator: "\n") + "\n"
  }
}

/// Message text of a workflow command.
private func data(_ text: String) -> String {
  text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
}

/// A property of a workflow command, in which colons and commas separate.
private func property(_ text: String) -> String {
  data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
}

/// Text inside an attribute; characters that XML forbids become spaces.
private func xml(_ text: String) -> String {
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result.append(contentsOf: "&amp;".unicodeScalars)
    case "<": result.append(contentsOf: "&lt;".unicodeScalars)
    case ">": result.append(contentsOf: "&gt;".unicodeScalars)
    case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
    default:
      let isForbidden = scalar.value < 0x20 || scalar.value == 0x7F || scalar.value == 0xFFFE || scalar.value == 0xFFFF
      result.append(isForbidden ? " " : scalar)
    }
  }
  return String(result)
}
