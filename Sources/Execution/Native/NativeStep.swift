import CKernels

/// One step of a native plan: nodes that one kernel computes, or a conversion between layouts.
struct NativeStep {
  /// The nodes, in order; the last one's value is stored. Empty for a conversion.
  var nodes: [Int]
  /// What computes it, for a reader.
  var kernel: String
  /// Why this kernel: what of the layer decided.
  var rule: String
  var touched: [NativeStorage]
  /// Buffers of which the output may take the input's place, where nothing reads that any more.
  var inPlace: InPlace?
  /// Makes the work for given places.
  var bind: (NativeBinder) throws(ExecutionError) -> NativeWork
}

enum NativeWork {
  case task(NativeTask)
  case reference(ReferenceKernel)
}

extension NativeStep {
  /// The buffers of an input and of an output whose elements lie alike.
  struct InPlace {
    var input: Int
    var output: Int

    /// Nil unless both are whole buffers, and nothing else that the step reads is the input's.
    init?(_ input: NativeStorage, _ output: NativeStorage, besides others: [NativeStorage] = []) {
      guard case .buffer(let from) = input, case .buffer(let to) = output, from != to else { return nil }
      for other in others {
        if case .buffer(from) = other { return nil }
      }
      (self.input, self.output) = (from, to)
    }
  }
}

/// The places of buffers, once they are known, and memory for arguments.
struct NativeBinder {
  let arena: UnsafeMutablePointer<Float>
  /// By buffer, in floats.
  let offsets: [Int]
  let memory: NativeMemory

  func pointer(_ storage: NativeStorage, _ offset: Int = 0) -> UnsafeMutablePointer<Float> {
    switch storage {
    case .buffer(let index): arena + offsets[index] + offset
    case .fixed(let pointer): pointer + offset
    }
  }

  func pointer(_ place: BlockedPlace) -> UnsafeMutablePointer<Float> { pointer(place.storage, place.layout.offset) }
  func pointer(_ place: StridedPlace) -> UnsafeMutablePointer<Float> { pointer(place.storage, place.layout.offset) }

  func view(_ place: StridedPlace) -> TensorView { TensorView(base: pointer(place.storage), layout: place.layout) }

  /// A kernel's work; `jobs` counts from the kept arguments.
  func task<Arguments: BitwiseCopyable>(
    _ job: @escaping CKJob, _ arguments: Arguments, jobs: (UnsafePointer<Arguments>) -> Int
  ) -> NativeWork {
    let kept = memory.keep([arguments])
    return .task(NativeTask(job: job, arguments: UnsafeRawPointer(kept), jobs: jobs(kept)))
  }
}
