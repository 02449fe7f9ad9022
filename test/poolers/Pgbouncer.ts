/** pgbouncer in front of a test server, on a port of its own. */
import { Effect } from "effect"
import { spawn, spawnSync } from "node:child_process"
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { freePort } from "../faults/PostgresPlace.ts"
import { testLogin } from "../support/databases/SupabaseLike.ts"

export interface PgbouncerOptions {
  readonly mode: "session" | "transaction"
  /** Server connections for each pair of database and user. */
  readonly poolSize?: number
  /** Where it listens; this machine alone, if absent. */
  readonly address?: string
  /** PEM texts; clients must use TLS then. The server behind it is asked for TLS, too. */
  readonly tls?: { readonly key: string; readonly cert: string }
}

/** Undefined where there is none. */
export const findPgbouncer = (path: string): string | undefined =>
  [...path.split(delimiter), "/usr/sbin"].map((directory) => join(directory, "pgbouncer")).find((file) =>
    existsSync(file)
  )

/** Returns the URL that leads through it to the database of `url`; ends with the scope. */
export const startPgbouncer = Effect.fnUntraced(function*(
  program: string,
  url: string,
  { address = "127.0.0.1", mode, poolSize = 60, tls }: PgbouncerOptions
) {
  const server = new URL(url)
  const port = yield* freePort
  const directory = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "accessa-pgbouncer-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )
  const config = join(directory, "pgbouncer.ini")
  writeFileSync(
    config,
    `[databases]
* = host=${server.hostname} port=${server.port}
[pgbouncer]
listen_addr = ${address}
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${join(directory, "users")}
pool_mode = ${mode}
default_pool_size = ${poolSize}
${
      tls === undefined
        ? ""
        : `client_tls_sslmode = require
client_tls_key_file = ${directory}/key
client_tls_cert_file = ${directory}/cert
server_tls_sslmode = require
`
    }`
  )
  writeFileSync(join(directory, "users"), [server.username, testLogin].map((user) => `"${user}" "postgres"\n`).join(""))
  for (const [name, text] of Object.entries(tls ?? {})) writeFileSync(join(directory, name), text)
  // It runs as another user, who may read what the umask may have closed.
  chmodSync(directory, 0o755)
  for (const name of readdirSync(directory)) chmodSync(join(directory, name), 0o644)
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => spawn(program, [config], { stdio: "ignore", ...ordinaryUser() })),
    (running) =>
      Effect.callback<void>((resume) => {
        running.once("exit", () => resume(Effect.void))
        if (!running.kill("SIGINT")) resume(Effect.void)
      })
  )
  yield* Effect.retry(listens(address, port), { times: 200, while: () => child.exitCode === null })
  const through = new URL(url)
  through.host = `${address}:${port}`
  return through.href
})

/** Waits a little before it fails. */
const listens = (address: string, port: number) =>
  Effect.callback<void, string>((resume) => {
    const probe = connect(port, address)
    probe.once("connect", () => {
      probe.destroy()
      resume(Effect.void)
    })
    probe.once("error", () => resume(Effect.delay(Effect.fail("pgbouncer does not listen"), "20 millis")))
  })

/** It refuses to run as root. */
const ordinaryUser = () => {
  const id = (flag: string) => Number(spawnSync("id", [flag, "postgres"]).stdout.toString().trim())
  return spawnSync("id", ["-u"]).stdout.toString().trim() === "0" ? { uid: id("-u"), gid: id("-g") } : {}
}
