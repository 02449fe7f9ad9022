/** When to look at a job again: at once, whenever the database says that it changed, and now and then in case it did not say. */
import { Effect, Stream } from "effect"
import type { Jobs } from "../../services/Jobs.ts"
import type { JobId } from "../domain/Ids.ts"

/** Also how often a quiet event stream shows that it is alive. */
export const keepAlive = "15 seconds"

/** `changed`: the job has news. `tick`: time has passed. */
export type Nudge = "changed" | "tick"

export const watchJob = (jobs: Jobs["Service"], job: JobId) =>
  Stream.merge(
    Stream.map(jobs.changes(job), (): Nudge => "changed"),
    Stream.concat(
      // The second look is for what happened while the subscription was being made.
      Stream.make<ReadonlyArray<Nudge>>("tick", "tick").pipe(
        Stream.mapEffect((nudge, index) => Effect.delay(Effect.succeed(nudge), index === 0 ? 0 : "1 second"))
      ),
      Stream.drop(Stream.map(Stream.tick(keepAlive), (): Nudge => "tick"), 1)
    )
  )
