/// How convolutions with stride 1 are computed.
public enum ConvolutionMethod: String, CaseIterable, Sendable {
  /// Winograd's filtering where it pays, by the number of channels and pixels.
  case auto
  /// Every product of the definition.
  case direct
  /// Winograd's filtering wherever there is one.
  case winograd
}
