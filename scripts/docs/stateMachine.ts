/** `docs/state-machine.md`, and the same picture in the README. */
import { Duration } from "effect"
import { edges, failedStatus, type JobStatus, Phase, stateGraph, statuses } from "../../src/domain/JobStatus.ts"
import { haltedFor, openFor } from "../../src/policy/circuits.ts"
import { parseDeadline } from "../../src/policy/deadlines.ts"
import { crashLimit, Leases } from "../../src/policy/leases.ts"
import { longestWish, retryLimit } from "../../src/policy/retries.ts"
import { generatedBy } from "./generatedBy.ts"

/** Failures are drawn from the phase as a whole: an arrow from each state would bury the main path. */
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
    "# Document states",
    generatedBy("src/domain/stateGraph.ts"),
    statePicture(),
    "Every change of state is one SQL statement, built by `layers/Postgres/jobs/transition.ts`. It checks the job's current state, the "
    + "step against this graph and the fence token, and writes the events. Each claim, retry, cancel and rescue sets a new fence token, "
    + "so late writes of an earlier holder change nothing.",
    [
      "| state | next | on failure |",
      "|---|---|---|",
      ...statuses.map((status) => `| \`${status}\` | ${target(status, "advance")} | ${target(status, "fail")} |`)
    ].join("\n"),
    "A retry moves a failed job back to its last good state, or to `uploaded` if the parser's refusal was final or the parsed text is "
    + "gone. A cancel moves the job to the failed state of its phase, with the code `CANCELLED`; a running parse is also cancelled "
    + "at the parser.",
    retries
  ].join("\n\n") + "\n"

const target = (status: JobStatus, kind: "advance" | "fail"): string =>
  edges.filter((edge) => edge.from === status && edge.kind === kind).map(({ to }) => `\`${to}\``).join() || "–"

const retries = `## Retries

Each kind of retry is implemented in one place. Retries in the vendors' SDKs and HTTP clients are switched off.

| what is retried | where | how often |
|---|---|---|
| a stage that failed with a transient error | \`run_at\` in the job's row, set by \`src/stages/runStage.ts\` from \`src/policy/retries.ts\` | ${retryLimit} times per state, after 2ⁿ × 3 s with jitter, or after \`Retry-After\` (up to ${
  Duration.toMinutes(longestWish)
} minutes) if that is longer |
| a stage whose provider limits our rate | the same | after a quarter of the time that the job has waited, from 3 s to 5 minutes, with jitter, or after \`Retry-After\`; no attempt is counted, and the history records it once |
| a job whose service is unavailable | \`run_at\` in the job's row; due as soon as the service's circuit (a row of \`providers\`, \`src/purchases/CircuitBreakers.ts\`) closes | until the service is back; no attempt is counted |
| an unavailable service | a probe: one call by one process (\`src/policy/circuits.ts\`) | ${
  Duration.toSeconds(openFor(1))
} s after the circuit opens, then after twice as long each time, up to ${
  Duration.toSeconds(openFor(Infinity))
} s; every ${Duration.toSeconds(haltedFor)} s after it refused our key or credit |
| a parse that hangs | submitted again at its deadline (\`src/stages/parse/collect.ts\`) | after ${
  Duration.toMinutes(parseDeadline)
} minutes, two submissions in all |
| a batch with an input that the provider rejects | smaller requests that isolate the input (\`src/purchases/buyVectors.ts\`) | up to 40 refusals per request |
| a long document queued at the local parser | polled like a provider (\`src/policy/parsing.ts\`) | every 1 to 20 s; neither attempts nor the deadline are counted |
| writing a result or a payment while the database is away | \`src/purchases/retryWhileDatabaseIsAway.ts\` | for ${
  Duration.toSeconds(Leases.defaultValue().insistFor)
} s with the default lease; by then the lease has expired |
| a job whose worker died | the sweep (\`layers/Postgres/jobs/rescueJobs.ts\`) | ${crashLimit} times without progress in between, then \`WORKER_CRASHED\` |

The local parser (\`PARSER=local\`) works on two documents at a time: a short one, and a long one (one that needs OCR or has taken
more than 5 s). In both lanes users take turns. A document may take 120 s, plus 20 s per page of OCR, counted from the start of its
parse. A parse that exceeds its time or memory is ended together with its thread, and the document fails with
\`PARSE_TOO_COMPLEX\`, which does not count against the parser.

Texts of more than 8 MB are chunked in separate threads, two at a time; users take turns here, too.

\`WORKER_CRASHED\` does not say why the worker died: a process that was killed, crashed or ran out of memory leaves the same trace, a
missing heartbeat.

## Stopping a worker

A worker that is asked to stop gives its jobs 20 s to finish, releases the rest and exits with code 130. If that takes more than another
5 s, it exits at once with code 70. A worker that is blocked or suspended for longer than its lease loses its jobs: its later writes
are refused and counted (\`stale_writes\` in its health endpoint and its row in \`workers\`), and it buys nothing more for those jobs.`
