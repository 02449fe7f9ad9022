/** Parses every file of a folder whose source is compared: what of it is missing in the text, and what the comparison costs. */
import { Console, Effect, FileSystem } from "effect"
import { Argument, Command } from "effect/cli"
import process from "node:process"
import { parseDocument, readDocument } from "../layers/DocumentParser/local/parseDocument.ts"
import { compareSource } from "../layers/DocumentParser/local/source/compareSource.ts"
import { readSource, withSource } from "../layers/DocumentParser/local/source/readSource.ts"
import { type Comparison, joined, shareFound } from "../src/domain/coverage/Coverage.ts"
import { percent, warningsOf } from "../src/domain/coverage/warnings.ts"
import { sniff } from "../src/domain/sniff.ts"

const limits = { maxPages: 5000, maxScans: 50 }

const cpu = async <A>(work: () => Promise<A>) => {
  const before = process.cpuUsage()
  const value = await work()
  const { system, user } = process.cpuUsage(before)
  return { value, ms: (system + user) / 1000 }
}

const measure = async (filename: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
  const mediaType = sniff(bytes, filename)
  const task = () => ({ bytes: bytes.slice(), filename, limits, languages: ["eng"] })
  const parse = () => parseDocument(task(), () => {})
  // The first use of a library compiles it.
  await parse()
  const read = await cpu(() => readDocument(task(), () => {}))
  const parsed = await cpu(parse)
  const { comparison, leftOut = [], markdown } = parsed.value
  const apart = await cpu(() => compareSource(() => readSource(mediaType, bytes), markdown))
  const cost = `${parsed.ms.toFixed(1)} ms, ${read.ms.toFixed(1)} without the comparison, inventory of its own ${
    apart.ms.toFixed(1)
  }`
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
    for (const name of (yield* fs.readDirectory(folder)).sort()) {
      if ((yield* fs.stat(`${folder}/${name}`)).type !== "File") continue
      const bytes = new Uint8Array(yield* fs.readFile(`${folder}/${name}`))
      if (!withSource.includes(sniff(bytes, name))) continue
      const line = yield* Effect.promise(() => measure(name, bytes).catch((cause) => `${name}: ${String(cause)}`))
      yield* Console.log(line)
    }
  })
)
