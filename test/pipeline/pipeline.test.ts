import { databases } from "../support/databases/Databases.ts"
import { pipelineSpecification } from "./pipeline.ts"
import { vendorsInMemory } from "./vendorsInMemory.ts"
import { vendorsOverHttp } from "./vendorsOverHttp.ts"

for (const { layer, name } of databases) {
  pipelineSpecification(`in memory, on ${name}`, layer, vendorsInMemory, { callsBack: false })
  pipelineSpecification(`over HTTP, on ${name}`, layer, vendorsOverHttp, { callsBack: true })
}
