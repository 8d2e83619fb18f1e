import Foundation

/// The most memory that this process has had, in bytes.
public func peakMemory() throws -> Int {
  struct Unreadable: Error {}
  let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
  guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
    let kibibytes = line.split(separator: " ").compactMap({ Int($0) }).first
  else { throw Unreadable() }
  return kibibytes * 1024
}
