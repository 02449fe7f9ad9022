/** `pnpm openapi`: lints the API's description as Redocly recommends; generators of clients expect the same. */
import { NodeRuntime } from "@effect/platform-node"
import { createConfig, lintFromString } from "@redocly/openapi-core"
import { Console, Effect, Schema } from "effect"
import { OpenApi } from "effect/http-api"
import { Api } from "../src/api/Api.ts"

class NotClean extends Schema.TaggedError<NotClean>()("NotClean", { message: Schema.String }) {}

Effect.gen(function*() {
  const source = JSON.stringify(OpenApi.fromApi(Api), null, 1)
  const problems = yield* Effect.promise(async () =>
    lintFromString({ source, absoluteRef: "openapi.json", config: await createConfig({ extends: ["recommended"] }) })
  )
  for (const { location, message, ruleId } of problems) {
    yield* Console.error(`${ruleId}: ${message} ${location.map(({ pointer }) => pointer ?? "").join(" ")}`)
  }
  if (problems.length > 0) {
    return yield* new NotClean({ message: `The API's description has ${problems.length} problems.` })
  }
  yield* Console.log(`OpenAPI: ${Object.keys(OpenApi.fromApi(Api).components.schemas).length} schemas, no problem.`)
}).pipe(NodeRuntime.runMain)
