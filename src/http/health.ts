/** Liveness, and readiness: an upload accepted now can be stored, queued and processed. */
import { DateTime, Deferred, Duration, Effect, Option } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { untraced } from "../../otel/shared.ts"
import { Alerts } from "../../services/Alerts.ts"
import { type Circuit, Circuits } from "../../services/Circuits.ts"
import { Health } from "../../services/Health.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { Api } from "../api/Api.ts"
import { NotReady, type ReadinessCheck } from "../api/health.ts"
import type { MonitorStatus } from "../domain/Alert.ts"
import { errorCodes } from "../domain/ErrorCode.ts"
import type { ServiceError } from "../domain/ServiceError.ts"
import { sizeInWords, type StorageLimits } from "../domain/StorageLimits.ts"
import { Leases } from "../policy/leases.ts"
import { Stopping } from "./server/Draining.ts"
import { UploadHealth } from "./server/UploadHealth.ts"

const patience = Duration.seconds(2)
const probedFor = Duration.seconds(5)
const retryAfter = 5

export const HealthLive = HttpApiBuilder.group(
  Api,
  "health",
  Effect.fnUntraced(function*(handlers) {
    const health = yield* Health
    const storage = yield* ObjectStorage
    const circuits = yield* Circuits
    const alerts = yield* Alerts
    const { silentAfter } = yield* Leases
    const uploadHealth = yield* UploadHealth
    const stopping = yield* Stopping

    const rows = Effect.gen(function*() {
      const missing = yield* health.missingMigrations
      if (missing.length > 0) return [outdated(missing), unknownWorker]
      if (!(yield* health.acceptsWrites)) return [readOnly, unknownWorker]
      return [
        { name: "database" as const, ok: true, detail: "It responds." },
        worker(yield* health.heartbeatAge, silentAfter),
        halted(yield* circuits.list),
        monitor(yield* alerts.monitor, yield* DateTime.now)
      ]
    })
    const database = rows.pipe(
      Effect.timeoutOption(patience),
      Effect.match({
        onFailure: (error) => [failed("database", error), unknownWorker],
        onSuccess: Option.getOrElse(() => [silent("database"), unknownWorker])
      })
    )
    // A full storage, or one without its bucket, still responds to reads, so write an object from time to time.
    const probed = yield* Effect.cachedWithTTL(storage.probe, (exit) => exit._tag === "Success" ? probedFor : 0)
    const objects = storage.stat("raw/readiness").pipe(
      Effect.andThen(probed),
      Effect.andThen(storage.limits("raw")),
      Effect.timeoutOption(patience),
      Effect.match({
        onFailure: (error) => failed("storage", error),
        onSuccess: (answer) =>
          Option.isNone(answer)
            ? silent("storage")
            : { name: "storage" as const, ok: true, detail: `Objects can be written and read.${inWords(answer.value)}` }
      })
    )

    return handlers.handleAll({
      alive: () =>
        Effect.map(Deferred.isDone(stopping), (stopped) => ({ status: stopped ? "stopping" as const : "ok" as const })),
      ready: Effect.fnUntraced(function*() {
        const [rows, bytes] = yield* untraced(Effect.all([database, objects], { concurrency: "unbounded" }))
        const checks: ReadonlyArray<ReadinessCheck> = [...rows, bytes, uploads(yield* uploadHealth.refused)]
        // Documents are processed without a monitor, too: the check is shown, but does not count.
        const missing = checks.filter(({ name, ok }) => !ok && name !== "monitor").map(({ name }) => name)
        if (missing.length === 0) return { status: "ready" as const, checks }
        const detail = `Failing: ${missing.join(", ")}.`
        return yield* new NotReady({ detail, retry_after_s: retryAfter, checks })
      })
    })
  })
)

/** Without one, no alert rule is judged and no notice sent. */
const monitor = (status: Option.Option<MonitorStatus>, now: DateTime.Utc): ReadinessCheck => ({
  name: "monitor",
  ok: Option.exists(status, ({ alive }) => alive),
  detail: Option.match(status, {
    onNone: () => "No monitor has ever run.",
    onSome: ({ beatAt, hostname }) =>
      `The monitor on ${hostname} sent its last heartbeat ${
        Math.max(0, Math.round(Duration.toSeconds(DateTime.distance(beatAt, now))))
      } s ago.`
  })
})

/** A person has to act: until then no document makes progress. */
const halted = (rows: ReadonlyArray<Circuit>): ReadinessCheck => {
  const refusing = rows.filter(({ code }) => code !== null && errorCodes[code].circuit === "halts")
  return {
    name: "providers",
    ok: refusing.length === 0,
    detail: refusing.length === 0
      ? "None rejects our calls."
      : refusing.map(({ code, dependency, message }) =>
        `The ${dependency} rejects our calls: ${message} ${code === null ? "" : errorCodes[code].help}`
      ).join(" ")
  }
}

const failed = (name: ReadinessCheck["name"], error: ServiceError): ReadinessCheck => ({
  name,
  ok: false,
  detail: error.message
})

const silent = (name: ReadinessCheck["name"]): ReadinessCheck => ({
  name,
  ok: false,
  detail: `No answer within ${Duration.format(patience)}.`
})

const uploads = (refused: Option.Option<Duration.Duration>): ReadinessCheck => ({
  name: "intake",
  ok: Option.isNone(refused),
  detail: Option.match(refused, {
    onNone: () => "Uploads can be stored.",
    onSome: (ago) => `Storing an upload failed ${Math.round(Duration.toSeconds(ago))} s ago.`
  })
})

const outdated = (missing: ReadonlyArray<string>): ReadinessCheck => ({
  name: "database",
  ok: false,
  detail: `It responds, but its schema is older than this release: run \`pnpm migrate\` for ${missing.join(", ")}.`
})

const readOnly: ReadinessCheck = {
  name: "database",
  ok: false,
  detail: "It responds, but is read-only: a standby, or locked, for example because its disk is full."
}

const unknownWorker: ReadinessCheck = {
  name: "worker",
  ok: false,
  detail: "Unknown while the database check fails."
}

const worker = (age: Option.Option<Duration.Duration>, silentAfter: Duration.Duration): ReadinessCheck => {
  if (Option.isNone(age)) {
    return { name: "worker", ok: false, detail: "No worker is running: start one with `pnpm worker`." }
  }
  const seconds = Math.round(Duration.toSeconds(age.value))
  return {
    name: "worker",
    ok: Duration.isLessThanOrEqualTo(age.value, silentAfter),
    detail: `The last heartbeat was ${seconds} s ago.`
  }
}

/** The storage's own limits. */
const inWords = ({ maxBytes, mediaTypes }: StorageLimits): string =>
  [
    ...(maxBytes === null ? [] : [` It accepts files of up to ${sizeInWords(maxBytes)}.`]),
    ...(mediaTypes.length === 0 ? [] : [` It accepts only these types: ${mediaTypes.join(", ")}.`])
  ].join("")
