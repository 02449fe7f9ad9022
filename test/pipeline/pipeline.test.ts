import { databases, everyDatabase } from "../support/databases/Databases.ts"
import { pipelineSpecification } from "./pipeline.ts"
import { vendorsInMemory } from "./vendorsInMemory.ts"
import { vendorsOverHttp } from "./vendorsOverHttp.ts"

// Together on both databases, without every combination: one takes 5 s of a core.
for (const { layer, name } of everyDatabase.slice(0, 1)) {
  pipelineSpecification(`in memory, on ${name}`, layer, vendorsInMemory, { callsBack: false })
}
for (const { layer, name } of databases) {
  pipelineSpecification(`over HTTP, on ${name}`, layer, vendorsOverHttp, { callsBack: true })
}
