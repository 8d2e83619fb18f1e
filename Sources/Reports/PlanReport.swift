import Execution
import NetworkGraph
import SymbolicIntegers

/// What the native back end does to compute one network, step by step.
public struct PlanExplanation: Sendable {
  struct Step: Sendable {
    var nodes: [String]
    var kernel: String
    var rule: String
  }

  var model: String
  var instructionSet: String
  var arenaBytes: Int
  var steps: [Step]

  public init(model: String, _ executor: NativeExecutor) {
    self.model = model
    instructionSet = executor.instructionSet.rawValue
    arenaBytes = executor.arenaBytes
    steps = executor.steps.map { step in
      Step(nodes: step.nodes.map { executor.graph.path(of: $0) }, kernel: step.kernel, rule: step.rule)
    }
  }

  /// Steps that vector kernels do not compute.
  var handedOver: Int { steps.filter { $0.kernel == "reference" }.count }
}

/// The machine-readable form of plans.
private struct PlanDocument: Encodable, Sendable {
  struct Step: Encodable, Sendable {
    var nodes: [String]
    var kernel: String
    var rule: String
  }
  struct Plan: Encodable, Sendable {
    var model: String
    var instructionSet: String
    var arenaBytes: Int
    var referenceSteps: Int
    var steps: [Step]
  }
  var schema = "convscope.plan/1"
  var plans: [Plan]
}

extension Report {
  /// One table for each plan: a row for each step.
  public static func plans(_ plans: [PlanExplanation]) -> Report {
    let tables = plans.map { plan in
      Table(
        title: "\(plan.model): \(plan.steps.count) steps with \(plan.instructionSet) instructions, "
          + "\(plan.handedOver) of them on the reference kernels",
        columns: [Table.Column("step", "step"), Table.Column("kernel", "kernel"), Table.Column("rule", "because")],
        rows: plan.steps.map { step in
          let first = step.nodes.first ?? ""
          let name = step.nodes.count < 2 ? first : "\(first) + \(step.nodes.count - 1)"
          return [.text(name), .text(step.kernel), .text(step.rule)]
        })
    }
    return Report(
      title: "plan of the native back end", tables: tables,
      data: Table(
        columns: [
          Table.Column("model", "network"), Table.Column("step", "step"), Table.Column("kernel", "kernel"),
          Table.Column("rule", "because"),
        ],
        rows: plans.flatMap { plan in
          plan.steps.map { step in
            [
              .text(plan.model), .text(step.nodes.joined(separator: " + ")), .text(step.kernel), .text(step.rule),
            ]
          }
        }),
      notes: [
        "A step without a name changes a layout or adds a border; \"+ n\" counts layers computed with the first."
      ],
      document: PlanDocument(
        plans: plans.map { plan in
          PlanDocument.Plan(
            model: plan.model, instructionSet: plan.instructionSet, arenaBytes: plan.arenaBytes,
            referenceSteps: plan.handedOver,
            steps: plan.steps.map { PlanDocument.Step(nodes: $0.nodes, kernel: $0.kernel, rule: $0.rule) })
        }))
  }
}
