import CKernels

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Int {
  /// The machine's memory in bytes: what a network may use unless told otherwise.
  public static var physicalMemory: Int { sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) }
}

/// Returns memory that executors gave up to the system. The allocator keeps it for each thread: where several threads run
/// large networks one after the other, what is kept adds up to more than is ever in use.
public func giveBackFreedMemory() { ck_give_back_memory() }
