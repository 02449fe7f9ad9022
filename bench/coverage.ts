/** Parses every PDF and DOCX of a folder: what of the source is missing in the text, and what the comparison costs. */
import { Console, Effect, FileSystem } from "effect"
import { Argument, Command } from "effect/cli"
import process from "node:process"
import { parseDocument } from "../layers/DocumentParser/local/parseDocument.ts"
import { compareSource } from "../layers/DocumentParser/local/source/compareSource.ts"
import { readSource } from "../layers/DocumentParser/local/source/readSource.ts"
import { type Comparison, joined, shareFound } from "../src/domain/coverage/Coverage.ts"
import { percent, warningsOf } from "../src/domain/coverage/warnings.ts"
import { docx } from "../src/domain/mediaType.ts"

const limits = { maxPages: 5000, maxScans: 50 }

const cpu = async <A>(work: () => Promise<A>) => {
  const before = process.cpuUsage()
  const value = await work()
  const { system, user } = process.cpuUsage(before)
  return { value, ms: (system + user) / 1000 }
}

const measure = async (filename: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
  const mediaType = filename.endsWith(".pdf") ? "application/pdf" : docx
  const parse = () => parseDocument({ bytes: bytes.slice(), filename, limits, languages: ["eng"] }, () => {})
  // The first use of a library compiles it.
  await parse()
  const parsed = await cpu(parse)
  const { comparison, leftOut = [], markdown } = parsed.value
  const apart = await cpu(() => compareSource(() => readSource(mediaType, bytes), markdown))
  const cost = `${parsed.ms.toFixed(0)} ms, inventory of its own ${apart.ms.toFixed(0)} ms`
  return [
    `${filename.padEnd(36)} ${said(comparison)}  ${cost}${
      isSame(comparison, apart.value) ? "" : "  OTHER WITHOUT PARSER"
    }`,
    ...lossesOf(comparison, leftOut)
  ].join("\n")
}

const isSame = (one: Comparison | undefined, other: Comparison): boolean =>
  one?._tag === "Compared" && other._tag === "Compared" && one.coverage.words === other.coverage.words &&
  one.coverage.found === other.coverage.found

const said = (comparison: Comparison | undefined): string => {
  if (comparison?._tag !== "Compared") return comparison?.reason ?? "not compared"
  const { coverage } = comparison
  const share = `${coverage.found}/${coverage.words} ${percent(shareFound(coverage))}`
  return `${share.padEnd(20)} order ${coverage.order.toFixed(3)}`
}

const lossesOf = (comparison: Comparison | undefined, leftOut: Parameters<typeof joined>[0]): ReadonlyArray<string> => {
  if (comparison?._tag !== "Compared") return []
  const { coverage, omissions } = comparison
  return [
    ...warningsOf({ coverage, leftOut: joined(leftOut, omissions) }, 0.9).map((each) => `    ! ${each}`),
    ...omissions.map(({ count, detail, kind, page }) => `      ${kind} ${page} ${count} ${detail}`)
  ]
}

export const coverage = Command.make(
  "coverage",
  { folder: Argument.String("folder") },
  Effect.fnUntraced(function*({ folder }) {
    const fs = yield* FileSystem.FileSystem
    const names = (yield* fs.readDirectory(folder)).filter((name) => /\.(?:pdf|docx)$/.test(name)).sort()
    for (const name of names) {
      const bytes = new Uint8Array(yield* fs.readFile(`${folder}/${name}`))
      const line = yield* Effect.promise(() => measure(name, bytes).catch((cause) => `${name}: ${String(cause)}`))
      yield* Console.log(line)
    }
  })
)
