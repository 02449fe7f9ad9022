/**
 * Proves that every regular expression of the product runs in linear time: input from users and providers reaches them, and
 * catastrophic backtracking would block everyone. Only proofs by automaton count; passing a search for bad inputs is not
 * enough. A proof takes up to seconds, so proofs.json keeps those that were found: `--record` proves all and writes it.
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, FileSystem, Schema } from "effect"
import { argv } from "node:process"
import recheck from "recheck/lib/browser.js"
import { exceptions } from "./regexes/exceptions.ts"
import { findRegexes, mayHaveRegexes } from "./regexes/findRegexes.ts"
import { readProofs, writeProofs } from "./regexes/proofs.ts"

class SlowRegexes extends Schema.TaggedError<SlowRegexes>()("SlowRegexes", { message: Schema.String }) {}

const folders = ["src", "layers", "services"]

/** Why it fails; undefined if its time is linear. */
const faultOf = (pattern: string, flags: string): string | undefined => {
  const found = recheck.checkSync(pattern, flags, { checker: "automaton", timeout: 60_000 })
  return found.status === "safe"
    ? undefined
    : found.status === "vulnerable"
    ? found.complexity.summary
    : found.error.kind
}

Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const record = argv.includes("--record")
  const recorded = record ? new Set<string>() : yield* readProofs
  const verdicts = new Map<string, string | undefined>()
  const faults: Array<string> = []
  const unused = new Set(exceptions)
  let proved = 0
  for (const folder of folders) {
    for (const name of yield* fs.readDirectory(folder, { recursive: true })) {
      if (!name.endsWith(".ts") || name.endsWith(".d.ts")) continue
      const file = `${folder}/${name}`
      const source = yield* fs.readFileString(file)
      if (!mayHaveRegexes(source)) continue
      for (const { line, literal } of findRegexes(file, source)) {
        if (literal === undefined) {
          faults.push(`${file}:${line}: an expression built at run time cannot be proved; write it as a literal.`)
          continue
        }
        const regex = `/${literal.pattern}/${literal.flags}`
        const exception = exceptions.find((each) => each.file === file && each.regex === regex)
        if (exception !== undefined) unused.delete(exception)
        else {
          if (!verdicts.has(regex)) {
            verdicts.set(regex, recorded.has(regex) ? undefined : faultOf(literal.pattern, literal.flags))
          }
          const fault = verdicts.get(regex)
          if (fault === undefined) proved++
          else faults.push(`${file}:${line}: ${regex} (${fault})`)
        }
      }
    }
  }
  for (const { file, regex } of unused) faults.push(`${file}: the exception for ${regex} is not needed; delete it.`)
  if (faults.length > 0) {
    return yield* new SlowRegexes({
      message: `${faults.length} regular expressions are not proved to run in linear time. `
        + `Rewrite them, or state the bound of their input in scripts/regexes/exceptions.ts.\n${faults.join("\n")}`
    })
  }
  if (record) yield* writeProofs(verdicts.keys())
  const anew = [...verdicts.keys()].filter((regex) => !recorded.has(regex)).length
  yield* Console.log(
    `${proved} regular expressions run in linear time (${anew} proved now); ${exceptions.length} only see short texts.`
  )
}).pipe(
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain
)
