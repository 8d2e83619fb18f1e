import Glibc

/// A process that works on a store: enough to tell later whether it still runs.
public struct ProcessIdentity: Hashable, Sendable {
  /// The machine, its boot and the process namespace: within one, process numbers mean the same.
  public var host: String
  public var number: Int
  /// When it started, in the kernel's ticks since boot, because numbers are used again; zero where unknown.
  public var start: Int

  public init(host: String, number: Int, start: Int) {
    self.host = host
    self.number = number
    self.start = start
  }

  /// This process.
  public static var current: ProcessIdentity {
    let number = Int(getpid())
    return ProcessIdentity(host: currentHost, number: number, start: state(of: number)?.start ?? 0)
  }

  /// For people: `node7:4711`.
  var label: String { "\(host.prefix { $0 != "/" }):\(number)" }

  /// Whether the process runs; nil where only its signs of life can tell, because it runs on another machine.
  func isRunning(seenFrom here: ProcessIdentity) -> Bool? {
    guard host == here.host else { return nil }
    if kill(pid_t(truncatingIfNeeded: number), 0) != 0, errno == ESRCH { return false }
    // Where processes of others cannot be looked at, one of that number is taken to be the one.
    guard let state = Self.state(of: number), start != 0 else { return true }
    return state.start == start && state.isRunning
  }

  private static var currentHost: String {
    var name = utsname()
    uname(&name)
    let node = withUnsafeBytes(of: name.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    let boot = text(of: "/proc/sys/kernel/random/boot_id") ?? ""
    var link = [CChar](repeating: 0, count: 64)
    let length = readlink("/proc/self/ns/pid", &link, link.count)
    let namespace = String(decoding: link.prefix(max(length, 0)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    return "\(node)/\(boot.filter { !$0.isWhitespace })/\(namespace)"
  }

  private static func state(of process: Int) -> (start: Int, isRunning: Bool)? {
    // The second field is the name in brackets, which may hold anything; the rest follows the last bracket.
    guard let text = text(of: "/proc/\(process)/stat"), let bracket = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: bracket)...].split(separator: " ")
    guard fields.count > 19, let start = Int(fields[19]) else { return nil }
    return (start, !["Z", "X", "x"].contains(fields[0]))
  }

  private static func text(of path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    return count >= 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
  }
}
