/**
 * The circuits on Postgres. Their table keeps its original name, `providers`: during a rollout, workers of the previous
 * release still use it.
 */
import { Duration, Effect, Layer, Option, Schema, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { type Circuit, Circuits, type Finding } from "../../../services/Circuits.ts"
import { CircuitState } from "../../../src/domain/Circuit.ts"
import { Dependency } from "../../../src/domain/Dependency.ts"
import { ErrorCode } from "../../../src/domain/ErrorCode.ts"
import { nullFirst } from "../../../src/domain/nullFirst.ts"
import { probeTime } from "../../../src/policy/circuits.ts"
import { circuitsPayload, workChannel } from "../connection/channels.ts"
import { Notifications } from "../connection/listen.ts"
import { rowsOf, run } from "../connection/rows.ts"
import { closeCircuit, type Closing } from "./closeCircuit.ts"
import { openCircuit } from "./openCircuit.ts"

export const CircuitsSql = Layer.effect(
  Circuits,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const notifications = yield* Notifications

    const list = sql`
      SELECT dependency, state, generation, code, message, failures, opened_at, probe_at, since, updated_by, reason,
        (extract(epoch FROM probe_at - now()) * 1000)::float8 AS probe_ms
      FROM providers ORDER BY dependency`.pipe(
      readCircuits,
      Effect.map((rows) => rows.map(toCircuit)),
      Effect.withSpan("Circuits.list")
    )
    const open = (state: "open" | "halted", finding: Finding) =>
      Effect.map(run(openCircuit(sql, state, finding)), (rows) => rows.length > 0)
    const close = (closing: Closing) => Effect.map(run(closeCircuit(sql, closing)), (rows) => rows.length > 0)

    return Circuits.of({
      list,
      trip: Effect.fn("Circuits.trip")((finding) => open("open", finding)),
      halt: Effect.fn("Circuits.halt")((finding) => open("halted", finding)),
      admitProbe: Effect.fn("Circuits.admitProbe")(function*(dependency, actor) {
        const [row] = yield* run(sql<{ readonly generation: number }>`
          UPDATE providers SET state = 'half_open', since = now(), updated_by = ${actor},
            probe_at = now() + ${Duration.toMillis(probeTime)}::float8 * interval '1 millisecond'
          WHERE dependency = ${dependency} AND probe_at <= now()
          RETURNING generation`)
        return Option.map(Option.fromNullishOr(row), ({ generation }) => generation)
      }),
      close: Effect.fn("Circuits.close")((dependency, generation, actor) =>
        close({ dependency, generation, actor, by: null })
      ),
      reset: Effect.fn("Circuits.reset")(function*(dependency, by) {
        if (!(yield* close({ dependency, generation: null, actor: by.actor, by }))) return Option.none()
        return Option.fromNullishOr((yield* list).find((circuit) => circuit.dependency === dependency))
      }),
      changes: notifications.subscribe(workChannel).pipe(
        // An empty one: some may have been missed.
        Stream.filter((payload) => payload === circuitsPayload || payload === ""),
        Stream.map(() => undefined)
      )
    })
  })
)

const time = Schema.DateTimeUtcFromDate
const Row = Schema.Struct({
  dependency: Dependency,
  state: CircuitState,
  generation: Schema.Int,
  code: Schema.NullOr(ErrorCode),
  message: Schema.NullOr(Schema.String),
  failures: Schema.Int,
  opened_at: nullFirst(time),
  probe_at: nullFirst(time),
  probe_ms: Schema.NullOr(Schema.Finite),
  since: time,
  updated_by: Schema.String,
  reason: Schema.NullOr(Schema.String)
})
const readCircuits = rowsOf(Row)

const toCircuit = ({ opened_at, probe_at, probe_ms, updated_by, ...row }: typeof Row.Type): Circuit => ({
  ...row,
  openedAt: opened_at,
  probeAt: probe_at,
  probeIn: probe_ms === null ? null : Duration.millis(Math.max(0, probe_ms)),
  updatedBy: updated_by
})
