import CKernels

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Int {
  /// What a network may use unless told otherwise, in bytes: the machine's memory, or what the process may address where
  /// that is limited to less (`ulimit -v`).
  public static var physicalMemory: Int {
    let machine = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    var limit = rlimit()
    #if canImport(Glibc)
      let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
    #else
      let resource = RLIMIT_AS
    #endif
    guard getrlimit(resource, &limit) == 0 else { return machine }
    return Swift.min(machine, Int(exactly: limit.rlim_cur) ?? machine)
  }
}

/// Returns memory that executors gave up to the system. The allocator keeps it for each thread: where several threads run
/// large networks one after the other, what is kept adds up to more than is ever in use.
public func giveBackFreedMemory() { ck_give_back_memory() }
