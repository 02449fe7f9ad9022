/**
 * `pnpm bench api`: the two requests that applications make most, an upload and a look at a job, beside a Fastify server that knows no
 * callers, limits, tenants or jobs. In turns, on the server of DATABASE_URL.
 */
import { Console, Effect, FileSystem, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { randomUUID } from "node:crypto"
import { emptyDatabase, medianOf, requirePeers, requireServer } from "./child.ts"
import { freePort } from "./freePort.ts"
import { type Call, makeSender } from "./load.ts"
import { cpuOf, startProgram } from "./startProgram.ts"

const warmUp = 3_000

const servers = { accessa: "src/bin/api.ts", fastify: "bench/peers/fastify.mjs" } as const
type Server = keyof typeof servers

export const api = Command.make(
  "api",
  {
    rounds: Flag.Int("rounds").pipe(Flag.withDefault(5)),
    seconds: Flag.Int("seconds").pipe(Flag.withDescription("Of each turn"), Flag.withDefault(3)),
    connections: Flag.Int("connections").pipe(Flag.withDefault(16)),
    bytes: Flag.Int("bytes").pipe(Flag.withDescription("Of an uploaded document"), Flag.withDefault(20_000)),
    json: Flag.Boolean("json").pipe(Flag.withDefault(false))
  },
  Effect.fn("bench.api")(function*({ bytes, connections, json, rounds, seconds }) {
    yield* requireServer
    yield* requirePeers
    const accessa = yield* startServer("accessa", connections, bytes)
    const fastify = yield* startServer("fastify", connections, bytes)
    for (const what of ["GET of a job", "upload"] as const) {
      const turn = (server: Served) => measure(server, server.calls[what], 1_000 * seconds)
      const pairs: Array<{ readonly accessa: Turn; readonly fastify: Turn }> = []
      for (let round = 0; round < rounds; round++) {
        const pair = round % 2 === 0
          ? yield* Effect.all({ accessa: turn(accessa), fastify: turn(fastify) })
          : yield* Effect.all({ fastify: turn(fastify), accessa: turn(accessa) })
        pairs.push(pair)
        if (json) yield* Console.log(JSON.stringify({ what, ...pair }))
      }
      const ratios = pairs.map(({ accessa, fastify }) => accessa.per_s / fastify.per_s)
      const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(2))
      const said = (server: Server) => {
        const turns = pairs.map((pair) => pair[server])
        const rate = medianOf(turns.map(({ per_s }) => per_s)).toFixed(0)
        return `${server} ${rate}/s, ${medianOf(turns.map(({ cpu_ms }) => cpu_ms)).toFixed(2)} ms of CPU each`
      }
      const ratio = `ratio ${medianOf(ratios).toFixed(2)} (${least} to ${most})`
      yield* Console.log(`${what}: ${said("accessa")}; ${said("fastify")}; ${ratio}`)
    }
  }, Effect.scoped)
)

interface Turn {
  readonly per_s: number
  readonly cpu_ms: number
}

interface Served {
  readonly pid: number
  readonly sender: ReturnType<typeof makeSender>
  readonly calls: Readonly<Record<"GET of a job" | "upload", Call>>
}

const startServer = Effect.fnUntraced(function*(server: Server, connections: number, bytes: number) {
  const fs = yield* FileSystem.FileSystem
  const port = String(yield* freePort)
  const env = {
    ...(yield* emptyDatabase),
    // On the disk where data lives: a temporary folder may be in memory, where nothing is durable.
    ACCESSA_DATA_DIR: yield* fs.makeTempDirectoryScoped({ directory: ".", prefix: ".accessa-bench-" }),
    API_PORT: port,
    LOG_LEVEL: "Warn",
    REQUESTS_PER_MINUTE: "10000000",
    UPLOADS_PER_MINUTE: "10000000"
  }
  const pid = yield* startProgram(servers[server], port, env)
  const key = server === "accessa" ? (yield* fs.readFileString(`${env.ACCESSA_DATA_DIR}/local-key`)).trim() : "none"
  const headers = { authorization: `Bearer ${key}` }
  const upload: Call = {
    method: "POST",
    path: "/api/v1/documents",
    headers: { ...headers, "content-type": `multipart/form-data; boundary=${boundary}` },
    body: () => formOf(bytes)
  }
  const sender = makeSender(port, connections)
  const { job_id } = yield* decode(yield* sender.send(upload))
  const get: Call = { method: "GET", path: `/api/v1/jobs/${job_id}`, headers }
  for (const call of [get, upload]) yield* sender.sendFor(call, warmUp)
  return { pid, sender, calls: { "GET of a job": get, upload } } satisfies Served
})

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Struct({ job_id: Schema.String })))

const measure = Effect.fnUntraced(function*({ pid, sender }: Served, call: Call, milliseconds: number) {
  const before = yield* cpuOf([pid])
  const start = performance.now()
  const answered = yield* sender.sendFor(call, milliseconds)
  const seconds = (performance.now() - start) / 1_000
  const turn: Turn = { per_s: answered / seconds, cpu_ms: 1_000 * ((yield* cpuOf([pid])) - before) / answered }
  return turn
})

const boundary = "----accessa-bench"

const formOf = (bytes: number): Buffer => {
  const text = `# Document ${randomUUID()}\n\n`.padEnd(
    bytes,
    "The policy covers water damage caused by burst pipes.\n\n"
  )
  const head = `Content-Disposition: form-data; name="file"; filename="page.md"\r\nContent-Type: text/markdown`
  return Buffer.from(`--${boundary}\r\n${head}\r\n\r\n${text}\r\n--${boundary}--\r\n`)
}
