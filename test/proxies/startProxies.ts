/** nginx and haproxy in front of an API, as their manuals set them up, on free ports for as long as the scope lives. */
import { Effect, Exit, Schedule, type Scope } from "effect"
import { spawn, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort } from "../faults/PostgresPlace.ts"

/** Seconds for which the proxies keep an idle connection to the API: more than by default, as some set it. */
export const proxyKeepAlive = 75

const path = { PATH: "/usr/sbin:/usr/local/sbin:/usr/bin:/bin" }
const isInstalled = (program: string, flag: string) => spawnSync(program, [flag], { env: path }).status === 0
export const installed = { nginx: isInstalled("nginx", "-v"), haproxy: isInstalled("haproxy", "-v") }

type Name = keyof typeof installed
export interface StartedProxy {
  readonly name: Name
  readonly port: number
}

/** Those of the two that are installed. */
export const startProxies = (api: URL) =>
  Effect.forEach(
    (["nginx", "haproxy"] as const).filter((name) => installed[name]),
    (name) => start(name, (place) => configurations[name]({ ...place, api: Number(api.port) }))
  )

/** HAProxy as docker-compose.gateway.yml starts it, in front of these APIs. `hurried`: it checks them more often. */
export const startGateway = (
  apis: ReadonlyArray<number>,
  port: number,
  { hurried = false }: { readonly hurried?: boolean } = {}
) =>
  start("haproxy", () => {
    const text = readFileSync("deploy/compose/haproxy.cfg", "utf8").replace("bind :8000", `bind 127.0.0.1:${port}`)
      .replace(/resolvers docker\n(?: .*\n)*/, "")
      .replace(
        / *server-template (\w+) \S+ \S+ (.*)resolvers docker init-addr none/g,
        (_, name: string, options: string) =>
          apis.map((api) => `  server ${name}${api} 127.0.0.1:${api} ${options}`).join("\n")
      )
    return hurried ? text.replace("timeout check 5s", "timeout check 200ms").replace("inter 1s", "inter 20ms") : text
  }, port)

const start = Effect.fnUntraced(function*(name: Name, configure: (place: Place) => string, chosen?: number) {
  const port = chosen ?? (yield* freePort)
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), `accessa-${name}-`))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  )
  const file = join(folder, "config")
  writeFileSync(file, configure({ folder, port }))
  const args = name === "nginx" ? ["-p", folder, "-c", file] : ["-f", file]
  yield* Effect.acquireRelease(
    Effect.sync(() => spawn(name, args, { env: path, stdio: ["ignore", "ignore", "inherit"] })),
    (child) =>
      Effect.callback<void>((resume) => {
        if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
        child.once("exit", () => resume(Effect.void))
        child.kill("SIGTERM")
      })
  )
  yield* listening(port)
  const started: StartedProxy = { name, port }
  return started
}) satisfies (
  name: Name,
  configure: (place: Place) => string,
  chosen?: number
) => Effect.Effect<StartedProxy, unknown, Scope.Scope>

const listening = (port: number) =>
  Effect.callback<void, Error>((resume) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy()
      resume(Exit.void)
    })
    socket.on("error", (error) => resume(Exit.fail(error)))
  }).pipe(Effect.retry(Schedule.spaced("20 millis").pipe(Schedule.upTo({ duration: "10 seconds" }))))

interface Place {
  readonly folder: string
  readonly port: number
}

const configurations: Readonly<Record<Name, (place: Place & { readonly api: number }) => string>> = {
  nginx: ({ api, folder, port }) => `
daemon off;
pid ${folder}/pid;
error_log stderr crit;
events { worker_connections 1024; }
http {
  access_log off;
  client_max_body_size 600m;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  upstream api { server 127.0.0.1:${api}; keepalive 64; keepalive_timeout ${proxyKeepAlive}s; }
  server {
    listen 127.0.0.1:${port};
    keepalive_requests 100000;
    location / {
      proxy_pass http://api;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
  }
}
`,
  haproxy: ({ api, port }) => `
defaults
  mode http
  retries 0
  timeout connect 5s
  timeout client ${proxyKeepAlive}s
  timeout server ${proxyKeepAlive}s
  option forwardfor
  http-reuse always
frontend clients
  bind 127.0.0.1:${port}
  default_backend api
backend api
  server api 127.0.0.1:${api} pool-purge-delay ${proxyKeepAlive}s
`
}
