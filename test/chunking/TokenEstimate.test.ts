/** The estimate against exact counts of cl100k. */
import { describe, it } from "@effect/vitest"
import { Config, Effect, Schema } from "effect"
import { countTokens } from "gpt-tokenizer/encoding/cl100k_base"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert } from "vitest"
import { markdownStructure } from "../../src/chunking/markdownStructure.ts"
import { estimateTokens, perToken } from "../../src/chunking/TokenEstimate.ts"
import { canonicalText } from "../../src/domain/text.ts"

/** The estimated count divided by the exact one. */
const ratio = (text: string): number => estimateTokens(text) / perToken / countTokens(text)

const samples = {
  English: "The insurer shall indemnify the policyholder against loss of or damage to the insured property.",
  German:
    "Dieser Versicherungsvertrag besteht aus den Versicherungsbedingungen, dem Antrag und dem Versicherungsschein.",
  French:
    "Le présent contrat d'assurance se compose des conditions générales, de la proposition et de la police signée.",
  Polish: "Niniejsza umowa ubezpieczenia składa się z warunków ubezpieczenia, wniosku i polisy.",
  Vietnamese: "Hợp đồng bảo hiểm này bao gồm các điều khoản bảo hiểm và giấy chứng nhận bảo hiểm.",
  Russian: "Настоящий договор страхования состоит из правил страхования, заявления и полиса.",
  Chinese: "本保险合同由保险条款、投保单、保险单以及批单组成。",
  Japanese: "この保険契約は、約款、申込書、保険証券および裏書により構成されます。",
  Korean: "이 보험계약은 보험약관, 청약서, 보험증권 및 배서로 구성됩니다.",
  Thai: "กรมธรรม์ประกันภัยนี้ให้ความคุ้มครองความเสียหายที่เกิดขึ้นจากอุบัติเหตุ",
  Arabic: "يتكون عقد التأمين هذا من شروط التأمين وطلب التأمين ووثيقة التأمين.",
  Hindi: "यह बीमा अनुबंध बीमा शर्तों, प्रस्ताव पत्र और बीमा पॉलिसी से मिलकर बना है।",
  digits: "123456789 2020.3.30 9,661 158 0.965 0.934 3.141592653589793",
  code: "function add(a, b) {\n    return a + b;\n}\nconst chunkOverlap = Math.max(0, getElement(x).fooBar);\n",
  emoji: "😀🎉👨‍👩‍👧‍👦🇩🇪❤️🚀✅"
}

const corpus = Effect.runSync(
  Config.String("CORPUS_DIR").pipe(Config.withDefault(join(import.meta.dirname, "../../../shared/corpus")))
)

describe("estimateTokens", () => {
  for (const [name, sample] of Object.entries(samples)) {
    it(`is close to the exact count of ${name}, and rarely below it`, () => {
      assert.isAtLeast(ratio(sample), 0.8)
      assert.isAtMost(ratio(sample), 1.45)
    })
  }

  it.prop(
    "prices a byte at least a fifteenth of a token, so that a limit in tokens limits the bytes",
    [Schema.String],
    ([text]) => assert.isAtLeast((estimateTokens(text) / perToken) * 15, Buffer.byteLength(text)),
    { arbitrary: { runs: 300 } }
  )

  it("prices every code unit that high, alone and repeated", () => {
    for (let code = 0; code < 0x10000; code++) {
      const text = String.fromCharCode(code).repeat(50)
      assert.isAtLeast((estimateTokens(text) / perToken) * 15, Buffer.byteLength(text), `U+${code.toString(16)}`)
    }
  })

  it.skipIf(!existsSync(corpus))(
    "is within a quarter of the exact count in total over the ground truth (CORPUS_DIR, or ../shared/corpus "
      + "beside the checkout)",
    () => {
      const folder = join(corpus, "groundtruth")
      let [estimated, exact] = [0, 0]
      for (const name of readdirSync(folder).filter((name) => name.endsWith(".md"))) {
        for (const { text } of markdownStructure(canonicalText(readFileSync(join(folder, name), "utf8")))) {
          const tokens = countTokens(text)
          const estimate = estimateTokens(text) / perToken
          assert.isAtLeast(estimate, tokens * 0.75, text)
          assert.isAtMost(estimate, tokens * 1.5, text)
          estimated += estimate
          exact += tokens
        }
      }
      assert.isAtLeast(estimated, exact)
      assert.isAtMost(estimated, exact * 1.25)
    }
  )
})
