import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { surveyInParts } from "../../src/domain/survey.ts"
import { pageMark } from "../../src/domain/text.ts"

const surveyOf = (parts: ReadonlyArray<string>) => {
  const { add, end } = surveyInParts()
  for (const part of parts) add(part)
  return end()
}

describe("the survey of a text", () => {
  it("the survey of a text counts pages, and characters without page marks", () => {
    const { characters, hasLetters, pages, strange } = surveyOf([`${pageMark(1)}\n\nWords\n\n${pageMark(2)}\n`])
    assert.deepStrictEqual({ characters, hasLetters, pages, strange }, {
      characters: 10,
      hasLetters: true,
      pages: 2,
      strange: 0
    })
  })

  it("the survey of a text finds no letter in punctuation and symbols", () => {
    assert.isFalse(surveyOf([`${pageMark(1)}\n\n- * !\n`]).hasLetters)
  })

  it("the survey of a text counts unreadable characters", () => {
    assert.strictEqual(surveyOf(["a\ufffd\ue000b\uf8ff\u{1f600}"]).strange, 3)
  })

  const Cut = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 200 }))
  const text = `${pageMark(1)}\n\nSome words.\n\n${pageMark(2)}\n\nMore \ufffd words on ${pageMark(3)}\n${
    pageMark(4)
  }\n`
  it.prop("the survey of a text does not depend on how the text is split", [Schema.Array(Cut)], ([cuts]) => {
    const places = [0, ...cuts.filter((at) => at < text.length).sort((a, b) => a - b), text.length]
    const parts = places.slice(1).map((end, n) => text.slice(places[n], end))
    assert.deepStrictEqual(surveyOf(parts), surveyOf([text]))
  })
})
