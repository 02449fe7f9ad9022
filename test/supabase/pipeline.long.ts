import { Layer } from "effect"
import { pipelineSpecification } from "../pipeline/pipeline.ts"
import { vendorsInMemory } from "../pipeline/vendorsInMemory.ts"
import { vendorsOverHttp } from "../pipeline/vendorsOverHttp.ts"
import { databases } from "../support/databases/Databases.ts"
import { missing, storageOnServer } from "./Server.ts"

for (const { layer, name } of missing.length === 0 ? databases : []) {
  const place = `on ${name} and a real Supabase Storage`
  pipelineSpecification(`in memory, ${place}`, layer, Layer.merge(vendorsInMemory, storageOnServer(false)), {
    callsBack: false
  })
  pipelineSpecification(`over HTTP, ${place}`, layer, Layer.merge(vendorsOverHttp, storageOnServer(true)), {
    callsBack: true
  })
}
