import Architectures
import ArgumentParser

/// Options that change a network before it is measured.
struct EditOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Change a setting of a built-in network or of a description: classes=10, stages[2].depth=9; repeatable. "
        + "'convscope info' lists a network's.",
      valueName: "name=value"))
  var set: [String] = []

  @Flag(name: .long, help: "The backbone only: no head, maps at strides 4 to 32 as outputs.")
  var features = false

  /// The entry with the settings changed.
  /// - Throws: ``CommandFailure`` that names the option.
  func edited(_ entry: CatalogEntry) throws -> CatalogEntry {
    do throws(SettingError) {
      return try entry.with(settings: set)
    } catch {
      throw CommandFailure(.usage, "--set: \(error)")
    }
  }
}
