#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Int {
  /// The machine's memory in bytes: what a network may use unless told otherwise.
  public static var physicalMemory: Int { sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) }
}
