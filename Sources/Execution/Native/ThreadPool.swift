import CKernels

/// Threads that run the jobs of kernels. What they compute does not depend on how many there are.
final class ThreadPool {
  let threads: Int
  private let pool: OpaquePointer

  /// - Throws: ``ExecutionError/threads(requested:)`` when the system does not give so many.
  init(threads: Int) throws(ExecutionError) {
    guard (1...1024).contains(threads), let pool = ck_pool_create(Int32(threads)) else {
      throw .threads(requested: threads)
    }
    self.threads = threads
    self.pool = pool
  }

  deinit { ck_pool_destroy(pool) }

  /// Runs all jobs of a kernel. Thread `i` works in `scratch + i * stride`.
  func run(_ task: NativeTask, scratch: UnsafeMutablePointer<Float>, stride: Int) {
    ck_pool_run(pool, task.job, task.arguments, task.jobs, scratch, stride)
  }
}

/// A kernel with its arguments.
struct NativeTask {
  var job: CKJob
  var arguments: UnsafeRawPointer
  var jobs: Int
}
