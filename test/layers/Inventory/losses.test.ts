/** A parser that loses something is found out, over the mock LlamaParse; one that loses nothing is never blamed. */
import { NodeHttpClient } from "@effect/platform-node"
import { layer } from "@effect/vitest"
import { Duration, Effect, Layer, Option, Redacted, Schedule, Stream } from "effect"
import { assert } from "vitest"
import { DocumentParserLlamaParse } from "../../../layers/DocumentParser/LlamaParse.ts"
import { parseDocument } from "../../../layers/DocumentParser/local/parseDocument.ts"
import { compareSource } from "../../../layers/DocumentParser/local/source/compareSource.ts"
import { readSource } from "../../../layers/DocumentParser/local/source/readSource.ts"
import { DocumentParser, type ParseRequest } from "../../../services/DocumentParser.ts"
import { joined } from "../../../src/domain/coverage/Coverage.ts"
import { warningsOf } from "../../../src/domain/coverage/warnings.ts"
import { stringOf } from "../../../src/domain/text.ts"
import { serve } from "../../../src/mocks/llamaparse/MockLlamaParse.ts"
import { play } from "../../mocks/admin.ts"
import { freePort, serverUrl } from "../../mocks/serverUrl.ts"
import { requestOf } from "../../support/builders/parse.ts"
import { line, rawPdf, table } from "../../support/builders/rawPdf.ts"

const clauses = [
  "The insurer pays for damage by storms and hail.",
  "Moorings are inspected each spring by a surveyor.",
  "A claim is made in writing within fourteen days.",
  "The excess for each loss is four hundred euros.",
  "Racing is insured if it was agreed beforehand.",
  "Theft of outboard engines needs a police report.",
  "Salvage is paid up to the sum insured of the hull.",
  "The contract ends at midnight of its last day."
]
const berths = [
  ["Ship", "Berth", "Length", "Fee"],
  ["Ibis", "B11", "12.5 m", "118.00"],
  ["Heron", "B12", "14.0 m", "131.50"],
  ["Curlew", "B13", "9.5 m", "88.25"]
]
const policy = rawPdf([
  line("The insured pays these fees of the harbour.", 60, 740),
  line("Fees of the harbour in this year", 60, 740) + table(berths, 700),
  clauses.map((clause, i) => line(clause, 60, 700 - 40 * i)).join("")
])
const form = rawPdf([line("Name of the insured:", 60, 694) + line("Signed in the harbour office", 60, 600)], {
  objects: [
    "<< /Type /Annot /Subtype /Widget /Rect [180 690 340 706] /F 4 /DA (/F1 11 Tf) /FT /Tx /T (name) /V (Ada Thorne) >>"
  ],
  catalog: "/AcroForm << /Fields [5 0 R] /DA (/F1 11 Tf) /DR << /Font << /F1 3 0 R >> >> >>",
  page: "/Annots [5 0 R]"
})

const limits = { maxPages: 10, maxScans: 0 }
/** In this process, which saves a thread. */
const parser = Layer.succeed(DocumentParser, {
  name: "test",
  immediate: true,
  submit: () => Effect.succeed("1"),
  result: Effect.fnUntraced(function*(_: string, { content, filename }: ParseRequest) {
    const bytes = Uint8Array.from(Buffer.concat(yield* Stream.runCollect(content)))
    const task = { bytes, filename, limits, languages: ["eng"] }
    return Option.some(yield* Effect.promise(() => parseDocument(task, () => {})))
  }),
  cancel: () => Effect.void,
  probe: Effect.void,
  parsesOf: () => Effect.succeed([]),
  forget: () => Effect.void
})

const mock = serve({ delay: Duration.zero, failureRate: 0, content: "document", seed: 1, allowLoopbackCallbacks: true })
  .pipe(Layer.provide(parser), Layer.provideMerge(freePort))

const llamaParse = Layer.unwrap(Effect.map(serverUrl, (url) =>
  DocumentParserLlamaParse({
    url: new URL(url),
    apiKey: Redacted.make("llx-test"),
    tier: "cost_effective",
    version: "latest",
    callTimeout: "30 seconds",
    uploadTimeout: "5 minutes"
  })))

const setting = llamaParse.pipe(
  Layer.provideMerge(mock),
  Layer.provide(NodeHttpClient.layerUndici)
)

const warnings = Effect.fnUntraced(function*(file: Uint8Array<ArrayBuffer>, step?: string) {
  yield* play(step === undefined ? "name: none" : `name: losses\nllamaparse:\n  - on: job\n    ${step}`)
  const parser = yield* DocumentParser
  const request = requestOf("policy.pdf", file)
  const id = yield* parser.submit(request)
  const { leftOut = [], markdown } = yield* parser.result(id, request).pipe(
    Effect.repeat({ until: Option.isSome, schedule: Schedule.spaced("20 millis"), times: 500 }),
    Effect.map(Option.getOrThrow)
  )
  const source = () => readSource("application/pdf", file)
  const comparison = yield* Effect.promise(() => compareSource(source, stringOf(markdown)))
  assert(comparison._tag === "Compared")
  const { coverage, omissions } = comparison
  return warningsOf({ coverage, leftOut: joined(leftOut, omissions) }, 0)
})

const losses: ReadonlyArray<readonly [what: string, file: Uint8Array<ArrayBuffer>, step: string, warning: string]> = [
  ["a page", policy, "drop: { page: 2 }", "1 page is not in the parsed text: 2."],
  ["a row of a table", policy, "drop: { page: 2, line: Heron }", "1 line is not in the parsed text (page 2)."],
  ["a form's value", form, "drop: { page: 1, text: Ada Thorne }", "1 form value is not in the parsed text (page 1)."],
  ["half of a page", policy, "drop: { page: 3, half: true }", "4 lines are not in the parsed text (page 3)."],
  ["a page that it names itself", policy, "failed_pages: [3]", "1 page is not in the parsed text: 3."]
]

layer(setting, { excludeTestServices: true })("a parser's losses", (it) => {
  it.effect("a parser that loses nothing is not blamed", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* warnings(policy), [])
      assert.deepStrictEqual(yield* warnings(form), [])
    }))

  it.effect.each(losses)("a parser that loses %s is found out", ([, file, step, warning]) =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* warnings(file, step), [warning])
    }))
})
