import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { redact } from "../../src/domain/redact.ts"

const secret = "llx-4f7c09a2b1d85e63"

describe("redact", () => {
  it("leaves a sentence that tells nothing", () => {
    assert.strictEqual(redact("Invalid API key: llx-****63.", [secret]), "Invalid API key: llx-****63.")
  })

  it("takes out a secret, every time it stands there", () => {
    assert.strictEqual(redact(`Key ${secret} is not ${secret}.`, [secret]), "Key […] is not […].")
  })

  it("takes out a part of one", () => {
    assert.strictEqual(redact(`It ends in ${secret.slice(6)}.`, [secret]), "It ends in […].")
  })

  it("takes out longer stretches only, where it is told to", () => {
    assert.strictEqual(redact("It is about water damage.", ["the water damage"], 12), "It is about[…].")
    assert.strictEqual(redact("It is about water.", ["the water damage"], 12), "It is about water.")
  })

  it("leaves no half of a surrogate pair", () => {
    assert.isTrue(redact("Say \u{1f600}12345678 to me", ["\u{1f601}12345678".slice(1)]).isWellFormed())
  })

  it("takes out a short secret as a whole, and an empty one never", () => {
    assert.strictEqual(redact("The key abc is wrong.", ["abc", ""]), "The key […] is wrong.")
  })

  it.prop(
    "leaves no eight characters of a secret in a row, whatever stands around them",
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
