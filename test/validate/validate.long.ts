/** A production-like stack passes; each way to misconfigure it fails the one check that is meant for it. */
import { assert, it as anyTest, layer } from "@effect/vitest"
import { Clock, Effect, Schema } from "effect"
import { writeFileSync } from "node:fs"
import { availableParallelism, loadavg } from "node:os"
import { join } from "node:path"
import { misconfigurations } from "./misconfigurations.ts"
import { missing, places } from "./needed.ts"
import { ProductionStack } from "./ProductionStack.ts"

const Report = Schema.fromJsonString(Schema.Struct({
  verdict: Schema.String,
  checks: Schema.Array(Schema.Struct({
    group: Schema.String,
    check: Schema.String,
    verdict: Schema.String,
    found: Schema.String
  }))
}))

/** A copy with other values at some paths. */
const changed = (content: Record<string, unknown>, changes: Readonly<Record<string, unknown>> = {}) => {
  const copy = structuredClone(content)
  for (const [path, value] of Object.entries(changes)) {
    const [group = "", field = ""] = path.split(".")
    copy[group] = { ...Object(copy[group]), [field]: value }
  }
  return copy
}

/** Where much else wants the processors, seconds say nothing. */
const withinAMinute = (seconds: number) => {
  const [load = 0] = loadavg()
  if (load < 3 * availableParallelism()) assert.isBelow(seconds, 60)
}

const validate = Effect.fnUntraced(function*(
  { file, flags = [] }: {
    readonly file?: Readonly<Record<string, unknown>> | undefined
    readonly flags?: ReadonlyArray<string> | undefined
  }
) {
  const { accessa, directory, expectations } = yield* ProductionStack
  const path = join(directory, "expectations.yaml")
  writeFileSync(path, JSON.stringify(changed(expectations, file)))
  const start = yield* Clock.currentTimeMillis
  const report = yield* Schema.decodeUnknownEffect(Report)(
    yield* accessa(["deploy", "validate", path, "--json", ...flags])
  )
  const seconds = ((yield* Clock.currentTimeMillis) - start) / 1_000
  const told = (verdict: string) =>
    report.checks.filter((check) => check.verdict === verdict).map(({ check, found, group }) =>
      `${group} ${check}: ${found}`
    )
  return { seconds, verdict: report.verdict, failed: told("fail"), doubtful: told("inconclusive") }
})

const Readiness = Schema.fromJsonString(Schema.Struct({
  checks: Schema.Array(Schema.Struct({ name: Schema.String, ok: Schema.Boolean }))
}))

/** What the case before has halted or refused works again: at once, instead of within a minute. */
const settled = Effect.gen(function*() {
  const { accessa, directory, localApi } = yield* ProductionStack
  const failing = Effect.gen(function*() {
    const text = yield* Effect.promise(() => fetch(new URL("/health/ready", localApi)).then((answer) => answer.text()))
    const { checks } = yield* Schema.decodeUnknownEffect(Readiness)(text)
    return checks.filter(({ ok }) => !ok)
  })
  if ((yield* failing).length === 0) return
  const file = join(directory, "settled.md")
  writeFileSync(file, `# ${yield* Clock.currentTimeMillis}\n`)
  yield* Effect.gen(function*() {
    for (const name of ["storage", "parser", "embedder"]) {
      yield* Effect.ignore(accessa(["providers", "reset", name, "--reason", "The test has repaired it."]))
    }
    yield* Effect.ignore(accessa(["ingest", file, "--no-wait"]))
    return yield* failing
  }).pipe(Effect.repeat({ until: (checks) => checks.length === 0 }), Effect.timeout("2 minutes"))
})

// oxlint-disable-next-line vitest/no-disabled-tests -- nothing runs here, the name is the message
for (const reason of missing) anyTest.skip(`the production-like stack: ${reason}`, () => {})

for (const place of places) {
  layer(ProductionStack.layer(place), { excludeTestServices: true, timeout: "5 minutes" })(
    "a production-like stack",
    (it) => {
      it.effect("passes within a minute, with a receipt equal to the recorded one, also from a worker", () =>
        Effect.gen(function*() {
          const { accessa, expectations } = yield* ProductionStack
          yield* accessa(["baseline", "record", "--rounds", "1", "--out", expectations.baseline])
          for (const from of ["api", "worker"]) {
            const { doubtful, failed, seconds, verdict } = yield* validate({ flags: ["--from", from] })
            assert.deepStrictEqual([...failed, ...doubtful], [])
            assert.strictEqual(verdict, "pass")
            withinAMinute(seconds)
            yield* Effect.logInfo(`From the ${from}: ${seconds.toFixed(1)} s`)
          }
        }))

      for (const { api, breaks, fails, file, flags, title } of misconfigurations) {
        it.effect(`${title}: ${fails} fails, and nothing else does`, () =>
          Effect.gen(function*() {
            const stack = yield* ProductionStack
            yield* settled
            if (breaks !== undefined) yield* breaks(stack)
            const { failed, seconds } = yield* validate({ file, flags }).pipe(
              api === undefined ? (run) => run : stack.withApi(api(stack))
            )
            assert.deepStrictEqual(failed.map((each) => each.split(":")[0]), [fails], failed.join("\n"))
            withinAMinute(seconds)
          }))
      }

      it.effect("without any worker: worker_process heartbeat fails, and nothing else does", () =>
        Effect.gen(function*() {
          const { superuser, workers } = yield* ProductionStack
          yield* Effect.forEach(workers, ({ kill }) => kill)
          yield* superuser`UPDATE workers SET heartbeat_at = now() - interval '1 hour'`
          const { failed } = yield* validate({})
          assert.deepStrictEqual(
            failed.map((each) => each.split(":")[0]),
            ["worker_process heartbeat"],
            failed.join("\n")
          )
        }))
    }
  )
}
