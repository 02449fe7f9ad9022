/** parsed → parse_validated: the parsed text contains words that a search can find. */
import { Effect, Option, Stream } from "effect"
import { Documents } from "../../../services/Documents.ts"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"
import type { ClaimedJob, ParseReport } from "../../domain/Job.ts"
import { PermanentError } from "../../domain/ServiceError.ts"
import { surveyInParts } from "../../domain/survey.ts"
import { atOneGo } from "../../policy/limits.ts"
import type { JobRun } from "../JobRun.ts"
import { cover } from "./cover.ts"
import { textInParts } from "./parsedText.ts"

/** `markdown`: none if it is too long to be one string here. */
export const validate = Effect.fn("text.validate")(function*(run: JobRun, markdown: Option.Option<string>) {
  const { job } = run
  const { characters, hasLetters, pages, strange } = yield* Option.match(markdown, {
    onNone: () => surveyStored(job),
    onSome: survey
  })
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
  const covered = yield* cover(job, markdown)
  const duplicateOf = Option.getOrNull(yield* documents.sameText(job))
  const report: ParseReport = { characters, pages, duplicateOf, ...covered }
  if (covered.policy === "fail" && covered.warnings !== undefined) {
    // The failure is written with the report that explains it.
    run.pass(job.status, { parseReport: report })
    return yield* new PermanentError({ code: "PARSE_INCOMPLETE", message: covered.warnings.join(" ") })
  }
  return report
})

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

const surveyStored = Effect.fnUntraced(function*(job: ClaimedJob) {
  const storage = yield* ObjectStorage
  const { add, end } = surveyInParts()
  yield* Stream.runForEach(Stream.decodeText(textInParts(storage, job)), (part) => Effect.sync(() => add(part)))
  return end()
})
