/** What COVERAGE_POLICY=fallback does with pages that the parser has lost. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Option, Stream } from "effect"
import { DocumentParser, type ParsedDocument } from "../../../services/DocumentParser.ts"
import { Inventory } from "../../../services/Inventory.ts"
import { SecondReader, type SecondReading } from "../../../services/SecondReader.ts"
import { compare } from "../../../src/domain/coverage/compare.ts"
import type { CoveragePolicy, Reader } from "../../../src/domain/coverage/Coverage.ts"
import type { SourcePage } from "../../../src/domain/coverage/Source.ts"
import { PermanentError } from "../../../src/domain/ServiceError.ts"
import { CoverageRules } from "../../../src/stages/CoverageRules.ts"
import { readAgain } from "../../../src/stages/parse/readAgain.ts"
import { requestOf } from "../../support/builders/parse.ts"
import { DocumentParserMemory } from "../../twins/DocumentParserMemory.ts"

const page = (number: number, text: string, isScan = false): SourcePage => ({
  number,
  lines: text === "" ? [] : [{ text, kind: "lines" }],
  isScan
})
const first = "The insurer pays for damage by storms and hail."
const second = "Moorings are inspected each spring by a surveyor."
const third = "Racing is insured if it was agreed beforehand."
const source = [page(1, first), page(2, second), page(3, third)]
const marked = (...pages: ReadonlyArray<readonly [number, string]>) =>
  pages.map(([number, text]) => `<!-- page ${number} -->\n\n${text}`).join("\n\n") + "\n"

type Readings = Partial<Record<Reader, SecondReading | "busy" | "fails">>

interface Case {
  readonly pages?: ReadonlyArray<SourcePage>
  readonly parsed: ParsedDocument
  readonly parser?: string
  readonly policy?: CoveragePolicy
  readonly readings?: Readings
}

/** What becomes of the text, and which pages each reader was asked for. */
const reread = Effect.fnUntraced(function*(
  { pages = source, parsed, parser = "llamaparse", policy = "fallback", readings = {} }: Case
) {
  const asked: Array<readonly [Reader, ReadonlyArray<number>]> = []
  const text = (parts: ReadonlyArray<Uint8Array>) => Buffer.concat(parts).toString("utf8")
  const ports = Layer.mergeAll(
    Layer.effect(DocumentParser, Effect.map(DocumentParser, (memory) => ({ ...memory, name: parser }))).pipe(
      Layer.provide(DocumentParserMemory)
    ),
    Layer.succeed(CoverageRules, { policy, leastShare: 0.9 }),
    Layer.succeed(Inventory, {
      covers: () => true,
      compare: (_, markdown) => Effect.map(Stream.runCollect(markdown), (parts) => compare({ pages }, text(parts))),
      attachments: () => Effect.die(new Error("no second reading has a use for this"))
    }),
    Layer.succeed(SecondReader, {
      read: (_, by, numbers) =>
        Effect.suspend(() => {
          asked.push([by, numbers])
          const reading = readings[by]
          return reading === undefined || reading === "fails"
            ? Effect.fail(new PermanentError({ code: "NO_TEXT", message: "Nothing." }))
            : Effect.succeed(reading === "busy" ? Option.none() : Option.some(reading))
        })
    })
  )
  const found = yield* Effect.provide(readAgain(requestOf("policy.pdf", new Uint8Array(1)), parsed), ports)
  return { asked, found }
})

const lossy = { markdown: marked([1, first], [3, third]), pages: 2 }

describe("a document that the parser read without its second page", () => {
  it.effect("has that page from the local parser, in its place", () =>
    Effect.gen(function*() {
      const markdown = marked([1, "Other."], [2, second], [3, "Other."])
      const { asked, found } = yield* reread({ parsed: lossy, readings: { local: { markdown, leftOut: [] } } })
      const { comparison, ...rest } = Option.getOrThrow(found)
      assert.deepStrictEqual(rest, {
        markdown: marked([1, first], [2, second], [3, third]),
        pages: 2,
        leftOut: [],
        replaced: [{ by: "local", pages: [2] }]
      })
      assert(comparison?._tag === "Compared")
      assert.deepStrictEqual([comparison.omissions, comparison.coverage.found], [[], comparison.coverage.words])
      assert.deepStrictEqual(asked, [["local", [2]]])
    }))

  it.effect("has it by OCR if the local parser does not find it either", () =>
    Effect.gen(function*() {
      const { asked, found } = yield* reread({
        parsed: { ...lossy, leftOut: [{ kind: "page", page: 2, count: 1, detail: "The parser could not read it." }] },
        readings: {
          local: { markdown: marked([1, first], [2, ""], [3, third]), leftOut: [] },
          ocr: { markdown: marked([1, ""], [2, second], [3, ""]), leftOut: [] }
        }
      })
      assert.deepStrictEqual(Option.getOrThrow(found).replaced, [{ by: "ocr", pages: [2] }])
      assert.deepStrictEqual(Option.getOrThrow(found).leftOut, [])
      assert.deepStrictEqual(asked, [["local", [2]], ["ocr", [2]]])
    }))

  it.effect.each<readonly [string, Readings]>([
    ["both second readings fail", {}],
    ["a second reading has fewer words", { local: { markdown: marked([2, ""]), leftOut: [] } }],
    ["a second reading has other words", { local: { markdown: marked([2, "Something else."]), leftOut: [] } }]
  ])("stays as it is, with its omissions, if %s", ([, readings]) =>
    Effect.gen(function*() {
      const found = Option.getOrThrow((yield* reread({ parsed: lossy, readings })).found)
      assert.strictEqual(found.markdown, lossy.markdown)
      assert.notProperty(found, "replaced")
      assert(found.comparison?._tag === "Compared")
      assert.deepStrictEqual(found.comparison.omissions.map((each) => [each.kind, each.page]), [["page", 2]])
    }))

  it.effect("waits while the second reader is busy", () =>
    Effect.gen(function*() {
      assert.isTrue(Option.isNone((yield* reread({ parsed: lossy, readings: { local: "busy" } })).found))
    }))

  it.effect("is not read again under another policy, nor compared here", () =>
    Effect.gen(function*() {
      const { asked, found } = yield* reread({ parsed: lossy, policy: "warn" })
      assert.deepStrictEqual([Option.getOrThrow(found), asked], [lossy, []])
    }))
})

describe("other losses", () => {
  it.effect("a page below the least share gets the text that has more of its words, from OCR for the local parser", () =>
    Effect.gen(function*() {
      const half = marked([1, first], [2, "Moorings are inspected"], [3, third])
      const { asked, found } = yield* reread({
        parsed: { markdown: half, pages: 3 },
        parser: "local",
        readings: { ocr: { markdown: marked([2, second]), leftOut: [] } }
      })
      assert.strictEqual(Option.getOrThrow(found).markdown, marked([1, first], [2, second], [3, third]))
      assert.deepStrictEqual(asked, [["ocr", [2]]])
    }))

  it.effect("a scan that was not read gets what OCR finds, although the inventory has no words of it", () =>
    Effect.gen(function*() {
      const { found } = yield* reread({
        pages: [page(1, first), page(2, "", true)],
        parsed: { markdown: marked([1, first], [2, ""]), pages: 2 },
        parser: "local",
        readings: { ocr: { markdown: marked([2, "Stamped in May."]), leftOut: [] } }
      })
      assert.strictEqual(Option.getOrThrow(found).markdown, marked([1, first], [2, "Stamped in May."]))
    }))

  it.effect("a document without pages is replaced as a whole, and never asked of OCR", () =>
    Effect.gen(function*() {
      const pages = [{ ...page(0, first), lines: [...page(0, first).lines, ...page(0, second).lines] }]
      const whole = `${first}\n\n${second}\n`
      const { asked, found } = yield* reread({
        pages,
        parsed: { markdown: marked([1, first]), pages: 1 },
        readings: { local: { markdown: whole, leftOut: [] } }
      })
      assert.deepInclude(Option.getOrThrow(found), { markdown: whole, replaced: [{ by: "local", pages: [0] }] })
      assert.deepStrictEqual(asked, [["local", [0]]])
    }))

  it.effect("a long text stays bytes", () =>
    Effect.gen(function*() {
      const bytes = new TextEncoder().encode(lossy.markdown)
      const readings = { local: { markdown: new TextEncoder().encode(marked([2, second])), leftOut: [] } }
      const { found } = yield* reread({ parsed: { ...lossy, markdown: bytes }, readings })
      const { markdown } = Option.getOrThrow(found)
      assert.strictEqual(
        markdown instanceof Uint8Array && new TextDecoder().decode(markdown),
        marked([1, first], [2, second], [3, third])
      )
    }))
})
