/** The few routes of LlamaParse's v2 that the adapter calls, in memory: a file is parsed by reading it as text. */
import { Effect, type Scope } from "effect"
import { serveStub, type StubBehaviour, type StubRequest } from "./HttpStub.ts"

interface StubParse {
  readonly id: string
  readonly created_at: string
  readonly user_metadata: Record<string, string>
  status: "PENDING" | "RUNNING" | "COMPLETED" | "FAILED" | "CANCELLED"
  error_message: string | null
  pages: Array<Record<string, unknown>>
}

export interface LlamaParseStub {
  readonly url: URL
  readonly requests: ReadonlyArray<StubRequest>
  readonly parses: Array<StubParse>
  /** Overrides the routes while it returns something. */
  intercept: (request: StubRequest) => StubBehaviour | undefined
  /** The next upload starts a parse, but its answer never arrives. */
  loseNextUpload: boolean
  onData: (part: Buffer) => void
}

export const serveLlamaParse: Effect.Effect<LlamaParseStub, never, Scope.Scope> = Effect.gen(function*() {
  const requests: Array<StubRequest> = []
  const parses: Array<StubParse> = []
  const url = yield* serveStub((request) => {
    requests.push(request)
    const reply = stub.intercept(request) ?? answer(request, parses)
    if (!stub.loseNextUpload || !request.url.pathname.endsWith("/upload")) return reply
    stub.loseNextUpload = false
    return "reset"
  }, { onData: (part) => stub.onData(part) })
  const stub: LlamaParseStub = {
    url,
    requests,
    parses,
    intercept: () => undefined,
    loseNextUpload: false,
    onData: () => {}
  }
  return stub
})

const missing: StubBehaviour = { status: 404, body: { detail: "Parse job not found" } }

const answer = (request: StubRequest, parses: Array<StubParse>): StubBehaviour => {
  const [id, action] = request.url.pathname.split("/").slice(4)
  const ok = (body: unknown): StubBehaviour => ({ status: 200, body })
  if (request.method === "POST" && id === "upload") {
    const [configuration, file] = formParts(request)
    if (configuration === undefined || file === undefined) return { status: 422, body: { detail: "Two parts, please" } }
    const parse: StubParse = {
      id: `pjb-${parses.length + 1}`,
      created_at: new Date(Date.now()).toISOString(),
      user_metadata: JSON.parse(configuration).user_metadata,
      status: "COMPLETED",
      error_message: null,
      pages: [{ page_number: 1, success: true, markdown: file }]
    }
    parses.push(parse)
    return ok({ ...parse, status: "PENDING" })
  }
  if (id === undefined) {
    const since = request.url.searchParams.get("created_at_on_or_after") ?? ""
    const items = parses.filter(({ created_at }) => created_at >= since)
    const from = Number(request.url.searchParams.get("page_token") ?? 0)
    const size = Number(request.url.searchParams.get("page_size") ?? 10)
    const next_page_token = from + size < items.length ? String(from + size) : null
    return ok({ items: items.slice(from, from + size), next_page_token, total_size: items.length })
  }
  const parse = parses.find((parse) => parse.id === id)
  if (parse === undefined) return missing
  if (request.method === "DELETE") {
    if (parse.status === "PENDING" || parse.status === "RUNNING") {
      return { status: 409, body: { detail: "The job is not over" } }
    }
    parses.splice(parses.indexOf(parse), 1)
    return ok({ id, project_id: "p" })
  }
  if (action === "cancel") {
    if (parse.status === "CANCELLED") return { status: 409, body: { detail: "The job is over" } }
    parse.status = "CANCELLED"
    return ok(parse)
  }
  const { pages, ...job } = parse
  return ok(request.url.searchParams.has("expand") ? { job, markdown: { pages } } : { job })
}

/** The bodies of a form's parts, in order. */
export const formParts = ({ body, headers }: StubRequest): ReadonlyArray<string> => {
  const boundary = headers["content-type"]?.split("boundary=")[1] ?? "none"
  return body.toString().split(`--${boundary}`).slice(1, -1).map((part) => part.slice(part.indexOf("\r\n\r\n") + 4, -2))
}
