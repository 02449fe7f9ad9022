/** The checks behind `accessa doctor`, for operators. */
import { Clock, DateTime, Duration, Effect, Stream } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Diagnosis } from "../../services/Diagnosis.ts"
import { ObjectNames } from "../../services/ObjectNames.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { Api } from "../api/Api.ts"
import { clockGap } from "../domain/clockGap.ts"
import { type Check, finding } from "../domain/Finding.ts"
import type { Bucket } from "../domain/objectPaths.ts"
import { clocksApart, objectsLookedAt } from "../policy/diagnosis.ts"
import { orphans } from "../policy/erasures.ts"
import { handler } from "./middleware/serviceProblem.ts"
import { HttpOptions } from "./server/HttpOptions.ts"

const checks = {
  clock: {
    name: "api clock",
    expected: `the clocks of API and database are less than ${Duration.format(clocksApart)} apart`,
    sound: "those of API and database agree",
    repair: "Synchronize the clocks by NTP: signed addresses, callbacks and logs depend on them."
  },
  orphans: {
    name: "orphans",
    expected: "every stored object belongs to a document or an upload; others are removed within hours",
    sound: `none among the first ${objectsLookedAt} objects of each bucket`,
    repair: "Workers remove them: start one, and look for \"sweep of objects failed\" in its log."
  },
  settings: {
    name: "api settings",
    expected: "the API's settings fit together",
    sound: "none contradicts another",
    repair: "Change the setting and restart the API and the workers; docs/settings.md explains each."
  }
} as const satisfies Record<string, Check>
const unlisted: Check = { ...checks.orphans, repair: "Repair the storage first: see the check of that name." }

/** By then two sweeps have passed it. */
const sweptBy = Duration.sum(orphans.age, Duration.times(orphans.interval, 2))
const buckets: ReadonlyArray<Bucket> = ["raw", "parsed"]

export const DiagnosisLive = HttpApiBuilder.group(
  Api,
  "diagnosis",
  Effect.fnUntraced(function*(handlers) {
    const diagnosis = yield* Diagnosis
    const names = yield* ObjectNames
    const storage = yield* ObjectStorage
    const { doubts } = yield* HttpOptions

    const clock = Effect.gen(function*() {
      const before = yield* Clock.currentTimeMillis
      const there = (yield* diagnosis.now).epochMilliseconds
      const after = yield* Clock.currentTimeMillis
      const apart = Duration.toMillis(clocksApart)
      return there > before - apart && there < after + apart
        ? []
        : [`the API's clock is ${clockGap(before - there)} the database's`]
    })

    const unnamed = Effect.fnUntraced(function*(bucket: Bucket) {
      const latest = (yield* Clock.currentTimeMillis) - Duration.toMillis(sweptBy)
      const seen = yield* storage.list(bucket).pipe(Stream.take(objectsLookedAt), Stream.runCollect)
      const old = seen.filter(({ storedAt }) => storedAt < latest).map(({ path }) => path)
      return old.length === 0 ? [] : yield* names.unnamed(old)
    })

    const orphaned = Effect.forEach(buckets, unnamed).pipe(
      Effect.map((paths) => finding(checks.orphans, paths.flat())),
      // The other checks do without the storage.
      Effect.catchIf(
        ({ dependency }) => dependency === "storage",
        ({ message }) => Effect.succeed(finding(unlisted, [`they cannot be listed. ${message}`]))
      )
    )

    return handlers.handle(
      "run",
      handler("http.diagnosis.run", function*() {
        const findings = [
          ...(yield* diagnosis.schema),
          ...(yield* diagnosis.pipeline),
          finding(checks.clock, yield* clock),
          yield* orphaned,
          finding(checks.settings, doubts)
        ]
        return { at: yield* DateTime.now, findings }
      })
    )
  })
)
