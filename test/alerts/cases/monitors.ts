/** The monitor itself: an outside service notices when it sees nothing any more, or is gone. */
import { Effect } from "effect"
import { startApi } from "../../faults/api.ts"
import type { Case } from "../../faults/Case.ts"
import { eventually } from "../../faults/judge.ts"
import { proxiedDatabase } from "../../faults/stack.ts"
import { World } from "../../faults/World.ts"
import { serveStub } from "../../support/stubs/HttpStub.ts"

/** Far more than the monitor's interval of a second, three of which may pass without a judgement. */
const quietMillis = 8_000

export const cases: ReadonlyArray<Case> = [
  {
    id: "S12",
    title: "the monitor loses the database, and is later stopped (SIGSTOP)",
    expected: "Heartbeats for the dead man's switch stop both times, and resume in between.",
    needs: ["postgres", "linux"],
    run: Effect.gen(function*() {
      const { start } = yield* World
      const { proxy, settings } = yield* proxiedDatabase
      const beats: Array<number> = []
      const url = yield* serveStub(() => {
        beats.push(Date.now())
        return { status: 200, body: "OK" }
      })
      const beating = (more: number) => {
        const before = beats.length
        return eventually(
          Effect.sync(() => beats.length - before),
          (count) => count >= more,
          (count) => `${count} heartbeats arrived.`
        )
      }
      const quiet = eventually(
        Effect.sync(() => Date.now() - (beats.at(-1) ?? 0)),
        (millis) => millis > quietMillis,
        () => "Heartbeats resumed.",
        "1 minute"
      )
      yield* startApi()
      const monitor = yield* start("monitor", {
        ...settings,
        ALERT_INTERVAL_SECONDS: "1",
        HEARTBEAT_URL: url.href,
        HEARTBEAT_INTERVAL_SECONDS: "1"
      })
      yield* beating(3)
      yield* proxy.set("cut")
      yield* quiet
      yield* proxy.set("pass")
      yield* beating(3)
      yield* monitor.signal("SIGSTOP")
      yield* quiet
      yield* monitor.signal("SIGCONT")
      yield* beating(1)
      return `${beats.length} heartbeats; none while the database was away, and none while the monitor was stopped.`
    })
  }
]
