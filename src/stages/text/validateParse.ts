/** parsed → parse_validated → chunking: the stored text is the one that was parsed, and is text somebody could ask questions about. */
import { Effect, Stream } from "effect"
import { Documents } from "../../../services/Documents.ts"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"
import { PermanentError } from "../../domain/ServiceError.ts"
import { surveyInParts } from "../../domain/survey.ts"
import { stageDeadline } from "../../policy/deadlines.ts"
import { atOneGo } from "../../policy/limits.ts"
import type { Outcome, Running, Stage } from "../Stage.ts"
import { textInParts, wholeText } from "./parsedText.ts"

export const validateParse = {
  name: "validateParse",
  from: "parsed",
  needs: ["storage"],
  deadline: stageDeadline.text,
  run: Effect.fnUntraced(function*({ job, markdown: inHand }: Running) {
    const markdown = inHand ?? (yield* wholeText(job))
    const { characters, hasLetters, pages, strange } = yield* markdown === undefined
      ? surveyStored(job)
      : survey(markdown)
    if (!hasLetters) {
      return yield* new PermanentError({
        code: "NO_TEXT",
        message: pages > 0
          ? `None of the ${pages} pages has a letter or digit in its text: it is probably a scan.`
          : "The parsed text has no letter or digit."
      })
    }
    if (strange > characters * strangeShare) {
      return yield* new PermanentError({
        code: "TEXT_NOT_SANE",
        message: `${strange} of ${characters} characters are unreadable.`
      })
    }
    const documents = yield* Documents
    const duplicate_of = yield* documents.sameText(job)
    const outcome: Outcome = {
      _tag: "advance",
      through: ["parse_validated"],
      to: "chunking",
      set: { parse_report: { characters, pages, duplicate_of } },
      ...(markdown === undefined ? {} : { carried: { markdown } }),
      lazy: true
    }
    return outcome
  })
} satisfies Stage<unknown>

/** More replacement and private-use characters than this say that a font or an encoding was not understood. */
const strangeShare = 0.2

const survey = Effect.fnUntraced(function*(markdown: string) {
  const { add, end } = surveyInParts()
  for (let at = 0; at < markdown.length; at += atOneGo.text) {
    if (at > 0) yield* Effect.yieldNow
    add(markdown.slice(at, at + atOneGo.text))
  }
  return end()
})

const surveyStored = Effect.fnUntraced(function*(job: Running["job"]) {
  const storage = yield* ObjectStorage
  const { add, end } = surveyInParts()
  yield* Stream.runForEach(Stream.decodeText(textInParts(storage, job)), (part) => Effect.sync(() => add(part)))
  return end()
})
