import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { OpenApi } from "effect/http-api"
import { Api, routes } from "../../src/api/Api.ts"
import { NewKey } from "../../src/api/keys.ts"
import { examples } from "../../src/api/openapi/examples.ts"
import { isList, isObject, type Json, type JsonObject } from "../../src/api/openapi/json.ts"
import { BulkChange } from "../../src/api/overview.ts"
import * as Problem from "../../src/api/Problem.ts"
import { SearchRequest, SearchResult } from "../../src/api/search.ts"
import { UploadRequest } from "../../src/api/uploads.ts"
import { NewSubscription } from "../../src/api/webhooks.ts"

const document: Json = JSON.parse(JSON.stringify(OpenApi.fromApi(Api)))
const at = (value: Json, ...path: ReadonlyArray<string>): Json =>
  path.reduce<Json>((found, step) => isObject(found) ? found[step] : undefined, value)
const schemas = at(document, "components", "schemas")

/** Every object below, with where it is. */
const within = (value: Json, place: string): ReadonlyArray<readonly [string, JsonObject]> =>
  isList(value)
    ? value.flatMap((each, index) => within(each, `${place}/${index}`))
    : isObject(value)
    ? [[place, value], ...Object.entries(value).flatMap(([key, each]) => within(each, `${place}/${key}`))]
    : []

const operations = within(at(document, "paths"), "").filter(([, { operationId }]) => operationId !== undefined)

describe("the API's description", () => {
  it("the API's description says of every JSON body that it may be too large, or of another type", () => {
    const taking = operations.filter(([, operation]) => at(operation, "requestBody", "content", "application/json"))
    assert.isAbove(taking.length, 15)
    for (const [place, operation] of taking) {
      assert.isObject(at(operation, "responses", "413"), place)
      assert.isObject(at(operation, "responses", "415"), place)
    }
  })

  it.each([
    ["SearchRequest", "query"],
    ["SearchRequest", "limit"],
    ["UploadForm", "document_id"],
    ["UploadForm", "priority"],
    ["UploadForm", "force"],
    ["NewUpload", "bytes"],
    ["NewKey", "name"],
    ["NewKey", "user_id"]
  ])("the API's description of %s says of %s what its type cannot", (schema, field) => {
    assert.isString(at(schemas, schema, "properties", field, "description"))
  })

  it("the API's description names every object and every list of words, each once", () => {
    const named = new Map<string, string>()
    for (const [name, schema] of Object.entries(isObject(schemas) ? schemas : {})) {
      assert.notMatch(name, /Encoded$|_\d$/, "two different schemas want this name: see src/api/openapi/names.ts")
      const text = JSON.stringify(schema)
      assert.isUndefined(named.get(text), `${name} is ${named.get(text)}`)
      named.set(text, name)
      for (const [place, inner] of within(schema, name).slice(1)) {
        assert.isFalse(isObject(inner["properties"]) && inner["type"] === "object", place)
      }
    }
    for (const [place, found] of within(at(document, "paths"), "")) {
      assert.isFalse(isObject(found["properties"]), place)
      assert.isFalse(isList(found["enum"]) && found["enum"].length > 1, place)
    }
  })

  it("the API's description has numbers where numbers are sent", () => {
    const limit = operations.flatMap(([, { parameters }]) => isList(parameters) ? parameters : [])
      .filter((parameter) => at(parameter, "name") === "limit")
    assert.isNotEmpty(limit)
    for (const parameter of limit) assert.strictEqual(at(parameter, "schema", "type"), "integer")
    assert.deepStrictEqual(at(schemas, "SearchHit", "properties", "score"), { type: "number" })
    assert.notInclude(JSON.stringify(document), "NaN")
  })

  it("the API's description leaves answers open to new members, and bodies of requests closed", () => {
    assert.isUndefined(at(schemas, "Job", "additionalProperties"))
    for (const name of ["SearchRequest", "NewKey", "BulkChange", "UploadForm"]) {
      assert.isFalse(at(schemas, name, "additionalProperties"), name)
    }
  })

  it("the API's description says of each operation what it does, and of each answer which headers it has", () => {
    assert.lengthOf(operations, routes.length)
    for (const [place, { description, responses, summary }] of operations) {
      assert.isString(summary, place)
      assert.match(String(description), /[.] It needs .*[.]$/u, place)
      for (const [, response] of Object.entries(isObject(responses) ? responses : {})) {
        assert.isObject(at(response, "headers", "x-correlation-id"), place)
      }
    }
    assert.isObject(at(document, "components", "headers", "retry-after"))
  })

  it.effect("the API's description has examples that the contract accepts", () =>
    Effect.gen(function*() {
      const contracts: Readonly<Record<string, Schema.Codec<unknown, unknown>>> = {
        SearchRequest,
        SearchResult,
        NewUpload: UploadRequest,
        NewKey,
        NewWebhook: NewSubscription,
        BulkChange,
        BadRequest: Problem.BadRequest,
        NotFound: Problem.NotFound,
        TooManyRequests: Problem.TooManyRequests
      }
      assert.sameMembers(Object.keys(examples), Object.keys(contracts))
      for (const [name, schema] of Object.entries(contracts)) {
        assert.deepStrictEqual(at(schemas, name, "examples"), [examples[name]])
        yield* Schema.decodeUnknownEffect(schema)(examples[name], { onExcessProperty: "error" })
      }
    }))
})
