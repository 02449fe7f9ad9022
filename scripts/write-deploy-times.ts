/** Writes docs/deploy-times.md from runs: `pnpm -s deploy:test >times.jsonl; node scripts/write-deploy-times.ts times.jsonl`. */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Effect, FileSystem, Schema } from "effect"
import { argv } from "node:process"
import { Played } from "../test/deploys/play.ts"

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Played))

const page = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const cases = new Map<string, Played>()
  for (const file of argv.slice(2)) {
    const lines = (yield* fs.readFileString(file)).split("\n").filter((line) => line.startsWith("{"))
    for (const played of yield* Effect.forEach(lines, (line) => decode(line))) {
      cases.set(`${played.id} ${played.engine ?? false}`, played)
    }
  }
  const all = [...cases.values()].sort((a, b) => a.id.localeCompare(b.id, "en", { numeric: true }))
  yield* fs.writeFileString(
    "docs/deploy-times.md",
    [
      "# Good and broken releases",
      "",
      "Results of `pnpm deploy:test`: [`accessa deploy run`](deploying.md) deploys releases to a stack while documents are uploaded. A good "
      + "release must be promoted; a broken one must be rolled back automatically, and verified within five minutes of the step that caught "
      + "it. No upload may be lost, and no job may be left unfinished. Each share and the watch last one minute. Written by `scripts/write-deploy-times.ts`; do "
      + "not edit.",
      "",
      "`in all` is the time of the whole command. `repeated` counts uploads sent again with the same `Idempotency-Key` because the API did not "
      + "answer or was at a limit.",
      "",
      "## Docker engine",
      "",
      "The containers of `docker-compose.yml` and `docker-compose.gateway.yml`, with two workers, the canary worker and the mock providers. Each release is an "
      + "image of its own.",
      "",
      ...section(all.filter(({ engine }) => engine === true)),
      "",
      "## Processes",
      "",
      "An API, a monitor, two workers and a canary worker as processes on their own PostgreSQL, with the mock providers. The platform is Docker "
      + "Compose's adapter over a stand-in for `docker` that runs processes of this checkout. It stops the old API before it starts the new one.",
      "",
      ...section(all.filter(({ engine }) => engine !== true)),
      ""
    ].join("\n")
  )
})

/** The two kinds of stack, and their cases, need not have run on the same day. */
const section = (all: ReadonlyArray<Played>): ReadonlyArray<string> => {
  const days = all.map(({ on }) => on).sort()
  const [first, last] = [days[0], days.at(-1)]
  const run = first === undefined ? "Not run." : first === last ? `Run on ${first}.` : `Run on ${first} to ${last}.`
  return [run, "", ...table(all)]
}

const table = (all: ReadonlyArray<Played>): ReadonlyArray<string> => [
  "| case | release | outcome | caught by | rolled back and verified after | in all | uploads | repeated | lost | jobs left | |",
  "|---|---|---|---|---|---|---|---|---|---|---|",
  ...all.map((one) =>
    `| ${
      [
        one.id,
        one.kills === 0 ? one.title : `${one.title}, ${one.kills} times`,
        one.outcome.replaceAll("_", " "),
        one.refused === undefined ? one.by : `${one.by}. The other commands: ${one.refused}`,
        one.rollbackSeconds === null ? "" : `${one.rollbackSeconds} s`,
        `${one.seconds} s`,
        String(one.sent),
        String(one.repeated),
        String(one.lost),
        String(one.stuck),
        one.ok ? "ok" : "**failed**"
      ].map(cell).join(" | ")
    } |`
  )
]

const cell = (text: string): string =>
  text.replaceAll("|", "\\|").replaceAll("\n", " ").replaceAll(/[0-9a-f-]{36}/g, "…")

page.pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
