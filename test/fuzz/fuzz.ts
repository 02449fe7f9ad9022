/**
 * Sends random callbacks and requests to an API process and checks the outcome: no answer is a server fault, nothing
 * changes that the sender may not change, and the process does not grow.
 */
import { Clock, Effect, Redacted, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { readFileSync } from "node:fs"
import { World } from "../faults/World.ts"
import { apiCall, readOperations } from "./apiCall.ts"
import type { Call, Heard } from "./Call.ts"
import { type Dice, makeDice } from "./Dice.ts"
import { judgeReply } from "./judgeReply.ts"
import { oddText } from "./oddities.ts"
import { makeSender, type Sender } from "./sender.ts"
import { changes, snapshot } from "./snapshot.ts"
import { type Caller, makeTenants } from "./tenants.ts"
import { decodeUpload, uploadCall } from "./uploadCall.ts"
import { webhookCall } from "./webhookCall.ts"

export interface Finding {
  readonly what: string
  times: number
  readonly example: string
}

const concurrency = 16
const addressSecret = Redacted.make("the secret that signs addresses in a fuzz run")

/** Traces that a caller may leave: the last use of a key, and the records of refused requests. */
const traces = ["api_keys", "idempotency_keys", "workers", "alerts", "alert_events"]

export const fuzz = Effect.fn("fuzz")(function*(options: { readonly webhooks: number; readonly requests: number }) {
  const { seed, start, urls } = yield* World
  const sql = yield* SqlClient.SqlClient
  const dice = makeDice(seed)
  const tenants = yield* makeTenants
  const api = yield* start("api", { WEBHOOK_SECRETS: Redacted.value(addressSecret), LOG_LEVEL: "Error" })
  const sender = yield* Effect.acquireRelease(
    Effect.sync(() => makeSender(urls.api, concurrency)),
    ({ close }) => Effect.sync(close)
  )
  const memory = () => residentMegabytes(api.pid)
  const found = new Map<string, Finding>()
  const report = (fault: string, example: string) => {
    const known = found.get(fault)
    if (known === undefined) found.set(fault, { what: fault, times: 1, example })
    else known.times++
  }
  const statuses: Record<string, Record<string, number>> = {}
  const samples: Array<number> = []
  const started = yield* Clock.currentTimeMillis

  const play = (
    count: number,
    phase: string,
    next: () => Call,
    onReply: (call: Call, heard: Heard) => void = () => {}
  ) =>
    Effect.promise(() =>
      sendAll(sender, count, next, (call, heard, number) => {
        const status = typeof heard === "string" ? heard : String(heard.status)
        const counts = statuses[phase] ??= {}
        counts[status] = (counts[status] ?? 0) + 1
        const fault = judgeReply(call, heard)
        if (fault !== undefined) {
          report(`${call.route}: ${fault.replaceAll(/[0-9a-f-]{36}/g, "…").slice(0, 160)}`, show(call, fault))
        }
        onReply(call, heard)
        if (number % Math.max(1, Math.floor(count / 5)) === 0) {
          samples.push(memory())
        }
      })
    )
  const unchanged = Effect.fnUntraced(function*<E, R>(
    phase: string,
    ids: ReadonlyArray<string> | "all",
    run: Effect.Effect<void, E, R>,
    without = traces
  ) {
    const before = yield* snapshot(ids, without)
    yield* run
    for (const change of changes(before, yield* snapshot(ids, without))) {
      report(`${phase} changed ${change.split(":")[0]}`, change)
    }
  })

  const [firstJob, ...otherJobs] = tenants.jobs
  if (firstJob === undefined) return yield* Effect.die(new Error("there are no jobs"))
  const targets = { dice, jobs: [firstJob, ...otherJobs] as const, addressSecret }
  const forged = Math.round(options.webhooks * 0.7)
  yield* unchanged("forged callbacks", "all", play(forged, "forged callbacks", () => webhookCall(targets, false)))
  let recorded = 0
  const isRecorded = (_: Call, heard: Heard) => {
    if (typeof heard !== "string" && heard.text.includes("\"recorded\"")) recorded++
  }
  yield* unchanged(
    "callbacks for others",
    tenants.bystanderIds,
    play(options.webhooks - forged, "genuine callbacks", () => webhookCall(targets, true), isRecorded)
  )
  const [receipts] = yield* sql<{ readonly count: number }>`SELECT count(*)::int AS count FROM webhook_receipts`
  if (receipts?.count !== recorded) report("callbacks recorded", `${recorded} answered, ${receipts?.count} stored`)

  const { operations, resolve } = yield* Effect.promise(() => fetch(new URL("/openapi.json", urls.api))).pipe(
    Effect.flatMap((response) => Effect.promise(() => response.text())),
    Effect.map(readOperations)
  )
  const ids: [string, ...Array<string>] = [
    "12345678-1234-4234-8234-123456789012",
    ...tenants.ownersIds,
    ...tenants.bystanderIds
  ]
  const request = (callers: () => Caller) => () => {
    const operation = operations[dice.below(operations.length)]
    if (operation === undefined) throw new Error("the document names no operation")
    return apiCall(operation, { dice, ids, resolve }, callers())
  }
  const pick = (callers: ReadonlyArray<Caller>) => callers[dice.below(callers.length)] ?? anonymous
  // Known keys first: a process that has seen too many invalid ones checks no new one from that address.
  for (const { headers } of [...tenants.owners, ...tenants.viewers, ...tenants.strangers]) {
    yield* Effect.promise(() =>
      fetch(new URL("/api/v1/jobs?limit=1", urls.api), { headers }).then((response) => response.text())
    )
  }
  const third = Math.round(options.requests / 3)
  const unauthorized = () => dice.percent(40) ? pick(tenants.viewers) : dice.percent(50) ? anonymous : pretender(dice)
  const unallowed = play(third, "callers without the right", request(unauthorized))
  // Viewers may search, which is bought.
  yield* unchanged("callers without the right", "all", unallowed, [...traces, "embedding_ledger", "budget_spend"])
  const foreign = [...tenants.ownersIds, ...tenants.bystanderIds]
  const strangers = play(third, "other tenants", request(() => pick(tenants.strangers)))
  yield* unchanged("other tenants", foreign, strangers)
  const announced: Array<string> = []
  const ask = request(() => pick(tenants.owners))
  // Random requests rarely announce an upload, and never find its signed address.
  const askOrSend = () =>
    dice.percent(8) ? uploadCall(dice, announced[dice.below(announced.length + 2)], pick(tenants.owners)) : ask()
  const own = play(options.requests - 2 * third, "owners", askOrSend, (_, heard) => {
    if (typeof heard === "string") return
    const made = decodeJob(heard.text)
    if (made._tag === "Some" && ids.length < 500) ids.push(made.value.job_id, made.value.document_id)
    const upload = decodeUpload(heard.text)
    if (upload._tag === "Some") announced.push(upload.value.upload_url)
  })
  yield* unchanged("owners", tenants.bystanderIds, own)

  const alive = yield* Effect.promise(() => fetch(new URL("/health", urls.api)).then(({ ok }) => ok, () => false))
  if (!alive) report("the server is gone", api.output().slice(-500))
  const seconds = ((yield* Clock.currentTimeMillis) - started) / 1000
  return { ...options, seed, seconds, statuses, megabytes: [...samples, memory()], findings: [...found.values()] }
})

const sendAll = async (
  sender: Sender,
  count: number,
  next: () => Call,
  onReply: (call: Call, reply: Heard, heard: number) => void
): Promise<void> => {
  let sent = 0
  let heard = 0
  const line = async () => {
    while (sent < count) {
      sent++
      const call = next()
      const reply = await sender.send(call)
      onReply(call, reply, ++heard)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, line))
}

const anonymous: Caller = { name: "anonymous", headers: {} }

const pretender = (dice: Dice): Caller => {
  const text = oddText(dice).replaceAll(/[^\t\u0020-\u007e\u0080-\u00ff]/g, "?")
  const authorization = dice.pick([
    `Bearer ${text}`,
    `Bearer acc_00000000_${"0".repeat(64)}`,
    `Bearer eyJhbGciOiJub25lIn0.${Buffer.from(`{"sub":"${text.length}"}`).toString("base64url")}.`,
    `Basic ${text}`,
    text
  ])
  return { name: "a pretender", headers: { authorization } }
}

const decodeJob = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Struct({ job_id: Schema.String, document_id: Schema.String }))
)

const show = ({ body, caller, headers, method, path }: Call, fault: string): string =>
  `${caller}: ${method} ${path.slice(0, 300)} ${JSON.stringify(headers).slice(0, 300)} ${
    JSON.stringify(body?.toString("latin1").slice(0, 300) ?? "")
  } → ${fault.slice(0, 300)}`

/** Without `/proc` there is no value, and nothing is checked. */
const residentMegabytes = (pid: number): number => {
  try {
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024)
  } catch {
    return 0
  }
}
