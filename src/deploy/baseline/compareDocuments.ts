/** What the documents became, against what they became when the baseline was recorded. */
import { checked, listed } from "../checked.ts"
import type { CheckResult } from "../CheckResult.ts"
import type { DocumentFacts, Facts, Outcome } from "./Baseline.ts"

interface Rule {
  readonly check: string
  readonly expected: string
  /** What must be equal, in words. */
  readonly of: (outcome: Outcome) => string
  readonly repair: string
  /** Depends on the text that the parser returns, not on this release alone. */
  readonly ofText?: boolean
}

const rules: ReadonlyArray<Rule> = [
  {
    check: "chunker",
    expected: "the recorded chunker",
    of: ({ chunker }) => chunker,
    repair: "Set CHUNKER to the recorded value."
  },
  {
    check: "embedding model",
    expected: "the recorded model and version",
    of: ({ embedModel, embedVersion }) => `${embedModel}, version ${embedVersion}`,
    repair: "Set EMBED_MODEL and EMBED_VERSION to the recorded values."
  },
  {
    check: "dimensions",
    expected: "vectors of the recorded dimensions",
    of: ({ dimensions }) => `${dimensions} dimensions`,
    repair: "Use a model with the dimensions of the vector column."
  },
  {
    check: "parsed text",
    expected: "the recorded text and number of pages",
    of: ({ characters, pages, parsedSha256 }) =>
      `${characters} characters, ${pages} pages, ${parsedSha256.slice(0, 12)}`,
    repair: "Compare PARSER, LLAMAPARSE_TIER and LLAMAPARSE_VERSION with those of the baseline.",
    ofText: true
  },
  {
    check: "chunks",
    expected: "the recorded chunks by number and hash, with ids that follow the rule",
    of: ({ chunks, chunksSha256, idsFollowRule }) =>
      `${chunks} chunks, ${chunksSha256.slice(0, 12)}, ids ${idsFollowRule ? "follow" : "do not follow"} the rule`,
    repair: "Deploy the recorded release: this one splits or numbers chunks differently.",
    ofText: true
  },
  {
    check: "receipts",
    expected: "receipts equal to the recorded ones, without a failed check",
    of: ({ contentSha256, failedChecks }) =>
      `${contentSha256.slice(0, 12)}${failedChecks.length === 0 ? "" : `, failed: ${failedChecks.join(", ")}`}`,
    repair: "See `accessa receipt` of such a document, and `accessa doctor`.",
    ofText: true
  }
]

const nothingSent = "no document was sent"
const send = "Send documents: start a worker, and compare with at least one round."

export const compareDocuments = (recorded: Facts, now: Facts): ReadonlyArray<CheckResult> => {
  const completion = compareCompletion(now.documents)
  const pairs = recorded.documents.flatMap((document) => {
    const found = now.documents.find(({ sha256 }) => sha256 === document.sha256)
    return found === undefined || !isComplete(found) ? [] : [{ name: document.name, was: document, is: found }]
  })
  const otherParser = recorded.settings["LLAMAPARSE_API_URL"] !== now.settings["LLAMAPARSE_API_URL"]
    || recorded.environment !== now.environment
  return [
    completion,
    ...rules.map((rule) => compareRule(rule, pairs, recorded.documents.length, otherParser)),
    comparePurchases(recorded.rounds, now.rounds, pairs.every(({ is, was }) => textsOf(is) === textsOf(was)))
  ]
}

const isComplete = ({ outcomes }: DocumentFacts): boolean =>
  outcomes.length > 0 && outcomes.every(({ status }) => status === "complete")

const compareCompletion = (documents: ReadonlyArray<DocumentFacts>) => {
  const check = checked("documents", "completion", "every document becomes complete")
  if (documents.length === 0) return check.inconclusive(nothingSent, send)
  const failed = documents.filter((document) => !isComplete(document)).map(({ name, outcomes }) =>
    `${name} is ${outcomes.find(({ status }) => status !== "complete")?.status}: ${
      outcomes.find(({ reason }) => reason !== "")?.reason
    }`
  )
  return failed.length === 0
    ? check.pass(`${documents.length} documents`)
    : check.fail(listed(failed), "See the reason; `accessa doctor` says what is wrong with the stack.", failed)
}

const compareRule = (
  { check: name, expected, of, ofText = false, repair }: Rule,
  pairs: ReadonlyArray<{ readonly name: string; readonly was: DocumentFacts; readonly is: DocumentFacts }>,
  documents: number,
  otherParser: boolean
) => {
  const check = checked("documents", name, expected)
  if (pairs.length === 0) return check.inconclusive("no recorded document became complete", send)
  const differences = pairs.flatMap(({ is, name, was }) => {
    const [before, after] = [valuesOf(was, of), valuesOf(is, of)]
    return before === after
      ? []
      : [{ told: `${name}: ${after}, was ${before}`, sameText: textsOf(was) === textsOf(is) }]
  })
  const told = differences.map((each) => each.told)
  if (differences.length > 0) {
    return ofText && otherParser && differences.every(({ sameText }) => !sameText)
      ? check.inconclusive(
        listed(told),
        "The baseline was recorded with another parser, whose text differs: record one with this parser.",
        told
      )
      : check.fail(listed(told), repair, told)
  }
  return pairs.length < documents
    ? check.inconclusive(`as recorded, but only for ${pairs.length} of ${documents} documents`, send)
    : check.pass(
      `as recorded, for ${pairs.length} documents`,
      pairs.map(({ is, name }) => `${name}: ${valuesOf(is, of)}`)
    )
}

const comparePurchases = (recorded: Facts["rounds"], now: Facts["rounds"], sameTexts: boolean) => {
  const [was, is] = [recorded, now].map((rounds) => [...new Set(rounds.map(({ tokens }) => tokens))].join(" or "))
  const check = checked("documents", "purchases", `${was} tokens bought in each round`)
  if (is === "" || was === "") return check.inconclusive("no round is complete", send)
  if (is === was) return check.pass(`${is} tokens, in ${now.length} rounds`)
  return sameTexts
    ? check.fail(
      `${is} tokens`,
      "The embedding provider counts tokens differently, or vectors were bought twice or not at all."
    )
    : check.inconclusive(`${is} tokens, for other texts`, "Compare again when the parsed texts are as recorded.")
}

/** Of all rounds: more than one value is itself a difference. */
const valuesOf = ({ outcomes }: DocumentFacts, of: Rule["of"]): string => [...new Set(outcomes.map(of))].join(" or ")
const textsOf = (document: DocumentFacts): string => valuesOf(document, ({ parsedSha256 }) => parsedSha256)
