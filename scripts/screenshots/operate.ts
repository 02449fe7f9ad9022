/** What people and applications did on that day, through the API. */
import { Effect, Schedule, Schema } from "effect"
import { readFileSync } from "node:fs"
import { basename } from "node:path"
import { users } from "./documents.ts"
import { apiUrl, StackFailed } from "./stack.ts"

const decodeJob = Schema.decodeUnknownEffect(
  Schema.Struct({ job_id: Schema.String, document_id: Schema.String, status: Schema.String })
)

export const call = (key: string, path: string, init: RequestInit = {}) =>
  Effect.tryPromise({
    try: async () => {
      const answer = await fetch(new URL(path, apiUrl), {
        ...init,
        headers: { authorization: `Bearer ${key}`, ...init.headers }
      })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${answer.status} ${text}`)
      return text === "" ? null : JSON.parse(text)
    },
    catch: (cause) => new StackFailed({ message: `${path}: ${String(cause)}` })
  })

const post = (key: string, path: string, body: unknown, reason?: string) =>
  call(key, path, {
    method: path.endsWith("budgets") ? "PUT" : "POST",
    headers: { "content-type": "application/json", ...(reason === undefined ? {} : { "x-reason": reason }) },
    body: JSON.stringify(body)
  })

/** Until each is complete. */
export const ingest = Effect.fnUntraced(function*(key: string, files: ReadonlyArray<string>) {
  const jobs = yield* Effect.forEach(files, (file) => {
    const form = new FormData()
    form.append("file", new Blob([readFileSync(file)]), basename(file))
    return Effect.flatMap(call(key, "/api/v1/documents", { method: "POST", body: form }), decodeJob)
  })
  return yield* Effect.forEach(jobs, ({ job_id }) =>
    call(key, `/api/v1/jobs/${job_id}?wait=60`).pipe(
      Effect.flatMap(decodeJob),
      Effect.filterOrFail(({ status }) => status === "complete", () =>
        new StackFailed({ message: `${job_id} is not complete.` })),
      Effect.retry(Schedule.recurs(3))
    ))
})

/** Entries for the audit log, and a subscribed application. */
export const ask = Effect.fnUntraced(function*(key: string) {
  yield* post(key, "/api/v1/budgets", { user_id: null, limit_usd: 15 }, "The year's plan.")
  yield* post(key, "/api/v1/budgets", { user_id: users[3], limit_usd: 0.5 }, "A trial account.")
  yield* post(key, "/api/v1/keys", { user_id: users[1], role: "user", name: "portal-sync" })
  yield* post(
    key,
    "/api/v1/jobs/cancel",
    { filter: "status:uploaded renewal-offer", dry_run: false },
    "The member sent a newer offer."
  )
  yield* post(key, "/api/v1/jobs/retry", { filter: "error_code:NO_TEXT", dry_run: true })
  const { alerts } = yield* Effect.flatMap(call(key, "/api/v1/alerts?which=open"), decodeAlerts)
  const of = (rule: string) => alerts.find((alert) => alert.rule === rule)?.alert_id ?? 0
  yield* post(key, `/api/v1/alerts/${of("ERROR_BURST")}/acknowledge`, { reason: "OpenAI raises our limit today." })
  const until = new Date(Date.now() + 2 * 86_400_000).toISOString()
  yield* post(key, `/api/v1/alerts/${of("BUDGET_USED_UP")}/silence`, {
    reason: "A trial; it renews on the first.",
    until
  })
})

const decodeAlerts = Schema.decodeUnknownEffect(
  Schema.Struct({ alerts: Schema.Array(Schema.Struct({ alert_id: Schema.Int, rule: Schema.String })) })
)
