import CKernels

/// Steps that copy a value to another layout.
extension NativePlanner {
  func block(_ from: StridedPlace, pixelStride: Int, to: BlockedPlace) {
    let (kernels, layout) = (kernels, to.layout)
    add([], "to blocks", "a kernel asks for channels in blocks", [from.storage, to.storage]) { binder in
      var map = CKBlocking()
      map.input = UnsafePointer(binder.pointer(from))
      map.output = binder.pointer(to)
      (map.batch, map.channels, map.pixels) = (layout.batch, layout.channels, layout.pixels)
      (map.inputBatch, map.outputBatch) = (from.layout.strides[0], layout.batchStride)
      (map.channelStride, map.pixelStride) = (from.layout.strides[layout.axis], pixelStride)
      return binder.task(kernels.block, map) { ck_blocking_jobs($0, kernels.width) }
    }
  }

  func unblock(_ from: BlockedPlace, to: StridedPlace) {
    let (kernels, layout) = (kernels, from.layout)
    add([], "from blocks", "a kernel asks for row-major order", [from.storage, to.storage]) { binder in
      var map = CKBlocking()
      map.input = UnsafePointer(binder.pointer(from))
      map.output = binder.pointer(to)
      (map.batch, map.channels, map.pixels) = (layout.batch, layout.channels, layout.pixels)
      (map.inputBatch, map.outputBatch) = (layout.batchStride, to.layout.strides[0])
      map.channelStride = to.layout.strides[layout.axis]
      map.pixelStride = to.layout.pixelStride(axis: layout.axis) ?? 0
      return binder.task(kernels.unblock, map) { ck_blocking_jobs($0, kernels.width) }
    }
  }

  /// Planes copied with a border, into a new buffer of `batch` x `planes` x height x width x `unit`.
  func pad(
    _ from: NativeStorage, _ offset: Int, _ border: MapBorder, planes: Int, batch: Int, batchStride: Int, unit: Int
  )
    -> NativeStorage
  {
    let kernels = kernels
    let result = buffer(batch * planes * border.paddedHeight * border.paddedWidth * unit)
    add([], "border", "no window leaves the map", [from, result]) { binder in
      var map = CKPadding()
      map.input = UnsafePointer(binder.pointer(from, offset))
      map.output = binder.pointer(result)
      (map.batch, map.planes, map.unit, map.inputBatch) = (batch, planes, unit, batchStride)
      (map.height, map.width) = (border.height, border.width)
      (map.top, map.left, map.bottom, map.right) = (border.top, border.left, border.bottom, border.right)
      return binder.task(kernels.pad, map) { ck_pad_jobs($0) }
    }
    return result
  }
}

/// A map and what is added around it.
struct MapBorder {
  var height: Int
  var width: Int
  var top = 0
  var left = 0
  var bottom = 0
  var right = 0

  var paddedHeight: Int { top + height + bottom }
  var paddedWidth: Int { left + width + right }
  var isEmpty: Bool { top == 0 && left == 0 && bottom == 0 && right == 0 }
}
