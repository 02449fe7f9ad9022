/** Gathers the facts that the chosen checks need, concurrently, each with its own timeout. */
import { DateTime, Duration, Effect, Option, Result, Schedule, Stream } from "effect"
import { HttpClient } from "effect/http"
import { Reachability } from "../../../../services/Reachability.ts"
import type { InspectionPlace } from "../../../domain/Inspection.ts"
import { inspectionInterval, validationLimits } from "../../../policy/validation.ts"
import { readBaseline } from "../../baseline/files.ts"
import type { ApiClient } from "../../baseline/sendDocument.ts"
import type { Expectations } from "../Expectations.ts"
import type { FactName, Facts, Seen } from "../Facts.ts"
import { sendCanary } from "./canary.ts"
import { readLeastSettings } from "./leastSettings.ts"
import { compareContract, readHeaders, readOrigins } from "./outside.ts"
import { searchRepository } from "./repository.ts"
import { askWithKey, askWithoutKey } from "./routes.ts"
import { sentenceOf } from "./sentenceOf.ts"
import { trySignedAddress } from "./signedAddress.ts"

export interface Gathering {
  readonly expected: Expectations
  /** The file of the expectations. */
  readonly file: string
  readonly from: InspectionPlace
  readonly release: string | undefined
  readonly url: URL
  readonly api: ApiClient
  /** Sends the key of `api`. */
  readonly withKey: HttpClient.HttpClient
  readonly documents: string
  readonly wanted: ReadonlySet<FactName>
  readonly onSeen: (name: FactName) => Effect.Effect<void>
}

export const gather = Effect.fnUntraced(function*(gathering: Gathering) {
  const { api, documents, expected, file, from, onSeen, release, url, wanted, withKey } = gathering
  const client = yield* HttpClient.HttpClient
  const reachability = yield* Reachability

  const fact = <A, E, R>(
    name: FactName,
    limit: Duration.Duration,
    look: Effect.Effect<A, E, R>
  ): Effect.Effect<Seen<A>, never, R> =>
    wanted.has(name)
      ? look.pipe(
        Effect.mapError(sentenceOf),
        Effect.timeoutOrElse({
          duration: limit,
          orElse: () => Effect.fail(`there was no answer within ${Duration.format(limit)}`)
        }),
        Effect.result,
        Effect.tap(() => onSeen(name))
      )
      : Effect.succeed(Result.fail("not checked"))

  const workers = yield* Effect.cached(
    Effect.map(
      api.overview.glance(),
      (glance) =>
        glance.workers.filter(({ state }) => state !== "stopped").map(({ state, version, worker_id }) => ({
          id: worker_id,
          state,
          version
        }))
    )
  )
  const isManned = Effect.flatMap(
    Effect.mapError(workers, sentenceOf),
    (all) => all.some(({ state }) => state === "running") ? Effect.void : Effect.fail("no worker is running")
  )

  const { canary, inspection, repository, routes, usual } = validationLimits
  // First, because the others put a small machine under load.
  const atRest = yield* Effect.all({
    workers: fact("workers", usual, workers),
    reached: fact("reached", usual, reachability.check(addressOf(url))),
    ready: fact("ready", usual, readReady(api)),
    headers: fact("headers", usual, readHeaders(client, url))
  }, { concurrency: "unbounded" })
  const seen = yield* Effect.all({
    ofApi: fact("ofApi", inspection, api.inspections.ofApi()),
    ofWorker: fact("ofWorker", inspection, Effect.andThen(isManned, askWorker(api))),
    contract: fact("contract", usual, compareContract(url)),
    withoutKey: fact("withoutKey", routes, askWithoutKey(client, url)),
    withKey: fact("withKey", routes, askWithKey(withKey, url)),
    origins: fact("origins", usual, readOrigins(client, url, expected.api.allowedOrigins)),
    canary: fact("canary", canary, Effect.andThen(isManned, sendCanary(api, documents))),
    baseline: fact("baseline", usual, readBaseline(expected.baseline)),
    signedAddress: fact(
      "signedAddress",
      usual,
      trySignedAddress(api, client, expected.storage.buckets.raw.mediaTypes[0] ?? "text/plain")
    ),
    keys: fact("keys", usual, readKeys(api)),
    repository: fact("repository", repository, searchRepository(file)),
    leastSettings: fact("leastSettings", usual, readLeastSettings(expected))
  }, { concurrency: "unbounded" })
  const facts: Facts = { ...atRest, ...seen, now: yield* DateTime.now, from, release, url }
  return facts
})

/** Those that are not revoked, of all pages. */
const readKeys = (api: ApiClient) =>
  Stream.paginate(
    Option.none<string>(),
    (cursor) =>
      api.keys.list({ query: Option.isSome(cursor) ? { cursor: cursor.value } : {} }).pipe(
        Effect.map((page) => [page.keys, Option.map(Option.fromNullishOr(page.nextCursor), Option.some)] as const)
      )
  ).pipe(Stream.filter(({ revokedAt }) => revokedAt === null), Stream.runCollect)

/** Asks again while a part is not well, such as a storage that answers slowly once. The last answer counts. */
const readReady = (api: ApiClient) =>
  Effect.catchTag(api.health.ready(), "NotReady", (notReady) => Effect.succeed(notReady)).pipe(
    Effect.map(({ checks }) => checks),
    Effect.repeat({
      schedule: Schedule.max([Schedule.spaced("1 second"), Schedule.recurs(2)]),
      until: (checks) => checks.every(({ ok }) => ok)
    })
  )

/** Places an order, and waits for its report. */
const askWorker = Effect.fnUntraced(function*(api: ApiClient) {
  const { inspectionId } = yield* api.inspections.order()
  const { report } = yield* api.inspections.get({ params: { inspection_id: inspectionId } }).pipe(
    Effect.tap(({ report }) => report === null ? Effect.sleep(inspectionInterval) : Effect.void),
    Effect.repeat({ until: (order) => order.report !== null })
  )
  // Repeated until it is there.
  return yield* Effect.orDie(Effect.fromNullishOr(report))
})

const addressOf = ({ hostname, port, protocol }: URL) => {
  const secure = protocol === "https:"
  return {
    name: "api",
    host: hostname,
    port: Number(port) || (secure ? 443 : 80),
    protocol: secure ? "tls" as const : "tcp" as const
  }
}
