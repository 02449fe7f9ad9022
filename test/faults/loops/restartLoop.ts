/** F12 as a loop: Postgres is restarted every few seconds, by a crash or an orderly stop. */
import { Clock, Duration, Effect } from "effect"
import type { Case } from "../Case.ts"
import { World } from "../World.ts"
import type { LoopOptions } from "./killLoop.ts"
import { acceptDocuments, ending, stormStack } from "./storm.ts"

export const restartLoop = ({ documents, duration, every }: LoopOptions): Case => ({
  id: "F12a",
  title: `Postgres restarted every ${Duration.format(every)} for ${
    Duration.format(duration)
  }, three workers, ${documents} documents, a fifth of all provider calls failing`,
  expected: "Every document is complete or failed with an explanation; nothing is stored twice or billed "
    + "without a record.",
  needs: ["server"],
  minutes: Duration.toMinutes(duration) + 15,
  run: Effect.gen(function*() {
    const { server, start } = yield* World
    if (server === undefined) return yield* Effect.die(new Error("no server"))
    const settings = yield* stormStack
    yield* Effect.forEach([1, 2, 3], () => start("worker", settings), { concurrency: "unbounded" })
    yield* acceptDocuments(documents)
    const end = (yield* Clock.currentTimeMillis) + Duration.toMillis(duration)
    let restarts = 0
    while ((yield* Clock.currentTimeMillis) < end) {
      yield* Effect.sleep(every)
      yield* server.stop(restarts % 2 === 0 ? "fast" : "immediate")
      yield* server.start
      restarts++
    }
    return `${restarts} restarts; ${yield* ending}`
  })
})
