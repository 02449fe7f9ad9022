import { Layer } from "effect"
import { pipelineSpecification } from "../pipeline/pipeline.ts"
import { vendorsInMemory } from "../pipeline/vendorsInMemory.ts"
import { vendorsOverHttp } from "../pipeline/vendorsOverHttp.ts"
import { databases } from "../support/databases/Databases.ts"
import { missing, storageOnServer } from "./Bucket.ts"

for (const { layer, name } of missing.length === 0 ? databases : []) {
  const place = `on ${name} and a real S3 server`
  pipelineSpecification(`in memory, ${place}`, layer, Layer.merge(vendorsInMemory, storageOnServer), {
    callsBack: false
  })
  pipelineSpecification(`over HTTP, ${place}`, layer, Layer.merge(vendorsOverHttp, storageOnServer), {
    callsBack: true
  })
}
