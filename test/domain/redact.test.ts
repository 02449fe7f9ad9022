import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { redact } from "../../src/domain/redact.ts"

const secret = "llx-4f7c09a2b1d85e63"

describe("redact", () => {
  it("leaves a sentence without secrets unchanged", () => {
    assert.strictEqual(redact("Invalid API key: llx-****63.", [secret]), "Invalid API key: llx-****63.")
  })

  it("removes every occurrence of a secret", () => {
    assert.strictEqual(redact(`Key ${secret} is not ${secret}.`, [secret]), "Key […] is not […].")
  })

  it("removes a part of a secret", () => {
    assert.strictEqual(redact(`It ends in ${secret.slice(6)}.`, [secret]), "It ends in […].")
  })

  it("removes only runs of the requested length", () => {
    assert.strictEqual(redact("It is about water damage.", ["the water damage"], 12), "It is about[…].")
    assert.strictEqual(redact("It is about water.", ["the water damage"], 12), "It is about water.")
  })

  it("leaves no lone surrogate", () => {
    assert.isTrue(redact("Say \u{1f600}12345678 to me", ["\u{1f601}12345678".slice(1)]).isWellFormed())
  })

  it("removes a short secret as a whole, and an empty one never", () => {
    assert.strictEqual(redact("The key abc is wrong.", ["abc", ""]), "The key […] is wrong.")
  })

  it.prop(
    "leaves no eight consecutive characters of a secret, whatever surrounds them",
    {
      before: Schema.String,
      after: Schema.String,
      from: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 11 }))
    },
    ({ after, before, from }) => {
      const clean = redact(before + secret.slice(from) + after, [secret])
      for (let at = 0; at + 8 <= secret.length; at++) assert.notInclude(clean, secret.slice(at, at + 8))
    }
  )
})
