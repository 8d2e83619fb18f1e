/// Whose names the modules of a network have, where two reference implementations of it differ in more than names.
public enum Library: String, Codable, Sendable {
  case torchvision, timm
}
