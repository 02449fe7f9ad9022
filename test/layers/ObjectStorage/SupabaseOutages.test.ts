import { Effect } from "effect"
import { key, open } from "../../support/stubs/openSupabase.ts"
import { serveSupabase } from "../../support/stubs/SupabaseStub.ts"
import { outageSpecification } from "./outages.ts"

outageSpecification(
  "ObjectStorageSupabase",
  Effect.gen(function*() {
    const stub = yield* serveSupabase({ key, prefix: "" })
    return { stub, storage: yield* open(stub.url) }
  })
)
