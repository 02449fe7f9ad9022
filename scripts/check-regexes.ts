/**
 * Proves that every regular expression of the product runs in linear time: input from users and providers reaches them, and
 * catastrophic backtracking would block everyone. Only proofs by automaton count; passing a search for bad inputs is not
 * enough.
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, FileSystem, Schema } from "effect"
import recheck from "recheck/lib/browser.js"
import { exceptions } from "./regexes/exceptions.ts"
import { findRegexes, type Found } from "./regexes/findRegexes.ts"

class SlowRegexes extends Schema.TaggedError<SlowRegexes>()("SlowRegexes", { message: Schema.String }) {}

const folders = ["src", "layers", "services"]

const verdicts = new Map<string, string | undefined>()

/** Why it fails; undefined if its time is linear. */
const faultOf = ({ flags, pattern }: NonNullable<Found["literal"]>): string | undefined => {
  const regex = `/${pattern}/${flags}`
  if (!verdicts.has(regex)) {
    const found = recheck.checkSync(pattern, flags, { checker: "automaton", timeout: 20_000 })
    verdicts.set(
      regex,
      found.status === "safe" ? undefined : found.status === "vulnerable" ? found.complexity.summary : found.error.kind
    )
  }
  return verdicts.get(regex)
}

Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const faults: Array<string> = []
  const unused = new Set(exceptions)
  let proved = 0
  for (const folder of folders) {
    for (const name of yield* fs.readDirectory(folder, { recursive: true })) {
      if (!name.endsWith(".ts") || name.endsWith(".d.ts")) continue
      const file = `${folder}/${name}`
      for (const { line, literal } of findRegexes(file, yield* fs.readFileString(file))) {
        if (literal === undefined) {
          faults.push(`${file}:${line}: an expression built at run time cannot be proved; write it as a literal.`)
          continue
        }
        const regex = `/${literal.pattern}/${literal.flags}`
        const exception = exceptions.find((each) => each.file === file && each.regex === regex)
        if (exception !== undefined) unused.delete(exception)
        else {
          const fault = faultOf(literal)
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
  yield* Console.log(`${proved} regular expressions run in linear time; ${exceptions.length} only see short texts.`)
}).pipe(
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain
)
