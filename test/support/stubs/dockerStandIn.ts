/** Stands for `docker compose` in tests: what it would run is in containers.json of its folder. An image `broken…` exits. */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { argv, env, exit, stderr, stdout } from "node:process"

interface Container {
  readonly Service: string
  readonly Image: string
  readonly State: string
  readonly Health: string
  readonly ExitCode: number
}

const services = ["api-server", "base-worker"]
const file = "containers.json"

const made = (service: string, tag: string, health: string): Container => {
  const broken = tag.startsWith("broken")
  return {
    Service: service,
    Image: `accessa-ingestion:${tag}`,
    State: broken ? "restarting" : "running",
    Health: broken ? "" : health,
    ExitCode: broken ? 1 : 0
  }
}

const containers: ReadonlyArray<Container> = existsSync(file)
  ? JSON.parse(readFileSync(file, "utf8"))
  : services.map((service) => made(service, "v1", "healthy"))
const keep = (all: ReadonlyArray<Container>) => writeFileSync(file, JSON.stringify(all))

const [, , group, command, ...args] = argv
const service = args.at(-1) ?? ""
if (group === "compose" && command === "config") {
  stdout.write(`${services.join("\n")}\n`)
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
    each !== undefined && (args.includes("--no-recreate") || each.Image.endsWith(`:${tag}`))
  keep([
    ...containers.filter((each) => each.Service !== service),
    ...Array.from({ length: count }, (_, index) => {
      const present = own[index]
      return present !== undefined && isKept(present) ? present : made(service, tag, "starting")
    })
  ])
} else {
  stderr.write(`unknown command: ${argv.slice(2).join(" ")}\n`)
  exit(125)
}
