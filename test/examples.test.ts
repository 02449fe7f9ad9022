import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem, Layer } from "effect"
import { DocumentParserLocal } from "../layers/DocumentParser/Local.ts"
import { stringOf } from "../src/domain/text.ts"
import { parse as parseBytes } from "./support/builders/parse.ts"

const parse = Effect.fnUntraced(function*(filename: string) {
  const fs = yield* FileSystem.FileSystem
  return yield* parseBytes(filename, yield* fs.readFile(`examples/documents/${filename}`))
})

const textOf = (filename: string) => Effect.map(parse(filename), ({ markdown }) => stringOf(markdown))

const has = (markdown: string, lines: ReadonlyArray<string>) => {
  for (const line of lines) assert.include(markdown.split("\n"), line)
}

layer(Layer.merge(DocumentParserLocal(), NodeServices.layer))("the example documents keep in parsing", (it) => {
  it.effect(
    "the pages, headings and tables of the policy (PDF), and the sentence that the setup script asks "
      + "for",
    () =>
      Effect.gen(function*() {
        const { markdown: text, pages } = yield* parse("home-policy.pdf")
        const markdown = stringOf(text)
        assert.strictEqual(pages, 3)
        has(markdown, [
          "# Home and Contents Policy",
          "### Groundwater and flood",
          "| Rising groundwater | $40,000 | $1,000 | 21 days |",
          "| 4 to 6 years | 50 % | 80 % | 40 % |",
          "3.4 Damage from rising groundwater is covered only after a waiting period of 21 days from the start of the policy.",
          "- garden walls, jetties and retaining walls;"
        ])
      })
  )

  it.effect("the headings, lists and tables of the claims guide (DOCX)", () =>
    Effect.gen(function*() {
      const markdown = yield* textOf("claims-guide.docx")
      has(markdown, [
        "# How to make a claim",
        "### Living elsewhere",
        "- the case number of the police, if something was stolen",
        "| Liability | Letter of the person who claims against you | 7 days |"
      ])
      assert.match(markdown, /^1\. Report the loss/mu)
    }))

  it.effect("the headings and the table of the questions (HTML)", () =>
    Effect.gen(function*() {
      const markdown = yield* textOf("faq.html")
      has(markdown, ["### Does the policy cover solar panels?", "| abroad | $35,000 | not included |"])
    }))
})
