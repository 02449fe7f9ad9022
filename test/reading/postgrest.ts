/**
 * A stand-in for PostgREST, which Debian and npm do not have: verifies the token, assumes the role that it claims, sets
 * `request.jwt.claims`, and calls a function with the members of the body, as PostgREST does. It knows no other route.
 */
import { Effect, Result } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { createHmac } from "node:crypto"
import { createServer, type IncomingMessage } from "node:http"
import { json } from "node:stream/consumers"

const secret = "a secret of at least thirty-two characters"

const sign = (text: string) => createHmac("sha256", secret).update(text).digest("base64url")
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")

export const makeToken = (claims: { readonly role: string; readonly sub?: string }): string => {
  const text = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`
  return `${text}.${sign(text)}`
}

const claimsOf = ({ headers }: IncomingMessage): { readonly role: string; readonly text: string } | undefined => {
  const [head = "", body = "", signature] = (headers.authorization ?? "").replace("Bearer ", "").split(".")
  if (signature !== sign(`${head}.${body}`)) return undefined
  const text = Buffer.from(body, "base64url").toString()
  return { role: JSON.parse(text).role, text }
}

const call = Effect.fnUntraced(function*(
  { role, text }: { readonly role: string; readonly text: string },
  name: string,
  body: unknown
) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql.withTransaction(Effect.gen(function*() {
    yield* sql`SELECT set_config('search_path', 'public, extensions', true), set_config('role', ${role}, true),
      set_config('request.jwt.claims', ${text}, true)`
    const [row] = yield* sql<{ readonly body: unknown }>`
      WITH given AS (
        SELECT * FROM json_to_record(${JSON.stringify(body)}::json)
          AS _(query_embedding vector, match_count integer, filter jsonb)
      )
      SELECT coalesce(json_agg(m), '[]') AS body FROM given, LATERAL ${sql(name)}(
        query_embedding => given.query_embedding, match_count => given.match_count, filter => given.filter) m`
    return row?.body
  }))
})

const problem = ({ reason: { cause } }: SqlError.SqlError) => ({
  code: cause instanceof Error && "code" in cause ? cause.code : "",
  message: cause instanceof Error ? cause.message : "",
  details: null,
  hint: null
})

/** Returns its address; runs for as long as the scope. */
export const servePostgrest = Effect.gen(function*() {
  const run = Effect.runPromiseWith(yield* Effect.context<SqlClient.SqlClient>())
  const server = createServer(async (request, response) => {
    const claims = claimsOf(request)
    const name = /^\/rest\/v1\/rpc\/(\w+)$/.exec(request.url ?? "")?.[1]
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
    if (claims === undefined) {
      return answer(401, { code: "PGRST301", message: "JWT invalid", details: null, hint: null })
    }
    if (name === undefined) return answer(404, { code: "PGRST125", message: "Not found", details: null, hint: null })
    const outcome = await run(Effect.result(call(claims, name, await json(request))))
    return Result.isSuccess(outcome) ? answer(200, outcome.success) : answer(403, problem(outcome.failure))
  })
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.void))
    }),
    () => Effect.sync(() => server.close())
  )
  const address = server.address()
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`
})
