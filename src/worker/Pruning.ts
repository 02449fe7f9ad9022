/** Removes expired rows for as long as the layer lives. */
import { Clock, Duration, Effect, Layer, Option, Schedule } from "effect"
import { count } from "../../otel/metrics/record.ts"
import { type Kept, Retention, type Round } from "../../services/Retention.ts"
import { pruneBatch, pruneEvery, pruneReport, pruneRest } from "../policy/retention.ts"
import { forAll } from "./Sweeper.ts"

export const Pruning = (kept: Kept) =>
  Layer.effectDiscard(
    forAll(sweep(kept)).pipe(
      Effect.catch((error) => Effect.logError(`Could not remove expired rows. ${error.code}: ${error.message}`)),
      Effect.repeat(Schedule.spaced(pruneEvery)),
      Effect.forkScoped
    )
  )

/** Round after round until nothing expired is left, with a rest after each. */
const sweep = Effect.fn("worker.prune")(function*(kept: Kept) {
  const { prune } = yield* Retention
  const removed = new Map<string, number>()
  let reported = yield* Clock.currentTimeMillis
  for (let more = true; more;) {
    const began = yield* Clock.currentTimeMillis
    const rounds = yield* prune(kept)
    for (const { kind, removed: rows } of rounds) {
      removed.set(kind, (removed.get(kind) ?? 0) + rows)
      yield* count("accessa_pruned_rows_total", {}, rows)
    }
    yield* Effect.forEach(rounds, complain, { discard: true })
    more = rounds.some((round) => round.more)
    const ended = yield* Clock.currentTimeMillis
    if (more && ended - reported > Duration.toMillis(pruneReport)) {
      yield* Effect.logInfo(`Removed expired rows so far: ${listed(removed)}.`)
      reported = ended
    }
    if (more) yield* Effect.sleep((ended - began) * pruneRest)
  }
  const total = [...removed.values()].reduce((sum, rows) => sum + rows, 0)
  if (total === 0) return
  const line = `Removed expired rows: ${listed(removed)}.`
  yield* total < pruneBatch ? Effect.logDebug(line) : Effect.logInfo(line)
})

const complain = ({ failure, kind }: Round) =>
  Option.match(failure, {
    onNone: () => Effect.void,
    onSome: (error) => Effect.logError(`Could not remove expired rows of ${kind}.`, error)
  })

const listed = (removed: ReadonlyMap<string, number>): string =>
  [...removed].filter(([, rows]) => rows > 0).map(([kind, rows]) => `${rows} of ${kind}`).join(", ")
