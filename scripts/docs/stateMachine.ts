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
    "A retry leaves a failed state for the last good one: for `uploaded` where the parser's answer was final, or its text is gone. "
    + "A cancel ends in the failed state of its phase, with the code `CANCELLED`; a parse under way is cancelled at the parser, too.",
    retries
  ].join("\n\n") + "\n"

const target = (status: JobStatus, kind: "advance" | "fail"): string =>
  edges.filter((edge) => edge.from === status && edge.kind === kind).map(({ to }) => `\`${to}\``).join() || "–"

const retries = `## What is tried again, and where

Each kind of retry lives in one place. The vendors' SDK and the HTTP clients retry nothing by themselves.

| what | where | how often |
|---|---|---|
| a stage that failed for now | a row: \`run_at\`, decided in \`src/stages/runStage.ts\` by \`src/policy/retries.ts\` | 2ⁿ × 3 s with jitter, at least \`Retry-After\` of up to an hour, 3 times a state |
| a job whose service is out | a row: \`run_at\`, and due at once when the service is back; the circuits are rows of \`providers\` (\`src/purchases/Breakers.ts\`) | until it is back; no attempt is counted |
| a service that is out | one call, the probe, by one worker (\`src/policy/breakers.ts\`) | every 30 s after five failures in a row, every 5 minutes after it refused our key or our credit |
| a parse that hangs | handed over anew at its deadline (\`src/stages/parse/collectParse.ts\`) | every 30 minutes, twice in all |
| an input among many that the provider refuses | smaller requests that single it out (\`src/purchases/buyVectors.ts\`) | at most 40 refusals a request |
| a long document that waits for its turn at the local parser | asked again as a provider would be (\`src/policy/parsing.ts\`) | every 1 to 20 s; no attempt and no deadline is counted |
| writing down what happened, and what is paid for | \`src/purchases/retryWhileDatabaseIsAway.ts\` | for a minute; afterwards the lease is over |
| a job whose worker died | the sweep (\`layers/Postgres/jobs/rescueJobs.ts\`) | three times without progress between, then \`WORKER_CRASHED\` |

The local parser (\`PARSER=local\`) works on two documents at a time: one that is short, and one that has pages for OCR or took longer
than 5 s. At either place users have their turns, and a document may take 120 s, and 20 s more for each page of OCR, from when its work
begins. A parse that needs more time or memory than one document may have ends its own thread, and the document fails with
\`PARSE_TOO_COMPLEX\`, which says nothing about the parser.
What a whole worker died of cannot be told from the tables: out of memory, killed or broken, it falls silent in the same
way, and \`WORKER_CRASHED\` says no more than that.

A worker that is told to stop lets its jobs end for 20 s, gives the others back, and exits with 130. What does not end 5 s later is
stopped hard, with exit code 70. A worker that is blocked or stopped for longer than its lease loses its jobs: whatever it still
writes is refused and counted (\`stale_writes\` of its health endpoint and its row in \`workers\`), and it buys nothing more for them.`
