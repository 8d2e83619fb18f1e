/// How convolutions are computed.
public enum ConvolutionMethod: String, CaseIterable, Sendable {
  /// Winograd's filtering for windows of stride 1 and Strassen's algorithm for one pixel, where they pay by the number of
  /// channels and pixels.
  case auto
  /// Every product of the definition.
  case direct
  /// As `auto`, with Winograd's filtering wherever there is one.
  case winograd
}
