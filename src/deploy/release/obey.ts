/** What a person asks of the release under way. */
import { Effect } from "effect"
import { Releases } from "../../../services/Releases.ts"
import { holdInterval } from "../../policy/releases.ts"
import { Asked, Running } from "./Running.ts"

/** A person may hold a release between two looks; then it waits until the hold is taken back. */
export const obey = Effect.gen(function*() {
  const releases = yield* Releases
  const { held: { release: { releaseId } } } = yield* Running
  const { request, requestReason } = yield* Effect.repeat(
    Effect.tap(
      Effect.flatMap(releases.find(releaseId), Effect.fromOption).pipe(
        Effect.catchTag("NoSuchElementError", Effect.die)
      ),
      ({ request }) => request === "hold" ? Effect.sleep(holdInterval) : Effect.void
    ),
    { until: ({ request }) => request !== "hold" }
  )
  if (request === "promote" || request === "rollback") {
    return yield* new Asked({ request, reason: requestReason ?? "no reason was given" })
  }
})
