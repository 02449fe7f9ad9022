/** `pnpm test:real`: the pipeline's specification with the real providers for which there are keys. It costs money. */
import { Effect, Layer } from "effect"
import { it } from "vitest"
import { Patience } from "../pipeline/observe.ts"
import { pipelineSpecification } from "../pipeline/pipeline.ts"
import { databases } from "../support/databases/Databases.ts"
import { missing, named, readKeys, vendorsReal } from "./vendorsReal.ts"

const keys = Effect.runSync(readKeys)

// oxlint-disable-next-line vitest/no-disabled-tests -- nothing runs here, the name is the message
for (const reason of missing(keys)) it.skip(`the pipeline with the real ${reason}`, () => {})

const [database] = databases.toReversed()
if (database !== undefined && missing(keys).length < 3) {
  pipelineSpecification(
    `with ${named(keys)}, on ${database.name}`,
    database.layer,
    Layer.merge(vendorsReal(keys), Layer.succeed(Patience, "4 minutes")),
    { callsBack: false, real: true }
  )
}
