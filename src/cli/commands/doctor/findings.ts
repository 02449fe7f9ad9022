/** What `accessa doctor` checks, from this machine or by asking the API. */
import { Clock, Effect } from "effect"
import type { ReadinessCheck } from "../../../api/health.ts"
import { clockGap } from "../../../domain/clockGap.ts"
import { type Finding, finding } from "../../../domain/Finding.ts"
import { doubts } from "../../../settings/doubts.ts"
import { Settings } from "../../../settings/Settings.ts"
import type { ApiError } from "../../client/apiFailure.ts"
import { Client } from "../../client/Client.ts"
import { askMock } from "../../client/MockServers.ts"

const expectations: Readonly<Record<ReadinessCheck["name"], { readonly expected: string; readonly repair: string }>> = {
  database: {
    expected: "the database responds and has this release's schema",
    repair:
      "Start Postgres if it is down, and check DATABASE_URL. If it answers psql, look in pg_stat_activity for locks and "
      + "slow statements. If its schema is older, run `pnpm migrate`."
  },
  storage: {
    expected: "the object storage can write and read files",
    repair: "Check STORAGE and its settings, and that the disk or bucket is writable."
  },
  worker: {
    expected: "a recent heartbeat from a worker",
    repair: "Start a worker with `pnpm start` or `pnpm worker`; until then uploads wait."
  },
  intake: {
    expected: "recent uploads could be stored",
    repair: "Check the API's log for the cause, often a full disk. The check passes again after the next "
      + "successful upload."
  },
  monitor: {
    expected: "a monitor that evaluates the alert rules",
    repair: "Start one with `pnpm start` or `pnpm monitor`; until then no alert reaches a person."
  },
  providers: {
    expected: "no provider rejects our key, account or storage",
    repair: "Follow the advice in the message. The provider is tried again within minutes, or at once after "
      + "`accessa providers reset`."
  }
}

export const apiFindings = Effect.gen(function*() {
  const { api, failureOf, url } = yield* Client
  const expected = "the API responds and is ready"
  return yield* api.health.ready().pipe(
    Effect.catchTag("NotReady", (notReady) => Effect.succeed(notReady)),
    Effect.map(({ checks }): ReadonlyArray<Finding> => [
      { name: "api", ok: true, expected, found: `answers at ${url.origin}`, repair: "" },
      ...checks.map(readiness),
      // a check that was not made counts as failed
      ...(checks.some((check) => check.name === "worker") ? [] : [readiness(unknownWorker)])
    ]),
    Effect.catch((error) =>
      Effect.map(
        failureOf(error),
        (found) => [{ name: "api", ok: false, expected, found: found.what, repair: found.todo }]
      )
    )
  )
})

/** Other users may neither see nor fix it. What could not be checked counts as failed. */
const forOperators = (name: string) => <R>(findings: Effect.Effect<ReadonlyArray<Finding>, ApiError, R>) =>
  findings.pipe(
    Effect.catchTags({
      Forbidden: () => Effect.succeed<ReadonlyArray<Finding>>([]),
      Unauthenticated: () => Effect.succeed<ReadonlyArray<Finding>>([])
    }),
    Effect.catch(Effect.fnUntraced(function*(error) {
      const { failureOf } = yield* Client
      const { todo, what } = yield* failureOf(error)
      return [{ name, ok: false, expected: "the API checks it", found: what, repair: todo }]
    }))
  )

/** What the API finds in its database, its storage and its settings, and whether its clock agrees with this machine's. */
export const diagnosisFindings = Effect.gen(function*() {
  const { api } = yield* Client
  const before = yield* Clock.currentTimeMillis
  const { at, findings } = yield* api.diagnosis.run()
  const after = yield* Clock.currentTimeMillis
  const here = at.epochMilliseconds
  const isFar = here < before - clocksApartMs || here > after + clocksApartMs
  const clock = finding({
    name: "clock",
    expected: "the clocks of this machine and of the API are less than a minute apart",
    sound: "those of this machine and the API agree",
    repair: "Synchronize the clocks by NTP."
  }, isFar ? [`the API's clock is ${clockGap(here - after)} this machine's`] : [])
  return [...findings, clock]
}).pipe(forOperators("diagnosis"))

const clocksApartMs = 60_000

export const fileFindings = (atMost: number) =>
  Effect.gen(function*() {
    const { api } = yield* Client
    let documents = 0
    const missing: Array<string> = []
    let cursor: string | null | undefined
    while (cursor !== null && documents < atMost) {
      const page = yield* api.storage.check({ query: cursor === undefined ? {} : { cursor } })
      documents += page.documents
      missing.push(...page.missing.map(({ document_id, path }) => `${path} of document ${document_id}`))
      cursor = page.nextCursor
    }
    return [finding({
      name: "files",
      expected: "the storage has every file that documents refer to",
      sound: cursor === null
        ? `the files of ${documents} documents are there`
        : `the files of the first ${documents} documents are there; --all-files looks for all`,
      repair: "Restore them from a backup of the storage, or delete these documents and upload them again."
    }, missing.map((file) => `${file} is missing`))]
  }).pipe(forOperators("files"))

/** The settings that the servers would read if they were started here. */
export const settingsFinding = Effect.gen(function*() {
  const settings = yield* Settings
  return doubts(settings)
}).pipe(
  Effect.provide(Settings.layer),
  Effect.catch(({ message }) => Effect.succeed([message])),
  Effect.map((faults): Finding =>
    finding({
      name: "settings",
      expected: "this machine's settings have known names and valid, consistent values",
      sound: "each is known and valid",
      repair: "Correct it in .env.local or in the environment; docs/settings.md lists all settings."
    }, faults)
  )
)

const unknownWorker: ReadinessCheck = {
  name: "worker",
  ok: false,
  detail: "the API does not report whether a worker is running"
}

const readiness = ({ detail, name, ok }: ReadinessCheck): Finding => ({
  name,
  ok,
  expected: expectations[name].expected,
  found: detail,
  repair: ok ? "" : expectations[name].repair
})

export const mockFinding = (name: string, url: URL) =>
  askMock(name, url, "GET", "/mock/state").pipe(
    Effect.match({
      onSuccess: () => ({ ok: true, found: `answers at ${url.origin}`, repair: "" }),
      onFailure: (found) => ({ ok: false, found: found.what, repair: found.todo })
    }),
    Effect.map((finding): Finding => ({ name: `${name} mock`, expected: "the mock answers", ...finding }))
  )
