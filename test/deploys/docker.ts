/**
 * Stands for `docker` on this machine: `docker compose` over processes. A container is a process of ours under a supervisor that
 * starts it again when it ends; an image is this checkout with what stack.json of the folder says of its tag.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import process, { argv, env, execPath, exit, kill, stderr, stdout } from "node:process"
import { fileURLToPath } from "node:url"
import type { Service, Stack } from "./Stack.ts"

interface Container {
  readonly service: string
  readonly number: number
  readonly tag: string
  readonly supervisor: number
  readonly since: number
}

/** What the supervisor knows of its process. */
interface Life {
  readonly pid: number
  readonly restarts: number
  readonly exitCode: number
  readonly startedAt: number
}

const stack: Stack = JSON.parse(readFileSync("stack.json", "utf8"))
const folder = "containers"
mkdirSync(folder, { recursive: true })

const serviceOf = (name: string): Service => {
  const service = stack.services[name]
  if (service === undefined) throw new Error(`no such service: ${name}`)
  return service
}
const isAlive = (pid: number): boolean => {
  try {
    return kill(pid, 0)
  } catch {
    return false
  }
}
/** Between two looks at a process of another parent, which sends no event. */
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const fileOf = (service: string, number: number, of: "container" | "life") => `${folder}/${service}.${number}.${of}`
const read = <A>(file: string): A | undefined => existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined

const containersOf = (service: string): ReadonlyArray<Container> =>
  readdirSync(folder).filter((file) => file.startsWith(`${service}.`) && file.endsWith(".container")).flatMap((file) =>
    read<Container>(`${folder}/${file}`) ?? []
  ).toSorted((a, b) => a.number - b.number)

const dotEnv = (): Record<string, string> =>
  Object.fromEntries(
    (existsSync(".env") ? readFileSync(".env", "utf8") : "").split("\n").flatMap((line) => {
      const at = line.indexOf("=")
      return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)]]
    })
  )

const portOf = (service: string, number: number) => (serviceOf(service).ports[number] ?? 0)

const start = (service: string, number: number, tag: string) => {
  const log = openSync(`logs/${service}.${number}.log`, "a")
  const supervisor = spawn(execPath, [fileURLToPath(import.meta.url), "supervise", service, String(number), tag], {
    detached: true,
    stdio: ["ignore", log, log]
  })
  supervisor.unref()
  const container: Container = { service, number, tag, supervisor: supervisor.pid ?? 0, since: Date.now() }
  rmSync(fileOf(service, number, "life"), { force: true })
  writeFileSync(fileOf(service, number, "container"), JSON.stringify(container))
}

const stop = async ({ number, service, supervisor }: Container) => {
  if (isAlive(supervisor)) kill(supervisor, "SIGTERM")
  const patience = Date.now() + 30_000
  while (isAlive(supervisor) && Date.now() < patience) await pause(50)
  if (isAlive(supervisor)) kill(-supervisor, "SIGKILL")
  rmSync(fileOf(service, number, "container"), { force: true })
}

const supervise = (service: string, number: number, tag: string) => {
  const { program, portName, env: ofService } = serviceOf(service)
  const release = stack.releases[tag] ?? {}
  const applies = release.only === undefined || release.only.includes(service)
  const { ACCESSA_TAG: _, DEPLOY_RECORD: __, ...settings } = dotEnv()
  const variables = {
    ...stack.env,
    ...ofService,
    ...settings,
    [portName]: String(portOf(service, number)),
    ACCESSA_VERSION: `0.1.0+${tag}`,
    ...(applies ? release.env : {})
  }
  const command = applies && release.command !== undefined ? release.command : [`src/bin/${program}.ts`]
  let restarts = 0
  let stopping = false
  let running: ChildProcess | undefined
  const run = () => {
    const child = spawn(execPath, command, { cwd: stack.root, env: variables, stdio: "inherit" })
    const tell = (exitCode: number) =>
      writeFileSync(
        fileOf(service, number, "life"),
        JSON.stringify({ pid: child.pid ?? 0, restarts, exitCode, startedAt: Date.now() } satisfies Life)
      )
    tell(0)
    running = child
    child.once("exit", (code) => {
      if (stopping) exit(0)
      restarts++
      tell(code ?? 137)
      // As the real engine: later after each death.
      setTimeout(run, Math.min(1_000 * restarts, 5_000))
    })
  }
  process.on("SIGTERM", () => {
    stopping = true
    // Between two starts there is nothing to stop.
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) exit(0)
    running.kill("SIGTERM")
  })
  run()
}

const describe = async ({ number, service, since, supervisor, tag }: Container) => {
  const life = read<Life>(fileOf(service, number, "life"))
  const runs = life !== undefined && isAlive(life.pid)
  const applies = stack.releases[tag]
  const isChecked = applies?.command === undefined || !(applies.only ?? [service]).includes(service)
  const answers = runs && await fetch(`http://127.0.0.1:${portOf(service, number)}/health`, {
    signal: AbortSignal.timeout(2_000)
  }).then(({ ok }) => ok, () => false)
  return {
    ID: `${service}-${number}`,
    Service: service,
    Image: `accessa-ingestion:${tag}`,
    State: !isAlive(supervisor) ? "exited" : life !== undefined && !runs ? "restarting" : "running",
    Health: !isChecked ? "" : answers ? "healthy" : Date.now() - since < 60_000 ? "starting" : "unhealthy",
    ExitCode: life?.exitCode ?? 0
  }
}

const up = async (service: string, args: ReadonlyArray<string>) => {
  const tag = env["ACCESSA_TAG"] ?? dotEnv()["ACCESSA_TAG"] ?? "local"
  const present = containersOf(service)
  const asked = /--scale [^ ]+=(\d+)/.exec(args.join(" "))?.[1]
  const count = asked === undefined ? Math.max(1, present.length) : Number(asked)
  // As Docker, which recreates a container whose image or environment has changed.
  const { ACCESSA_TAG: _, DEPLOY_RECORD: __, ...settings } = dotEnv()
  const made = JSON.stringify([tag, settings])
  const madeFile = `${folder}/${service}.made`
  const changed = !args.includes("--no-recreate") && read<string>(madeFile) !== made
  for (const container of present) if (changed || container.number >= count) await stop(container)
  const kept = new Set(containersOf(service).map(({ number }) => number))
  for (let number = 0; number < count; number++) if (!kept.has(number)) start(service, number, tag)
  if (changed) writeFileSync(madeFile, JSON.stringify(made))
}

const [, , group, verb, ...args] = argv
const service = args.at(-1) ?? ""
if (group === "supervise" && verb !== undefined) supervise(verb, Number(args[0]), args[1] ?? "")
else if (group === "compose" && verb === "config") {
  stdout.write(JSON.stringify({ services: Object.fromEntries(Object.keys(stack.services).map((name) => [name, {}])) }))
} else if (group === "compose" && verb === "ps") {
  for (const each of containersOf(service)) stdout.write(`${JSON.stringify(await describe(each))}\n`)
} else if (group === "compose" && verb === "up") await up(service, args)
else if (group === "compose" && verb === "down") {
  for (const name of Object.keys(stack.services)) for (const each of containersOf(name)) await stop(each)
} else if (group === "inspect") {
  for (const _ of args.slice(1)) stdout.write("[]\n")
} else if (group === "logs") {
  const log = readFileSync(`logs/${service.replace(/-(\d+)$/, ".$1")}.log`, "utf8").trim()
  stdout.write(log.slice(log.lastIndexOf("\n") + 1))
} else {
  stderr.write(`unknown command: ${argv.slice(2).join(" ")}\n`)
  exit(125)
}
