import { it } from "@effect/vitest"
import { Duration, Effect, Schema } from "effect"
import { assert, describe } from "vitest"
import { Dependency } from "../../src/domain/Dependency.ts"
import {
  CircuitEffect,
  codesOf,
  dependencyCodes,
  ErrorClass,
  ErrorCode,
  errorCodes
} from "../../src/domain/ErrorCode.ts"
import {
  errorClass,
  PermanentError,
  RecoverableError,
  ServiceError,
  TransientError
} from "../../src/domain/ServiceError.ts"

describe("the table of error codes", () => {
  for (const [code, entry] of Object.entries(errorCodes)) {
    it(`has every column for ${code}`, () => {
      const { billed, circuit, class: kind, dependency, help, title } = entry
      assert.match(code, /^[A-Z]+(_[A-Z]+)*$/)
      assert.isTrue(Schema.is(ErrorCode)(code))
      assert.isTrue(Schema.is(ErrorClass)(kind))
      assert.isTrue(Schema.is(Schema.NullOr(Dependency))(dependency))
      assert.isTrue(Schema.is(CircuitEffect)(circuit))
      assert.isBoolean(billed)
      assert.match(title, /^[A-Z].*\.$/)
      assert.match(help, /^[A-Z].*\.$/)
    })

    it(`does not contradict itself about ${code}`, () => {
      const { billed, circuit, class: kind, dependency } = entry
      if (circuit !== "none") assert.isNotNull(dependency, "a circuit belongs to a dependency")
      if (circuit === "halts") assert.strictEqual(kind, "recoverable", "the job is parked until a person has acted")
      if (circuit === "rate") assert.strictEqual(kind, "transient", "the job waits as long as the provider asks")
      if (circuit === "counts") {
        assert.notStrictEqual(kind, "permanent", "a bad document says nothing about the service")
      }
      if (billed) assert.strictEqual(dependency, "embedder", "the ledger holds embedding calls alone")
    })
  }

  it("the table of error codes has a code for each class and each effect on a circuit", () => {
    const entries = Object.values(errorCodes)
    assert.sameMembers([...new Set(entries.map((entry) => entry.class))], [...ErrorClass.literals])
    assert.sameMembers([...new Set(entries.map(({ circuit }) => circuit))], [...CircuitEffect.literals])
  })

  it("names the dependency in the codes for its outages and timeouts", () => {
    for (const dependency of Dependency.literals) {
      const { timeout, unavailable } = dependencyCodes[dependency]
      assert.deepInclude(errorCodes[unavailable], { dependency, class: "recoverable" })
      assert.deepInclude(errorCodes[timeout], { dependency, class: "transient" })
    }
  })

  it("the table of error codes assigns each code to one dependency", () => {
    assert.include(codesOf("parser"), "PARSER_QUOTA")
    assert.notInclude(codesOf("embedder"), "BUDGET_EXCEEDED")
    const all = Dependency.literals.flatMap((dependency) => codesOf(dependency))
    assert.strictEqual(new Set(all).size, all.length)
  })
})

describe("a service's error", () => {
  it("a service's error has the class of its tag", () => {
    const fields = { code: "PARSER_FAILED" as const, message: "It failed." }
    assert.strictEqual(errorClass(new TransientError(fields)), "transient")
    assert.strictEqual(errorClass(new PermanentError(fields)), "permanent")
    assert.strictEqual(errorClass(new RecoverableError(fields)), "recoverable")
  })

  it.effect("a service's error survives a round trip through JSON", () =>
    Effect.gen(function*() {
      const json = Schema.fromJsonString(Schema.toCodecJson(ServiceError))
      const error = new TransientError({
        code: "EMBED_RATE_LIMITED",
        message: "Slow down.",
        dependency: "embedder",
        requestId: "req_1",
        retryAfter: Duration.millis(1_500)
      })
      const read = yield* Effect.flatMap(Schema.encodeEffect(json)(error), Schema.decodeEffect(json))
      assert.instanceOf(read, TransientError)
      assert.deepStrictEqual({ ...read }, { ...error })
    }))
})
