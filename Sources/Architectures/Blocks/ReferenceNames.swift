/// Whose module names, and with them tensor names, a network takes where several implementations own it.
public enum ReferenceNames: String, Codable, Sendable {
  case torchvision, timm
  /// The paper's own code.
  case authors
}
