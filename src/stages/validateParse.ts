/** parsed → parse_validated → chunking: the stored text is the one that was parsed, and is text somebody could ask questions about. */
import { Effect } from "effect"
import { Documents } from "../../services/Documents.ts"
import { PermanentError } from "../domain/StageError.ts"
import { pageMarks } from "../domain/text.ts"
import { stageDeadline } from "../policy/deadlines.ts"
import { readParsed } from "./readParsed.ts"
import type { Outcome, Running, Stage } from "./Stage.ts"

export const validateParse = {
  name: "validateParse",
  from: "parsed",
  needs: ["storage"],
  deadline: stageDeadline.text,
  run: Effect.fnUntraced(function*({ job, markdown: inHand }: Running) {
    const markdown = inHand ?? (yield* readParsed(job))
    const { characters, letters, pages, strange } = survey(markdown)
    if (letters === 0) {
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
      carried: { markdown },
      lazy: true
    }
    return outcome
  })
} satisfies Stage<unknown>

/** More replacement and private-use characters than this say that a font or an encoding was not understood. */
const strangeShare = 0.2

const survey = (markdown: string) => {
  const text = markdown.replace(pageMarks(), "")
  return {
    characters: text.length,
    pages: markdown.match(pageMarks())?.length ?? 0,
    letters: text.match(/[\p{L}\p{N}]/u)?.length ?? 0,
    strange: text.match(/[\ufffd\ue000-\uf8ff]/g)?.length ?? 0
  }
}
