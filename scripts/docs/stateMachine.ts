/** `docs/state-machine.md`, and the same picture in the README. */
import { edges, failedStatus, type JobStatus, Phase, stateGraph, statuses } from "../../src/domain/JobStatus.ts"
import { generatedBy } from "./generatedBy.ts"

/** Failures are drawn from the whole phase, as an arrow from each state would hide the way. */
export const statePicture = (): string =>
  [
    "```mermaid",
    "stateDiagram-v2",
    "  direction LR",
    "  [*] --> uploaded",
    ...Phase.literals.flatMap((phase) => [
      `  state "${phase}" as ${phase}_phase {`,
      ...statuses.filter((status) => stateGraph[status].phase === phase).map((status) => `    ${status}`),
      "  }"
    ]),
    ...edges.filter(({ kind }) => kind === "advance").map(({ from, to }) => `  ${from} --> ${to}`),
    ...Phase.literals.map((phase) => `  ${phase}_phase --> ${failedStatus[phase]}`),
    "  complete --> [*]",
    "```"
  ].join("\n")

export const stateMachine = (): string =>
  [
    "# The states of a document",
    generatedBy("src/domain/JobStatus.ts"),
    statePicture(),
    "Every move is one SQL statement, guarded by the job, the state it must be in and the fence token of the worker that holds it; the "
    + "same statement writes the event. There is no other way to change a state.",
    [
      "| state | goes on to | fails to |",
      "|---|---|---|",
      ...statuses.map((status) => `| \`${status}\` | ${target(status, "advance")} | ${target(status, "fail")} |`)
    ].join("\n"),
    "A retry leaves a failed state for the last good one. A cancel ends in the failed state of its phase, with the code `CANCELLED`."
  ].join("\n\n") + "\n"

const target = (status: JobStatus, kind: "advance" | "fail"): string =>
  edges.filter((edge) => edge.from === status && edge.kind === kind).map(({ to }) => `\`${to}\``).join() || "–"
