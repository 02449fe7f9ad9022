import { OpenApi } from "effect/http-api"
import { describe, expect, it } from "vitest"
import { Api, routes } from "../../../src/api/Api.ts"
import { routeHashes } from "../../../src/deploy/baseline/contract.ts"

const described = JSON.parse(JSON.stringify(OpenApi.fromApi(Api)))
const hashes = routeHashes(described)

const changedBy = (change: (document: typeof described) => void): ReadonlyArray<string> => {
  const copy = structuredClone(described)
  change(copy)
  const after = routeHashes(copy)
  return Object.keys(hashes).filter((route) => after[route] !== hashes[route])
}

describe("the hashes of the routes", () => {
  it("name every route of the contract", () => {
    const paths = routes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`)
    expect(Object.keys(hashes).map((each) => each.replace(/\/$/, "")).toSorted()).toEqual(paths.toSorted())
  })

  it("name the route whose parameter has changed, and no other", () => {
    expect(changedBy(({ paths }) => paths["/api/v1/jobs/{job_id}"].get.parameters.pop())).toEqual([
      "GET /api/v1/jobs/{job_id}"
    ])
  })

  it("name every route that returns a shared schema which has changed", () => {
    const [name] = Object.keys(described.components.schemas)
    const changed = changedBy(({ components }) => {
      components.schemas[name ?? ""] = { type: "string", enum: ["other"] }
    })
    expect(changed.length).toBeGreaterThan(0)
  })

  it("do not depend on descriptions or on the order of keys", () => {
    expect(changedBy(({ paths }) => {
      const { get } = paths["/api/v1/jobs/{job_id}"]
      get.description = "Other words."
      get.summary = "Other words."
      paths["/api/v1/jobs/{job_id}"].get = Object.fromEntries(Object.entries(get).toReversed())
    })).toEqual([])
  })
})
