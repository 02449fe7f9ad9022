/** Against a real Alertmanager, as Debian's package `prometheus-alertmanager` has it. */
import { NodeHttpClient } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Context, DateTime, Duration, Effect, Layer, Option, Schedule, Schema } from "effect"
import { TestClock } from "effect/testing"
import { spawn, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { alertmanagerSink } from "../../../layers/AlertSinks/Alertmanager.ts"
import { unheardIsResolvedAfter } from "../../../src/policy/alertSinks.ts"
import { freePort } from "../../faults/PostgresPlace.ts"
import { aNotice } from "../../support/builders/aNotice.ts"

const program = ["prometheus-alertmanager", "alertmanager"].find((name) => spawnSync(name, ["--version"]).status === 0)

class Address extends Context.Service<Address, URL>()("accessa/test/Alertmanager") {}

const alertmanager = Layer.effect(
  Address,
  Effect.gen(function*() {
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "accessa-alertmanager-"))),
      (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
    )
    // Shorter than the end that our alerts carry: it must not matter.
    writeFileSync(
      join(folder, "config.yml"),
      "global: { resolve_timeout: 1s }\nroute: { receiver: none }\nreceivers: [{ name: none }]\n"
    )
    const port = yield* freePort
    yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(program ?? "", [
          `--config.file=${folder}/config.yml`,
          `--storage.path=${folder}`,
          `--web.listen-address=127.0.0.1:${port}`,
          "--cluster.listen-address="
        ], { stdio: "ignore" })
      ),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    const url = new URL(`http://127.0.0.1:${port}`)
    yield* Effect.promise(() => fetch(new URL("/-/ready", url)).then((response) => response.ok, () => false)).pipe(
      Effect.repeat({ until: (ok) => ok, schedule: Schedule.spaced("50 millis") })
    )
    return url
  })
)

const decode = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({
  labels: Schema.Record(Schema.String, Schema.String),
  annotations: Schema.Record(Schema.String, Schema.String),
  generatorURL: Schema.String
})))

/** The active alerts of one alert rule. */
const active = Effect.fnUntraced(function*(rule: string) {
  const url = new URL("/api/v2/alerts?active=true", yield* Address)
  url.searchParams.set("filter", `alertname="${rule}"`)
  return yield* Effect.flatMap(Effect.promise(() => fetch(url).then((response) => response.json())), decode)
})

const until = (rule: string, alerts: number) =>
  active(rule).pipe(
    Effect.repeat({ until: ({ length }) => length === alerts, schedule: Schedule.spaced("50 millis") })
  )

const sink = Effect.flatMap(Address, (url) => alertmanagerSink({ url, token: undefined }))
const startedAt = DateTime.makeUnsafe(Date.now() - 3_600_000)

if (program === undefined) {
  layer(Layer.empty)((it) =>
    it.skip("alerts reach a real Alertmanager (skipped: prometheus-alertmanager is not installed)")
  )
} else {
  layer(Layer.provideMerge(NodeHttpClient.layerUndici, alertmanager), { excludeTestServices: true })((it) => {
    it.effect("an alert is active in Alertmanager until it is resolved, also while it is acknowledged", () =>
      Effect.gen(function*() {
        const { deliver } = yield* sink
        const firing = aNotice({ rule: "NO_WORKER", subject: "", startedAt, labels: { "a.b": "c" } })
        yield* deliver(firing)
        const [alert] = yield* until("NO_WORKER", 1)
        assert.deepStrictEqual(alert?.labels, {
          alertname: "NO_WORKER",
          severity: "critical",
          environment: "production",
          service: "accessa",
          a_b: "c"
        })
        assert.strictEqual(alert?.annotations["summary"], firing.title)
        assert.strictEqual(alert?.annotations["runbook_url"], firing.runbookUrl)
        assert.strictEqual(alert?.generatorURL, firing.dashboardUrl)
        yield* deliver({ ...firing, state: "acknowledged", level: "lead" })
        const [same, ...others] = yield* until("NO_WORKER", 1)
        assert.isEmpty(others)
        assert.deepInclude(same?.annotations, { state: "acknowledged", level: "lead" })
        yield* deliver({ ...firing, state: "resolved", endedAt: Option.some(yield* DateTime.now) })
        yield* until("NO_WORKER", 0)
      }))

    it.effect("Alertmanager resolves an alert that is not repeated, and keeps a repeated one", () =>
      Effect.gen(function*() {
        const { deliver, repeatEvery } = yield* sink
        assert.isTrue(
          repeatEvery !== undefined && Duration.toMillis(repeatEvery) * 2 < Duration.toMillis(unheardIsResolvedAfter)
        )
        const firing = aNotice({ rule: "QUEUE_SILENT", startedAt })
        const almostForgotten = Date.now() - Duration.toMillis(unheardIsResolvedAfter) + 1_500
        yield* TestClock.setTime(almostForgotten).pipe(
          Effect.andThen(deliver(firing)),
          Effect.provide(TestClock.layer())
        )
        yield* until("QUEUE_SILENT", 1)
        yield* until("QUEUE_SILENT", 0)
        yield* deliver(firing)
        yield* until("QUEUE_SILENT", 1)
      }))
  })
}
