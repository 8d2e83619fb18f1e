import Foundation

extension Golden {
  /// The folder Tests/Golden.
  public static let folder = packageRoot.appending(path: "Tests/Golden")

  /// The package's own folder.
  public static let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
}
