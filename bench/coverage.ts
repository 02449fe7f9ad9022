/** Parses every file of a folder whose source is compared: what of it is missing in the text, and what the comparison costs. */
import { Console, Effect, FileSystem } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { cpuUsage } from "node:process"
import { parseDocument, type ParsedText, readDocument } from "../layers/DocumentParser/local/parseDocument.ts"
import { compareSource } from "../layers/DocumentParser/local/source/compareSource.ts"
import { readSource, withSource } from "../layers/DocumentParser/local/source/readSource.ts"
import type { ParseTask } from "../layers/DocumentParser/local/threads/ParseThread.ts"
import { type Comparison, joined, shareFound } from "../src/domain/coverage/Coverage.ts"
import { percent, warningsOf } from "../src/domain/coverage/warnings.ts"
import { type MediaType, mediaTypes } from "../src/domain/mediaType.ts"
import { sniff } from "../src/domain/sniff.ts"

const limits = { maxPages: 5000, maxScans: 50 }

/** For one file, in milliseconds, unless it has too few rounds. */
const enough = 800
const fewestRounds = 9
const mostRounds = 41

/** CPU time in milliseconds. */
interface Cost {
  readonly read: number
  readonly comparison: number
}

const timed = async <A>(work: () => Promise<A>) => {
  const before = cpuUsage()
  const value = await work()
  const { system, user } = cpuUsage(before)
  return { value, ms: (system + user) / 1000 }
}

/** Both in each parse: their difference is less than what a collection of garbage takes. The median of each. */
const costOf = async (task: () => ParseTask): Promise<Cost> => {
  const reads: Array<number> = []
  const comparisons: Array<number> = []
  let spent = 0
  for (let round = 0; round < fewestRounds || (round < mostRounds && spent < enough); round++) {
    const { ms, value: { markdown, source } } = await timed(() => readDocument(task(), () => {}))
    const comparison = await timed(() => compareSource(source ?? (() => ({ pages: [] })), markdown))
    reads.push(ms)
    comparisons.push(comparison.ms)
    spent += ms + comparison.ms
  }
  return { read: median(reads), comparison: median(comparisons) }
}

const median = (times: ReadonlyArray<number>): number => times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0

interface Measured {
  readonly type: MediaType
  readonly cost: Cost
  readonly parsed: ParsedText
  /** The comparison without our parser is the same. */
  readonly isSame: boolean
}

const measure = async (type: MediaType, filename: string, bytes: Uint8Array<ArrayBuffer>): Promise<Measured> => {
  const task = () => ({ bytes: bytes.slice(), filename, limits, languages: ["eng"] })
  const parsed = await parseDocument(task(), () => {})
  const cost = await costOf(task)
  const apart = await compareSource(() => readSource(type, bytes), parsed.markdown)
  return { type, cost, parsed, isSame: isSame(parsed.comparison, apart) }
}

const isSame = (one: Comparison | undefined, other: Comparison): boolean =>
  one?._tag === "Compared" && other._tag === "Compared" && one.coverage.words === other.coverage.words &&
  one.coverage.found === other.coverage.found

const lineOf = (filename: string, { cost, isSame, parsed }: Measured): string =>
  `${filename.padEnd(36)} ${said(parsed.comparison)}  ${costText(cost)}${isSame ? "" : "  OTHER WITHOUT PARSER"}`

const costText = ({ comparison, read }: Cost): string =>
  `${(read + comparison).toFixed(1)} ms, ${comparison.toFixed(1)} for the comparison: ${
    percent(comparison / (read + comparison))
  }`

const said = (comparison: Comparison | undefined): string => {
  if (comparison?._tag !== "Compared") return comparison?.reason ?? "not compared"
  const { coverage } = comparison
  const share = `${coverage.found}/${coverage.words} ${percent(shareFound(coverage))}`
  return `${share.padEnd(20)} order ${coverage.order.toFixed(3)}`
}

const lossesOf = ({ comparison, leftOut = [] }: ParsedText): ReadonlyArray<string> => {
  if (comparison?._tag !== "Compared") return []
  const { coverage, omissions } = comparison
  return [
    ...warningsOf({ coverage, leftOut: joined(leftOut, omissions) }, 0.9).map((each) => `    ! ${each}`),
    ...omissions.map(({ count, detail, kind, page }) => `      ${kind} ${page} ${count} ${detail}`)
  ]
}

const totals = (all: ReadonlyArray<Measured>): ReadonlyArray<string> =>
  [...Map.groupBy(all, ({ type }) => type)].map(([type, some]) => {
    const sum = (of: (cost: Cost) => number) => some.reduce((total, { cost }) => total + of(cost), 0)
    const cost = { read: sum(({ read }) => read), comparison: sum(({ comparison }) => comparison) }
    return `${mediaTypes[type]}: ${some.length} files, ${costText(cost)}`
  })

export const coverage = Command.make(
  "coverage",
  {
    folder: Argument.String("folder"),
    totals: Flag.Boolean("totals").pipe(Flag.withDescription("Only what each format costs."), Flag.withDefault(false))
  },
  Effect.fnUntraced(function*({ folder, totals: isShort }) {
    const fs = yield* FileSystem.FileSystem
    const all: Array<Measured> = []
    for (const name of (yield* fs.readDirectory(folder)).sort()) {
      if ((yield* fs.stat(`${folder}/${name}`)).type !== "File") continue
      const bytes = new Uint8Array(yield* fs.readFile(`${folder}/${name}`))
      const type = sniff(bytes, name)
      if (!withSource.includes(type)) continue
      const measured = yield* Effect.promise(() => measure(type, name, bytes).catch((cause: unknown) => String(cause)))
      if (typeof measured === "string") {
        yield* Console.log(`${name}: ${measured}`)
        continue
      }
      all.push(measured)
      if (isShort) continue
      yield* Console.log(lineOf(name, measured))
      yield* Effect.forEach(lossesOf(measured.parsed), (line) => Console.log(line))
    }
    yield* Effect.forEach(totals(all), (line) => Console.log(line))
  })
)
