/** `accessa compliance check` from the outside: what it checks, its output and its exit codes. */
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import { Diagnosis } from "../../../services/Diagnosis.ts"
import { ofValidator } from "../../../src/deploy/compliance.ts"
import { groups } from "../../../src/deploy/validate/Check.ts"
import { checks } from "../../../src/deploy/validate/checks.ts"
import { keyOf } from "../../support/harness/Credentials.ts"
import { runCli } from "../../support/harness/runCli.ts"
import { TestApi, testApi } from "../../support/harness/TestApi.ts"
import { DiagnosisMemory } from "../../twins/DiagnosisMemory.ts"

const Report = Schema.fromJsonString(Schema.Struct({
  verdict: Schema.String,
  checks: Schema.Array(
    Schema.Struct({ group: Schema.String, check: Schema.String, found: Schema.String, verdict: Schema.String })
  )
}))

const compliance = Effect.fnUntraced(function*(...args: ReadonlyArray<string>) {
  const { url } = yield* TestApi
  return yield* runCli(["compliance", "check", "config/local.yaml", "--no-repository", "--url", url.href, ...args], {
    env: { ACCESSA_API_KEY: keyOf("admin") }
  })
})

const retention = (ok: boolean) =>
  Layer.effect(
    Diagnosis,
    Effect.map(Diagnosis, (memory) => ({
      ...memory,
      pipeline: Effect.succeed([
        ok
          ? { name: "retention", ok, expected: "", found: "nothing expired is left", repair: "" }
          : {
            name: "retention",
            ok,
            expected: "",
            found: "keys has been due since yesterday",
            repair: "Look at the log."
          }
      ])
    }))
  ).pipe(Layer.provide(DiagnosisMemory))

layer(testApi({ diagnosis: retention(true) }), { excludeTestServices: true })("accessa compliance check", (it) => {
  it.effect("accessa compliance check names checks that the validator has", () =>
    Effect.sync(() => {
      const known = groups.flatMap((group) => checks[group].map(({ check }) => `${group} ${check}`))
      assert.includeMembers(known, ofValidator)
    }))

  it.effect("accessa compliance check makes each of its checks, and exits with 0 if all pass", () =>
    Effect.gen(function*() {
      const { code, stdout } = yield* compliance("--json")
      const report = yield* Schema.decodeUnknownEffect(Report)(stdout)
      assert.deepStrictEqual(
        report.checks.map(({ check, group }) => `${group} ${check}`),
        [...ofValidator.filter((name) => name !== "security repository"), "records audit_chain", "records retention"]
      )
      assert.deepStrictEqual([code, report.verdict], [0, "pass"])
    }))
})

layer(testApi({ diagnosis: retention(false) }), { excludeTestServices: true })("accessa compliance check", (it) => {
  it.effect("accessa compliance check exits with 1 if something is kept for too long, and says what to do", () =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* compliance()
      assert.match(
        stdout,
        /✗ records +retention +keys has been due since yesterday\n +expected .*\n +repair +Look at the log/
      )
      assert.match(stderr, /NOT_COMPLIANT: The environment local does not comply: 14 passed, 1 failed/)
      assert.strictEqual(code, 1)
    }))
})
