import { assert, describe, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { OpenApi } from "effect/http-api"
import { randomUUID } from "node:crypto"
import { Api, routes } from "../../../src/api/Api.ts"
import { isList, isObject, type Json } from "../../../src/api/openapi/json.ts"
import { keyOf } from "../../support/harness/Credentials.ts"
import { formOf, TestApi, testApi } from "../../support/harness/TestApi.ts"

const asAdmin = { authorization: `Bearer ${keyOf("admin")}` }
const asJson = { ...asAdmin, "content-type": "application/json" }

const send = (method: string, path: string, body: string | undefined = undefined) =>
  Effect.flatMap(TestApi, ({ request }) =>
    request(path, {
      method,
      headers: body === undefined ? asAdmin : asJson,
      ...(body === undefined ? {} : { body })
    }))

const refusedAt = Effect.fnUntraced(function*(method: string, path: string, body: string | undefined = undefined) {
  const answer = yield* send(method, path, body)
  assert.strictEqual(answer.status, 400, answer.text)
  return answer.body["errors"]
})

const urlOf = (path: string) => path.replaceAll(/:\w+/gu, () => randomUUID())

const document: Json = JSON.parse(JSON.stringify(OpenApi.fromApi(Api)))
const at = (value: Json, ...path: ReadonlyArray<string>): Json =>
  path.reduce<Json>((found, step) => isObject(found) ? found[step] : undefined, value)
const entries = (value: Json) => Object.entries(isObject(value) ? value : {})
const isNumber = (value: Json): boolean =>
  isList(value)
    ? value.some(isNumber)
    : ["integer", "number"].includes(String(at(value, "type"))) || isNumber(at(value, "anyOf") ?? [])

/** The fields of its JSON body that are numbers. */
const numbersInBody = (route: string): ReadonlyArray<string> =>
  entries(at(document, "paths")).flatMap(([, methods]) =>
    entries(methods).filter(([, operation]) => at(operation, "operationId") === route).flatMap(([, operation]) => {
      const schema = at(operation, "requestBody", "content", "application/json", "schema")
      const named = String(at(schema, "$ref")).split("/").at(-1) ?? ""
      return entries(at(document, "components", "schemas", named, "properties")).flatMap(([name, type]) =>
        isNumber(type) ? [name] : []
      )
    })
  )

describe("the contract", () => {
  it("lists every route without a credential, so that no group can forget to ask for one", () => {
    const open = routes.filter(({ guarded }) => !guarded)
    assert.sameMembers(open.map(({ name }) => name), [
      "uploadContent.put",
      "webhooks.llamaparse",
      "health.alive",
      "health.ready"
    ])
    for (const { guarded, name, role } of routes) assert.strictEqual(role === "open", !guarded, name)
  })
})

layer(testApi())("on every route", (it) => {
  for (const { body, method, name, numbers, path, query } of routes) {
    it.effect(`${method} ${path} refuses an unknown query parameter, and points at it`, () =>
      Effect.gen(function*() {
        const [fault] = Object(yield* refusedAt(method, `${urlOf(path)}?unknwon_=1`))
        assert.strictEqual(fault.pointer, "/query/unknwon_")
        assert.match(fault.detail, query.size === 0 ? /nothing is expected/ : /Expected here: /)
      }))
    for (const [parameter, times] of query) {
      if (times === "many") continue
      it.effect(`${method} ${path} refuses the parameter ${parameter} if it is sent twice`, () =>
        Effect.gen(function*() {
          const errors = yield* refusedAt(method, `${urlOf(path)}?${parameter}=1&${parameter}=2`)
          assert.include(JSON.stringify(errors), `/query/${parameter}`)
        }))
    }
    for (const parameter of [...numbers.keys()].filter((each) => query.has(each))) {
      it.effect(`${method} ${path} refuses the parameter ${parameter} if it has a unit`, () =>
        Effect.gen(function*() {
          const errors = yield* refusedAt(method, `${urlOf(path)}?${parameter}=5s`)
          assert.include(JSON.stringify(errors), `/query/${parameter}`)
        }))
    }
    for (const field of numbersInBody(name)) {
      it.effect(`${method} ${path} refuses the field ${field} if it has a unit, or is sent twice`, () =>
        Effect.gen(function*() {
          const unit = yield* refusedAt(method, urlOf(path), `{"${field}":"5 MB"}`)
          assert.include(JSON.stringify(unit), `/payload/${field}`)
          const twice = yield* refusedAt(method, urlOf(path), `{"${field}":1,"${field}":2}`)
          assert.include(JSON.stringify(twice), `"/payload/${field}","detail":"Given more than once."`)
        }))
    }
    if (method === "GET" || body === "form" || body === "raw") continue
    it.effect(`${method} ${path} refuses an unknown field of its body, and points at it`, () =>
      Effect.gen(function*() {
        const errors = yield* refusedAt(method, urlOf(path), `{"unknwon_":1}`)
        if (path.includes(":") && JSON.stringify(errors).includes("/params/")) return
        assert.include(JSON.stringify(errors), `"pointer":"/payload/unknwon_","detail":"Unknown`)
      }))
  }
})

layer(testApi())("a request that means something else", (it) => {
  it.effect("a request with a misspelled filter is refused with the nearest name, and lists nothing", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* refusedAt("GET", "/api/v1/jobs?statuss=complete"), [
        { pointer: "/query/statuss", detail: "Unknown. Did you mean status?" }
      ])
    }))

  it.effect("a search with a field that it does not know is refused with the fields that it does", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* refusedAt("POST", "/api/v1/search", `{"query":"a","filters":{"a":1}}`), [
        { pointer: "/payload/filters", detail: "Unknown. Expected here: query, limit, document_id." }
      ])
    }))

  it.effect("a bulk change with a misspelled `dry_run` changes nothing", () =>
    Effect.gen(function*() {
      const body = `{"filter":"is:failed","dry_run":false,"dryrun":true}`
      assert.deepStrictEqual(yield* refusedAt("POST", "/api/v1/jobs/retry", body), [
        { pointer: "/payload/dryrun", detail: "Unknown. Did you mean dry_run?" }
      ])
    }))

  it.effect("a body where none is expected is refused, an empty object is not", () =>
    Effect.gen(function*() {
      const retry = `/api/v1/jobs/${randomUUID()}/retry`
      assert.deepStrictEqual(yield* refusedAt("POST", retry, `{"filter":"is:failed"}`), [
        { pointer: "/payload/filter", detail: "Unknown: nothing is expected here." }
      ])
      assert.strictEqual((yield* send("POST", retry, "{}")).status, 404)
    }))

  it.effect("a member that a JSON body has twice is refused, at any depth", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* refusedAt("POST", "/api/v1/search", `{"query":"a","limit":1,"limit":2}`), [
        { pointer: "/payload/limit", detail: "Given more than once." }
      ])
      const upload = `{"filename":"a","bytes":1,"metadata":{"a/b":"1","a/b":"2"}}`
      assert.deepStrictEqual(yield* refusedAt("POST", "/api/v1/uploads", upload), [
        { pointer: "/payload/metadata/a~1b", detail: "Given more than once." }
      ])
    }))

  it.effect("a form with an unknown or repeated part is refused, and stores nothing", () =>
    Effect.gen(function*() {
      const { upload } = yield* TestApi
      const unknown = yield* upload(formOf("a.txt", "text", { after: { prority: "1" } }))
      assert.deepStrictEqual(unknown.body["errors"], [
        { pointer: "/payload/prority", detail: "Unknown. Did you mean priority?" }
      ])
      const twice = formOf("a.txt", "text", { before: { priority: "1" }, after: { priority: "2" } })
      assert.deepStrictEqual((yield* upload(twice)).body["errors"], [
        { pointer: "/payload/priority", detail: "Given more than once." }
      ])
    }))

  it.effect.each(
    [
      ["GET", "/api/v1/jobs?limit=10s", undefined, "/query/limit"],
      ["GET", `/api/v1/jobs/${randomUUID()}?wait=30s`, undefined, "/query/wait"],
      ["POST", "/api/v1/search", `{"query":"a","limit":"5"}`, "/payload/limit"],
      ["PUT", "/api/v1/budgets", `{"user_id":null,"limit_usd":"5 USD"}`, "/payload/limit_usd"],
      ["POST", "/api/v1/uploads", `{"filename":"a","bytes":"5MB"}`, "/payload/bytes"]
    ] as const
  )("a number with a unit is refused: %s %s", ([method, path, body, pointer]) =>
    Effect.gen(function*() {
      assert.include(JSON.stringify(yield* refusedAt(method, path, body)), `"pointer":"${pointer}"`)
    }))

  it.effect("a key that would have expired already is refused", () =>
    Effect.gen(function*() {
      const body = `{"name":"a","role":"viewer","expires_at":"1969-01-01T00:00:00Z"}`
      assert.deepStrictEqual(yield* refusedAt("POST", "/api/v1/keys", body), [
        {
          pointer: "/payload/expires_at",
          detail: "The key cannot expire in the past, at 1969-01-01T00:00:00.000Z."
        }
      ])
    }))
})

/** `/alerts/test` is also one of `/alerts/:id`. */
const fits = (pattern: string, path: string): boolean =>
  new RegExp(`^${pattern.replaceAll(/:\w+/gu, "[^/]+")}$`, "u").test(path)

layer(testApi())("a method", (it) => {
  it.effect("every path of the contract answers a method that it does not have with 405 and those that it has", () =>
    Effect.forEach([...new Set(routes.map(({ path }) => path))], (path) =>
      Effect.gen(function*() {
        const own = routes.filter((each) => fits(each.path, path)).map(({ method }) => method)
        for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((each) => !own.includes(each))) {
          const { body, headers, status } = yield* send(method, urlOf(path))
          assert.deepStrictEqual([status, body["code"]], [405, "METHOD_NOT_ALLOWED"], `${method} ${path}`)
          const allowed = headers.get("allow")?.split(", ") ?? []
          assert.includeMembers(allowed, own, path)
          assert.notInclude(allowed, method, path)
        }
      })))

  it.effect("a method that a known path does not have is 405 with those that it has", () =>
    Effect.gen(function*() {
      const { body, headers, status } = yield* send("PUT", `/api/v1/documents/${randomUUID()}`)
      assert.strictEqual(status, 405)
      assert.strictEqual(body["code"], "METHOD_NOT_ALLOWED")
      assert.strictEqual(headers.get("allow"), "DELETE, GET, HEAD, OPTIONS")
      const post = yield* send("HEAD", "/api/v1/search")
      assert.strictEqual(post.status, 405)
      assert.strictEqual(post.headers.get("allow"), "OPTIONS, POST")
      assert.strictEqual((yield* send("PUT", "/api/v1/nothing")).status, 404)
      assert.strictEqual((yield* send("POST", "/docs")).headers.get("allow"), "GET, HEAD, OPTIONS")
    }))

  it.effect("OPTIONS lists the methods of a path, and HEAD is served wherever GET is", () =>
    Effect.gen(function*() {
      const options = yield* send("OPTIONS", "/api/v1/jobs/")
      assert.strictEqual(options.status, 204)
      assert.strictEqual(options.headers.get("allow"), "GET, HEAD, OPTIONS")
      assert.strictEqual((yield* send("OPTIONS", "/api/v1/nothing")).status, 404)
      assert.strictEqual((yield* send("HEAD", "/api/v1/jobs")).status, 200)
      assert.strictEqual((yield* send("HEAD", "/health")).status, 200)
    }))
})
