/** Plays one case: the release is described, users upload, and the command deploys. */
import { Clock, DateTime, Effect, Option, Schedule, Schema } from "effect"
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Case } from "./cases.ts"
import { besideRivals, killedAgainAndAgain } from "./commands.ts"
import { DeployStack } from "./DeployStack.ts"
import { traffic } from "./traffic.ts"

export const Played = Schema.Struct({
  id: Schema.String,
  title: Schema.String,
  outcome: Schema.String,
  /** The step that decided, and what it found. */
  by: Schema.String,
  seconds: Schema.Int,
  /** From the end of that step until the rollback was verified. */
  rollbackSeconds: Schema.NullOr(Schema.Int),
  kills: Schema.Int,
  /** What other commands were told meanwhile. */
  refused: Schema.optionalKey(Schema.String),
  sent: Schema.Int,
  repeated: Schema.Int,
  /** Why they were, by status; 0: no answer. */
  why: Schema.optionalKey(Schema.Record(Schema.String, Schema.Int)),
  lost: Schema.Int,
  stuck: Schema.Int,
  ok: Schema.Boolean,
  /** The day. */
  on: Schema.String,
  /** Whether it was deployed to containers. */
  engine: Schema.optionalKey(Schema.Boolean)
})
export type Played = typeof Played.Type

export const play = Effect.fnUntraced(function*(one: Case, number: number) {
  const stack = yield* DeployStack
  const tag = `60d1${String(number).padStart(3, "0")}`
  yield* stack.describe({ [tag]: one.release })
  const seen = { sent: 0, repeated: 0, lost: 0, why: {} }
  const entry = one.migration === undefined ? undefined : withMigration(stack.root, stack.directory, one.migration)
  const args = [
    "deploy",
    "run",
    `--env=${stack.environment}`,
    "--platform=compose",
    "--canary=base-worker-next",
    `--documents=${stack.root}/config/baseline-documents`,
    "--step=1",
    "--watch=1",
    `--release=${tag}`
  ]
  const deployed = Effect.gen(function*() {
    const began = yield* Clock.currentTimeMillis
    const told = one.killed === true
      ? { kills: yield* killedAgainAndAgain(args), refused: "", said: "" }
      : one.rivals === true
      ? { kills: 0, refused: yield* besideRivals(args, tag), said: "" }
      : { kills: 0, refused: "", said: (yield* stack.accessa(args, entry)).said }
    const seconds = Math.round(((yield* Clock.currentTimeMillis) - began) / 1_000)
    const [row] = yield* releaseOf(stack, tag)
    return { ...told, seconds, row }
  })
  const { kills, refused, row, said, seconds } = yield* Effect.scoped(Effect.gen(function*() {
    if (one.traffic > 0) yield* Effect.forkScoped(traffic(stack.api, stack.admin, one.traffic, seen))
    // The stack is good. If it is too busy to pass the checks before anything changes, the release has not been tried.
    return yield* Effect.repeat(deployed, { times: 4, while: ({ row }) => row?.step === "validate" })
  }))
  const stuck = yield* untilSettled(stack)
  const outcome = row?.outcome ?? "no release"
  const isGood = one.release.env === undefined && one.release.command === undefined && one.migration === undefined
    && one.traffic > 0
  const rollbackSeconds = row?.rollback === null || row?.rollback === undefined ? null : Math.round(row.rollback)
  const played: Played = {
    id: one.id,
    title: one.title,
    outcome,
    by: row === undefined ? said.slice(-300) : row.step === null ? "" : row.reason?.slice(0, 300) ?? "",
    seconds,
    rollbackSeconds,
    kills,
    ...seen,
    stuck,
    ...(one.rivals === true ? { refused } : {}),
    on: DateTime.formatIsoDate(yield* DateTime.now),
    ok: seen.lost === 0 && stuck === 0 && (one.rivals !== true || refused.includes(`is deploying ${tag} to`))
      // A release that is refused before anything changes has not been tried.
      && (isGood
        ? outcome === "promoted"
        : outcome === "rolled_back" && row?.step !== "validate" && (rollbackSeconds ?? 0) < 300)
  }
  return played
})

type Stack = DeployStack["Service"]

/** The latest release of the version, and the first of its steps that did not pass. */
const releaseOf = (stack: Stack, version: string) =>
  stack.sql<{
    readonly outcome: string | null
    readonly step: string | null
    readonly reason: string | null
    readonly rollback: number | null
  }>`
    SELECT r.outcome, r.reason, bad.step, extract(epoch FROM r.ended_at - bad.ended_at)::float8 AS rollback
    FROM releases r LEFT JOIN LATERAL (
      SELECT step, ended_at FROM release_steps s
      WHERE s.release_id = r.release_id AND verdict <> 'pass' ORDER BY ended_at LIMIT 1
    ) bad ON true
    WHERE r.version = ${version} ORDER BY r.started_at DESC LIMIT 1`

/** Jobs that have not ended although nothing stands in their way any more. */
const untilSettled = (stack: Stack) =>
  Effect.gen(function*() {
    const [row] = yield* stack.sql<{ readonly waiting: number }>`
      SELECT count(*)::int AS waiting FROM upload_jobs WHERE processing_completed_at IS NULL`
    return row?.waiting ?? 0
  }).pipe(
    Effect.repeat({ until: (waiting) => waiting === 0, schedule: Schedule.spaced("1 second") }),
    Effect.timeoutOption("90 seconds"),
    Effect.flatMap(Option.match({
      onSome: Effect.succeed,
      onNone: () =>
        Effect.map(
          stack.sql<{ readonly waiting: number }>`
            SELECT count(*)::int AS waiting FROM upload_jobs WHERE processing_completed_at IS NULL`,
          ([row]) => row?.waiting ?? 0
        )
    }))
  )

/** A checkout whose migrations include one more. */
const withMigration = (root: string, directory: string, statements: string): string => {
  const tree = join(directory, "tree")
  mkdirSync(tree)
  for (const name of ["src", "services", "layers", "otel", "migrations", "package.json"]) {
    cpSync(join(root, name), join(tree, name), { recursive: true })
  }
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"))
  const body = statements.split("; ").map((statement) => `  yield* sql\`${statement}\`\n`).join("")
  writeFileSync(
    join(tree, "migrations", "9999_half.ts"),
    `import { Effect } from "effect"\nimport { SqlClient } from "effect/sql"\n`
      + `export default Effect.gen(function*() {\n  const sql = yield* SqlClient.SqlClient\n${body}})\n`
  )
  return join(tree, "src/bin/accessa.ts")
}
