import { it } from "@effect/vitest"
import { Duration, Effect, Schema } from "effect"
import { assert, describe } from "vitest"
import { ErrorClass, ErrorCode, errorCodes } from "../../src/domain/ErrorCode.ts"
import {
  errorClass,
  PermanentError,
  RecoverableError,
  ServiceError,
  TransientError
} from "../../src/domain/ServiceError.ts"

describe("the table of errors", () => {
  for (const [code, { class: kind, help, title }] of Object.entries(errorCodes)) {
    it(`says of ${code} what it means and what to do`, () => {
      assert.match(code, /^[A-Z]+(_[A-Z]+)*$/)
      assert.isTrue(Schema.is(ErrorCode)(code))
      assert.isTrue(Schema.is(ErrorClass)(kind))
      assert.match(title, /^[A-Z].*\.$/)
      assert.match(help, /^[A-Z].*\.$/)
    })
  }

  it("has a code of each class", () => {
    const classes = new Set(Object.values(errorCodes).map((entry) => entry.class))
    assert.sameMembers([...classes], [...ErrorClass.literals])
  })
})

describe("a stage's error", () => {
  it("has the class of its tag", () => {
    const fields = { code: "PARSER_FAILED" as const, message: "It failed." }
    assert.strictEqual(errorClass(new TransientError(fields)), "transient")
    assert.strictEqual(errorClass(new PermanentError(fields)), "permanent")
    assert.strictEqual(errorClass(new RecoverableError(fields)), "recoverable")
  })

  it.effect("comes back from JSON as it was", () =>
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
