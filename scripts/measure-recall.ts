/** Measures the local parser against the `groundtruth/` of a corpus whose documents are in `good/`. */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, Path } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { DocumentParserLocal } from "../layers/DocumentParser/Local.ts"
import { measureRecall } from "./recall/measureRecall.ts"

const leastMean = 0.98
const leastFile = 0.9

const command = Command.make(
  "measure-recall",
  {
    corpus: Argument.Directory("corpus").pipe(Argument.withDefault("../shared/corpus")),
    json: Flag.Boolean("json").pipe(Flag.withDefault(false))
  },
  Effect.fnUntraced(function*({ corpus, json }) {
    const path = yield* Path.Path
    const files = yield* measureRecall({
      documents: path.join(corpus, "good"),
      truths: path.join(corpus, "groundtruth")
    })
    const mean = files.reduce((sum, file) => sum + file.recall, 0) / files.length
    const ok = files.length > 0 && mean >= leastMean && files.every((file) => file.recall >= leastFile)
    yield* json
      ? Console.log(JSON.stringify({ ok, mean, files }))
      : Effect.forEach(
        [...files, { file: "mean", recall: mean }],
        (each) => Console.log(`${each.recall.toFixed(4)}  ${each.file}${"message" in each ? `  ${each.message}` : ""}`)
      )
    if (!ok) return yield* Effect.fail(`The mean must be at least ${leastMean}, each file at least ${leastFile}.`)
  })
)

command.pipe(
  Command.run({ version: "1.0.0" }),
  Effect.provide([NodeServices.layer, DocumentParserLocal()]),
  NodeRuntime.runMain
)
