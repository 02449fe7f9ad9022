import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { HttpApi, OpenApi } from "effect/http-api"
import { Api, routes } from "../../src/api/Api.ts"
import { Idempotency } from "../../src/api/Idempotency.ts"

const Described = Schema.Struct({
  paths: Schema.Record(
    Schema.String,
    Schema.Record(
      Schema.String,
      Schema.Struct({
        operationId: Schema.String,
        parameters: Schema.Array(Schema.Struct({ name: Schema.String, in: Schema.String }))
      })
    )
  )
})
const operations = Object.values(Schema.decodeUnknownSync(Described)(OpenApi.fromApi(Api)).paths).flatMap((methods) =>
  Object.values(methods)
)

const onBehalf = routes.filter((route) => route.onBehalf).map(({ name }) => name)

/** The routes whose description names a parameter, as `group.endpoint`. */
const routesWith = (parameter: string): ReadonlyArray<string> =>
  operations.filter(({ parameters }) => parameters.some(({ name }) => name === parameter)).map((each) =>
    each.operationId
  )

/** The POSTs that the middleware carries out once. */
const carriedOutOnce = (): ReadonlyArray<string> => {
  const routes: Array<string> = []
  HttpApi.reflect(Api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, group, middleware }) => {
      const names = [...middleware].map(({ key }) => key)
      if (endpoint.method === "POST" && names.includes(Idempotency.key)) {
        routes.push(`${group.identifier}.${endpoint.identifier}`)
      }
    }
  })
  return routes
}

describe("the API's description", () => {
  it("documents the Idempotency-Key on every route that accepts it", () => {
    const routes = carriedOutOnce()
    assert.includeMembers([...routes], ["documents.upload", "uploads.create", "jobs.retry"])
    assert.notInclude([...routes], "search.search", "its answers are documents' text")
    assert.sameMembers([...routesWith("idempotency-key")], [...routes])
  })

  it("documents `user_id` and `X-Reason` on every route where an operator may act for a user", () => {
    assert.sameMembers(routesWith("user_id").filter((route) => !route.startsWith("users.")), [...onBehalf])
    assert.includeMembers([...routesWith("x-reason")], [...onBehalf, "keys.create", "keys.revoke", "budgets.set"])
  })

  it("the API's description describes each parameter exactly once", () => {
    for (const { operationId, parameters } of operations) {
      const names = parameters.map(({ in: place, name }) => `${place} ${name}`)
      assert.lengthOf(new Set(names), names.length, operationId)
    }
  })
})
