/** The rotations that docs/security.md describes, under load, with two APIs behind the gateway of docker-compose.gateway.yml. */
import { Effect, Exit, Schema, Scope } from "effect"
import { SqlClient } from "effect/sql"
import { createHash, randomUUID } from "node:crypto"
import { startKeyGuard } from "../../deploys/keyGuard.ts"
import { callers } from "../../faults/api.ts"
import type { Case } from "../../faults/Case.ts"
import { eventually, must } from "../../faults/judge.ts"
import { type Settings, World } from "../../faults/World.ts"
import { startReceiver } from "../receiver.ts"
import { installed, startGateway } from "../startProxies.ts"

const Made = Schema.fromJsonString(Schema.Struct({ secret: Schema.String }))
const MadeKey = Schema.fromJsonString(Schema.Struct({ secret: Schema.String, key_id: Schema.String }))
const MadeWebhook = Schema.fromJsonString(Schema.Struct({ secret: Schema.String, subscription_id: Schema.String }))
const Announced = Schema.fromJsonString(Schema.Struct({ upload_url: Schema.String, document_id: Schema.String }))
const json = { "content-type": "application/json" }
const [first, second] = ["1st-".repeat(16), "2nd-".repeat(16)]

export const cases: ReadonlyArray<Case> = [
  {
    id: "P3",
    title: "an API key, a webhook's secret, the provider's key and WEBHOOK_SECRETS are rotated under load",
    expected:
      "No request fails, every delivery is signed with a secret that its receiver knows, and every job completes.",
    needs: ["postgres", "linux"],
    minutes: 20,
    run: Effect.gen(function*() {
      const world = yield* World
      const sql = yield* SqlClient.SqlClient
      yield* must(installed.haproxy, "haproxy is not installed.")
      const port = Number(world.urls.api.port)
      const apis = [yield* world.freePort, yield* world.freePort]
      const known = new Set(["sk-old"])
      const guard = yield* startKeyGuard({
        host: "127.0.0.1",
        port: Number(world.urls.openai.port),
        keys: known,
        listen: 0
      })
      const receiver = yield* startReceiver
      for (const mock of ["mock-llamaparse", "mock-openai"] as const) {
        yield* world.start(mock, { MOCK_OPENAI_RATE_LIMIT: "100000" })
      }
      let settings: Settings = {
        PARSER: "llamaparse",
        OPENAI_API_URL: `${guard.url}v1`,
        OPENAI_API_KEY: "sk-old",
        WEBHOOK_SECRETS: first,
        PUBLIC_URL: world.urls.api.href,
        TRUSTED_PROXIES: "127.0.0.1",
        STOP_DELAY_SECONDS: "5",
        EGRESS_ALLOW_PRIVATE: "true",
        REQUESTS_PER_MINUTE: "100000",
        UPLOADS_PER_MINUTE: "100000"
      }
      const startApi = (api: number) => world.start("api", { ...settings, API_PORT: String(api) })
      let running = yield* Effect.forEach(apis, (api) => Effect.map(startApi(api), (process) => ({ api, process })))
      yield* startGateway(apis, port)
      let worker = yield* world.start("worker", settings)
      /** One process after the other, as a platform does it. */
      const restart = Effect.fnUntraced(function*(changed: Settings) {
        settings = { ...settings, ...changed }
        const next: typeof running = []
        for (const { api, process } of running) {
          yield* process.signal("SIGTERM")
          yield* process.exited
          next.push({ api, process: yield* startApi(api) })
          // The gateway asks every second, and may use the new process only then.
          yield* Effect.sleep("3 seconds")
        }
        running = next
        yield* worker.signal("SIGTERM")
        yield* worker.exited
        worker = yield* world.start("worker", settings)
      })

      let { key } = yield* callers
      const [seen, failures]: [{ count: number }, Array<string>] = [{ count: 0 }, []]
      const ask = (path: string, init: RequestInit = {}) =>
        Effect.promise(async () => {
          const headers = new Headers(init.headers)
          headers.set("authorization", `Bearer ${key}`)
          const answer = await fetch(new URL(path, world.urls.api), { ...init, headers }).then(
            async (response) => ({ status: response.status, text: await response.text() }),
            (error: unknown) => ({ status: 0, text: String(error) })
          )
          seen.count++
          if (answer.status === 0 || answer.status >= 400) {
            failures.push(`${path} ${answer.status} ${answer.text.slice(0, 200)}`)
          }
          return answer.text
        })
      const post = (path: string, body: unknown) =>
        ask(path, { method: "POST", headers: json, body: JSON.stringify(body) })
      const users = Effect.gen(function*() {
        const text = `# Report ${randomUUID()}\n\nThe works are in order.\n`
        const form = new FormData()
        form.append("file", new Blob([text]), "report.md")
        yield* ask("/api/v1/documents", { method: "POST", body: form })
        const bytes = new TextEncoder().encode(`# Letter ${randomUUID()}\n\nThe policy covers water.\n`)
        const announced = yield* post("/api/v1/uploads", { filename: "letter.md", bytes: bytes.length })
        const { document_id, upload_url } = yield* Schema.decodeEffect(Announced)(announced)
        yield* ask(upload_url, { method: "PUT", body: bytes })
        const sha256 = createHash("sha256").update(bytes).digest("hex")
        yield* post(`/api/v1/uploads/${document_id}/complete`, { sha256 })
        yield* ask("/api/v1/jobs?limit=5")
        yield* Effect.sleep("500 millis")
        // Without the answer that it needs, the failure has been noted.
      }).pipe(Effect.catchTag("SchemaError", () => Effect.void), Effect.forever)
      const load = yield* Scope.make()
      yield* Effect.forkIn(users, load)

      // A key for a program, which takes over from the local one, and is rotated then.
      const made = yield* Schema.decodeEffect(MadeKey)(yield* post("/api/v1/keys", { name: "program", role: "admin" }))
      key = made.secret
      const rotated = yield* Schema.decodeEffect(MadeKey)(yield* post(`/api/v1/keys/${made.key_id}/rotate`, {}))
      yield* ask("/api/v1/jobs?limit=1")
      key = rotated.secret
      yield* post(`/api/v1/keys/${made.key_id}/revoke`, {})
      const old = yield* Effect.promise(() =>
        fetch(new URL("/api/v1/jobs", world.urls.api), { headers: { authorization: `Bearer ${made.secret}` } })
      )
      yield* must(old.status === 401, `The revoked key was answered ${old.status}.`)

      const delivered = (more: number) => {
        const wanted = receiver.accepted + more
        return eventually(
          Effect.sync(() => receiver.accepted),
          (accepted) => accepted >= wanted,
          (accepted) => `${accepted} deliveries were accepted, ${receiver.refused} were not; ${wanted} are expected.`
        )
      }
      const webhook = yield* Schema.decodeEffect(MadeWebhook)(yield* post("/api/v1/webhooks", { url: receiver.url }))
      receiver.secret = webhook.secret
      yield* delivered(3)
      const fresh = yield* Schema.decodeEffect(Made)(
        yield* post(`/api/v1/webhooks/${webhook.subscription_id}/rotate`, {})
      )
      yield* delivered(3)
      receiver.secret = fresh.secret
      yield* delivered(3)

      known.add("sk-new")
      yield* restart({ OPENAI_API_KEY: "sk-new" })
      known.delete("sk-old")
      yield* delivered(3)

      yield* restart({ WEBHOOK_SECRETS: `${first},${second}` })
      yield* restart({ WEBHOOK_SECRETS: `${second},${first}` })
      const rows = (condition: string) =>
        Effect.map(
          sql.unsafe<{ readonly count: number }>(`SELECT count(*)::int AS count FROM ${condition}`),
          ([row]) => row?.count ?? 0
        )
      const [{ now } = { now: new Date() }] = yield* sql<{ readonly now: Date }>`SELECT now()`
      yield* eventually(
        rows(`upload_jobs WHERE created_at < '${now.toISOString()}' AND processing_completed_at IS NULL`),
        (count) => count === 0,
        (count) => `${count} jobs from before the restart are not complete.`
      )
      yield* restart({ WEBHOOK_SECRETS: second })
      yield* delivered(3)

      yield* Scope.close(load, Exit.void)
      yield* eventually(
        rows("upload_jobs WHERE processing_completed_at IS NULL"),
        (count) => count === 0,
        (count) => `${count} jobs are left.`
      )
      yield* must(
        failures.length === 0,
        `${failures.length} of ${seen.count} failed: ${failures.slice(0, 3).join("; ")}`
      )
      const bad = yield* rows("upload_jobs WHERE status <> 'complete'")
      yield* must(bad === 0, `${bad} jobs failed.`)
      yield* must(receiver.refused === 0, `${receiver.refused} deliveries had no signature that the receiver knows.`)
      const alerts = yield* rows("alerts WHERE rule IN ('CALLBACKS_REFUSED', 'EMBED_AUTH')")
      yield* must(alerts === 0, `${alerts} alerts were opened.`)
      const complete = yield* rows("upload_jobs")
      return `${seen.count} requests, none failed; ${complete} documents complete; ${receiver.accepted} deliveries accepted.`
    })
  }
]
