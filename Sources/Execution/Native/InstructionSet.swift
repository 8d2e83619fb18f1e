import CKernels
import Foundation

/// The vector instructions that native kernels use.
public enum InstructionSet: String, CaseIterable, Sendable {
  case portable, avx2, avx512

  /// The widest that this processor and system offer.
  public static var widest: InstructionSet { InstructionSet(ck_widest_instruction_set()) }

  /// Those that can be used here, from the narrowest.
  public static var available: [InstructionSet] {
    allCases.filter { $0.code.rawValue <= ck_widest_instruction_set().rawValue && ck_kernels($0.code) != nil }
  }

  /// The one that the environment variable `CONVSCOPE_ISA` names; the widest without it.
  /// - Throws: ``ExecutionError/instructionSet(requested:available:)``.
  public static func chosen(
    by environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(ExecutionError) -> InstructionSet {
    guard let name = environment["CONVSCOPE_ISA"], !name.isEmpty else { return widest }
    guard let set = InstructionSet(rawValue: name), available.contains(set) else {
      throw .instructionSet(requested: name, available: available.map(\.rawValue))
    }
    return set
  }

  private init(_ code: CKInstructionSet) {
    switch code {
    case CKInstructionSetAVX512: self = .avx512
    case CKInstructionSetAVX2: self = .avx2
    default: self = .portable
    }
  }

  private var code: CKInstructionSet {
    switch self {
    case .portable: CKInstructionSetPortable
    case .avx2: CKInstructionSetAVX2
    case .avx512: CKInstructionSetAVX512
    }
  }

  /// The kernels for these instructions.
  /// - Throws: ``ExecutionError/instructionSet(requested:available:)`` where they cannot run.
  func kernels() throws(ExecutionError) -> CKKernels {
    guard InstructionSet.available.contains(self), let kernels = ck_kernels(code) else {
      throw .instructionSet(requested: rawValue, available: InstructionSet.available.map(\.rawValue))
    }
    return kernels.pointee
  }
}
