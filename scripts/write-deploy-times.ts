/** Writes docs/deploy-times.md from runs: `pnpm -s deploy:test >times.jsonl; node scripts/write-deploy-times.ts times.jsonl`. */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { DateTime, Effect, FileSystem, Schema } from "effect"
import { argv } from "node:process"
import { Played } from "../test/deploys/play.ts"

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Played))

const page = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const cases = new Map<string, Played>()
  for (const file of argv.slice(2)) {
    const lines = (yield* fs.readFileString(file)).split("\n").filter((line) => line.startsWith("{"))
    for (const played of yield* Effect.forEach(lines, (line) => decode(line))) cases.set(played.id, played)
  }
  const all = [...cases.values()].sort((a, b) => a.id.localeCompare(b.id, "en", { numeric: true }))
  yield* fs.writeFileString(
    "docs/deploy-times.md",
    [
      "# Good and broken releases",
      "",
      "What `pnpm deploy:test` observed: releases that [`accessa deploy run`](deploying.md) brought to a stack of real processes (an API, a monitor, two "
      + "workers and a canary worker on their own PostgreSQL, with the mock providers) while documents were uploaded. The platform is Docker "
      + "Compose's adapter over a stand-in for `docker` that runs processes of this checkout. A good release has to be promoted; a broken one has to be rolled "
      + "back by the command alone, verified within five minutes of the step that caught it. No upload may be lost, and no job may be left. Each "
      + "share and the watch last one minute. Written by `scripts/write-deploy-times.ts`; do not edit.",
      "",
      "Uploads are repeated under the same `Idempotency-Key` if the API does not answer or is at a limit: Compose stops the old API before it starts the "
      + "new one. `in all` is the time of the whole command.",
      "",
      `Run on ${DateTime.formatIsoDate(yield* DateTime.now)}.`,
      "",
      "| case | release | outcome | caught by | rolled back and verified after | in all | uploads | repeated | lost | jobs left | |",
      "|---|---|---|---|---|---|---|---|---|---|---|",
      ...all.map((one) =>
        `| ${
          [
            one.id,
            one.kills === 0 ? one.title : `${one.title}, ${one.kills} times`,
            one.outcome.replaceAll("_", " "),
            one.by,
            one.rollbackSeconds === null ? "" : `${one.rollbackSeconds} s`,
            `${one.seconds} s`,
            String(one.sent),
            String(one.repeated),
            String(one.lost),
            String(one.stuck),
            one.ok ? "ok" : "**failed**"
          ].map(cell).join(" | ")
        } |`
      ),
      ""
    ].join("\n")
  )
})

const cell = (text: string): string =>
  text.replaceAll("|", "\\|").replaceAll("\n", " ").replaceAll(/[0-9a-f-]{36}/g, "…")

page.pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
