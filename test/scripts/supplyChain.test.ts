/** The check of the packages: licences of the bill of materials, and vulnerabilities of the audit's report. */
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { advisoriesOf, faultsOfBill } from "../../scripts/supplyChain/judge.ts"

const bill = (...licenses: ReadonlyArray<unknown>) =>
  JSON.stringify({ components: [{ purl: "pkg:npm/x@1.0.0", licenses }] })

it.effect("the check of the packages allows permissive licences, and names the package of any other", () =>
  Effect.gen(function*() {
    const faults = (...licenses: ReadonlyArray<unknown>) =>
      Effect.map(faultsOfBill(bill(...licenses)), ({ faults }) => faults)
    assert.deepStrictEqual(yield* faults({ license: { id: "MIT" } }), [])
    assert.deepStrictEqual(yield* faults({ expression: "(GPL-3.0-only OR MIT)" }), [])
    assert.deepStrictEqual(yield* faults({ license: { id: "MIT" } }, { license: { id: "AGPL-3.0-only" } }), [
      "pkg:npm/x@1.0.0 has the licence AGPL-3.0-only"
    ])
    assert.deepStrictEqual(yield* faults({ expression: "MIT AND GPL-3.0-only" }), [
      "pkg:npm/x@1.0.0 has the licence MIT AND GPL-3.0-only"
    ])
    assert.deepStrictEqual(yield* faults(), ["pkg:npm/x@1.0.0 states no licence"])
  }))

it.effect("the check of the packages refuses an empty bill, and takes no answer of the registry for no vulnerability", () =>
  Effect.gen(function*() {
    yield* Effect.flip(faultsOfBill(JSON.stringify({ components: [] })))
    yield* Effect.flip(advisoriesOf("ERR_PNPM_AUDIT_BAD_RESPONSE"))
    yield* Effect.flip(advisoriesOf("{}"))
  }))

it.effect("the check of the packages names vulnerabilities of a high severity", () =>
  Effect.gen(function*() {
    const advisory = (severity: string) => ({
      module_name: "x",
      severity,
      title: "It leaks",
      url: "https://host.invalid/1"
    })
    const report = JSON.stringify({ advisories: { 1: advisory("critical"), 2: advisory("low") } })
    assert.deepStrictEqual(yield* advisoriesOf(report), [
      "x has a vulnerability (critical): It leaks, https://host.invalid/1"
    ])
    assert.deepStrictEqual(yield* advisoriesOf(JSON.stringify({ advisories: {} })), [])
  }))
