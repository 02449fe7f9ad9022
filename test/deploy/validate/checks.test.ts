/** Every check: it passes in a production in order, and fails alone where that is broken which it is meant for. */
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, Result } from "effect"
import { overall } from "../../../src/deploy/CheckResult.ts"
import { groups, toResult } from "../../../src/deploy/validate/Check.ts"
import { checks } from "../../../src/deploy/validate/checks.ts"
import type { Expectations } from "../../../src/deploy/validate/Expectations.ts"
import type { Facts } from "../../../src/deploy/validate/Facts.ts"
import { readExpectations } from "../../../src/deploy/validate/readExpectations.ts"
import { anotherWorker, productionFacts, productionRelease } from "../../support/builders/productionFacts.ts"
import { brokenInside } from "./broken/brokenInside.ts"
import { brokenOutside } from "./broken/brokenOutside.ts"
import { change, ofStorage } from "./broken/changes.ts"

const broken = { ...brokenInside, ...brokenOutside }

const judged = Effect.fnUntraced(function*(facts: Facts) {
  const expected = yield* readExpectations("config/production.yaml")
  return groups.flatMap((group) => checks[group].map((check) => toResult(group, check, facts, expected)))
})

layer(NodeServices.layer)("the validation of an environment", (it) => {
  it.effect("the validation of an environment passes if all is in order", () =>
    Effect.gen(function*() {
      const results = yield* judged(productionFacts)
      assert.deepStrictEqual(results.filter(({ verdict }) => verdict !== "pass"), [])
      assert.strictEqual(overall(results), "pass")
    }))

  it.effect("the validation of an environment has a failing case for each of its checks", () =>
    Effect.gen(function*() {
      const names = (yield* judged(productionFacts)).map(({ check, group }) => `${group} ${check}`)
      assert.sameMembers(Object.keys(broken), names)
    }))

  for (const [name, cases] of Object.entries(broken)) {
    it.effect(`the check ${name} fails alone, and says what it found and what to do`, () =>
      Effect.gen(function*() {
        for (const [facts, found] of cases) {
          const failed = (yield* judged(facts)).filter(({ verdict }) => verdict === "fail")
          assert.deepStrictEqual(failed.map(({ check, group }) => `${group} ${check}`), [name])
          assert.include(failed[0]?.found, found)
          assert.strictEqual(failed[0]?.repair._tag, "Some")
        }
      }))
  }

  it.effect("the validation of an environment about which nothing is known passes no check of it", () =>
    Effect.gen(function*() {
      const nothing = Result.fail("there was no answer within 15s")
      const results = yield* judged({
        now: productionFacts.now,
        from: "api",
        url: productionFacts.url,
        release: productionRelease,
        ofApi: nothing,
        ofWorker: nothing,
        workers: nothing,
        reached: nothing,
        ready: nothing,
        contract: nothing,
        withoutKey: nothing,
        withKey: nothing,
        headers: nothing,
        origins: nothing,
        canary: nothing,
        baseline: nothing,
        signedAddress: nothing,
        keys: nothing,
        repository: nothing,
        leastSettings: nothing
      })
      assert.deepStrictEqual(results.filter(({ verdict }) => verdict === "pass").map(({ check }) => check), [])
      assert.strictEqual(overall(results), "fail")
    }))

  it.effect("an address that expired before it opened a file leaves its expiry in doubt", () =>
    Effect.gen(function*() {
      const doubtful = (yield* judged(ofStorage({ expires: null }))).filter(({ verdict }) => verdict !== "pass")
      assert.deepStrictEqual(doubtful.map(({ check, verdict }) => [check, verdict]), [["expiry", "inconclusive"]])
    }))

  it.effect("from a worker, it is the worker's view that is judged", () =>
    Effect.gen(function*() {
      const facts = change({
        from: "worker",
        ofWorker: Result.map(productionFacts.ofWorker, (seen) => ({
          ...seen,
          workerId: anotherWorker,
          parser: { found: null, fault: "401: invalid key" }
        }))
      })
      const failed = (yield* judged(facts)).filter(({ verdict }) => verdict === "fail")
      assert.deepStrictEqual(failed.map(({ check }) => check), ["parser_key"])
    }))

  it.effect("workers whose PUBLIC_URL has the API's inside name agree with it, in processes that run as expected", () =>
    Effect.gen(function*() {
      const inside = Result.map(productionFacts.ofWorker, (seen) => ({
        ...seen,
        workerId: anotherWorker,
        addresses: seen.addresses.map((each) => each.name === "public" ? { ...each, host: "api-server" } : each),
        process: {
          ...seen.process,
          environment: "staging" as const,
          settings: seen.process.settings.map((each) =>
            each.name === "PUBLIC_URL" ? { ...each, shape: "address in a private network" as const } : each
          )
        }
      }))
      const facts = change({ from: "worker", ofWorker: inside })
      const expected = yield* readExpectations("config/production.yaml")
      const failing = (expectations: Expectations) =>
        groups.flatMap((group) => checks[group].map((check) => toResult(group, check, facts, expectations)))
          .filter(({ verdict }) => verdict === "fail").map(({ check }) => check)
      assert.deepStrictEqual(failing(expected), ["settings", "environment", "hosts"])
      const { api } = expected
      assert.deepStrictEqual(
        failing({ ...expected, runsAs: "staging", api: { ...api, insideHosts: ["api-server"] } }),
        []
      )
    }))
})
