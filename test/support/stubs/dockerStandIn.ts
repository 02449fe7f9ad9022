/**
 * Stands for `docker` in tests: what it would run is in containers.json of its folder. An image `broken…` exits. The API's new
 * containers start beside the old ones.
 */
import { randomUUID } from "node:crypto"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { argv, env, exit, stderr, stdout } from "node:process"

interface Container {
  readonly ID: string
  readonly Service: string
  readonly Image: string
  readonly State: string
  readonly Health: string
  readonly ExitCode: number
  /** Its variables: all that .env has. */
  readonly Env: ReadonlyArray<string>
}

const services = ["api-server", "base-worker"]
const file = "containers.json"

const settings = (existsSync(".env") ? readFileSync(".env", "utf8") : "").split("\n").filter((line) =>
  line.includes("=") && !line.startsWith("ACCESSA_TAG=")
)

const made = (service: string, tag: string, health: string): Container => {
  const broken = tag.startsWith("broken")
  return {
    ID: randomUUID(),
    Service: service,
    Image: `accessa-ingestion:${tag}`,
    State: broken ? "restarting" : "running",
    Health: broken ? "" : health,
    ExitCode: broken ? 1 : 0,
    Env: settings
  }
}

const containers: ReadonlyArray<Container> = existsSync(file)
  ? JSON.parse(readFileSync(file, "utf8"))
  : services.map((service) => made(service, "v1", "healthy"))
const keep = (all: ReadonlyArray<Container>) => writeFileSync(file, JSON.stringify(all))

const [, , group, command, ...args] = argv
const service = args.at(-1) ?? ""
if (group === "compose" && command === "config") {
  const environment = Object.fromEntries(settings.map((line) => line.replaceAll("$", "$$$$").split("=", 2)))
  stdout.write(JSON.stringify({
    services: {
      "api-server": { environment, deploy: { update_config: { order: "start-first" } } },
      "base-worker": { environment }
    }
  }))
} else if (group === "compose" && command === "ps") {
  stdout.write(
    containers.filter((each) => each.Service === service).map((each) => `${JSON.stringify(each)}\n`).join("")
  )
  // Healthy by the next look.
  keep(
    containers.map((each) =>
      each.Service === service && each.Health === "starting" ? { ...each, Health: "healthy" } : each
    )
  )
} else if (group === "compose" && command === "up" && services.includes(service)) {
  const tag = env["ACCESSA_TAG"] ?? "local"
  const own = containers.filter((each) => each.Service === service)
  const scale = /--scale [^ ]+=(\d+)/.exec(args.join(" "))?.[1]
  const count = scale === undefined ? Math.max(1, own.length) : Number(scale)
  const isKept = (each: Container | undefined) =>
    each !== undefined
    && (args.includes("--no-recreate") || (each.Image.endsWith(`:${tag}`) && String(each.Env) === String(settings)))
  keep([
    ...containers.filter((each) => each.Service !== service),
    ...Array.from({ length: count }, (_, index) => {
      const present = own[index]
      return present !== undefined && isKept(present) ? present : made(service, tag, "starting")
    })
  ])
} else if (group === "inspect") {
  for (const { Env, ID } of containers) if (argv.includes(ID)) stdout.write(`${JSON.stringify(Env)}\n`)
} else if (group === "rm") {
  keep(containers.filter(({ ID }) => !argv.includes(ID)))
} else if (group === "logs") {
  stdout.write(`${JSON.stringify({ message: "OPENAI_API_KEY is not set." })}\n`)
} else if (group !== "stop") {
  stderr.write(`unknown command: ${argv.slice(2).join(" ")}\n`)
  exit(125)
}
