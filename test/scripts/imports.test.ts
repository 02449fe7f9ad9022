import { assert, describe, it } from "@effect/vitest"
import manifest from "../../package.json" with { type: "json" }
import { brokenArrows, importsOf } from "../../scripts/imports/checkImports.ts"
import { rooms } from "../../scripts/imports/rooms.ts"

const refused: ReadonlyArray<readonly [file: string, specifier: string, said: string]> = [
  ["src/domain/Job.ts", "node:fs", "The domain is pure."],
  ["src/domain/Job.ts", "../policy/limits.ts", "The domain is pure."],
  ["src/domain/Job.ts", "effect/sql", "The domain is pure."],
  ["src/chunking/Atom.ts", "../../services/Chunker.ts", "Chunking a text is pure."],
  ["src/policy/limits.ts", "../../services/Jobs.ts", "Policy is data about the domain."],
  ["src/settings/table.ts", "../../layers/App/App.ts", "Settings are read here and used elsewhere"],
  ["services/Jobs.ts", "./ApiKeys.ts", "A type that two ports share goes to src/domain."],
  ["services/Jobs.ts", "../src/policy/limits.ts", "A port has no code"],
  ["src/api/Api.ts", "../http/jobs.ts", "Handlers go to src/http."],
  ["src/purchases/buyVectors.ts", "../stages/runStage.ts", "A purchase works through ports."],
  ["src/intake/receiveFile.ts", "../http/uploads.ts", "Handlers go to src/http."],
  ["src/stages/runStage.ts", "../../layers/Postgres/jobs/moveJobs.ts", "A stage works through ports."],
  ["src/stages/runStage.ts", "effect/sql", "A stage works through ports."],
  ["src/worker/Worker.ts", "../http/jobs.ts", "The worker works through ports and stages."],
  ["src/http/jobs.ts", "../stages/runStage.ts", "The API works through ports."],
  ["src/http/jobs.ts", "openai", "The API works through ports."],
  ["src/mocks/openai/reply.ts", "openai", "A mock stands for a vendor"],
  ["src/cli/accessa.ts", "../http/jobs.ts", "The CLI is a client of the API"],
  ["src/cli/accessa.ts", "../../services/Jobs.ts", "The CLI is a client of the API"],
  ["layers/Embedder/OpenAI.ts", "../../services/Jobs.ts", "An adapter knows its own port."],
  ["layers/Embedder/OpenAI.ts", "../Postgres/jobs/moveJobs.ts", "An adapter knows its own port."],
  ["layers/Embedder/OpenAI.ts", "../../src/stages/runStage.ts", "An adapter knows its own port."],
  ["layers/Embedder/OpenAI.ts", "parse5", "An adapter knows its own port."],
  ["layers/DocumentParser/Local.ts", "yaml", "An adapter knows its own port."],
  ["layers/shared/coalesce.ts", "../Postgres/jobs/moveJobs.ts", "What adapters share knows none of them."],
  ["migrations/0001_pipeline.ts", "../src/domain/Job.ts", "A migration never changes its meaning"],
  ["otel/traces.ts", "../src/worker/Worker.ts", "Telemetry knows nothing of what it watches."],
  ["src/worker/Worker.ts", "../../layers/App/App.ts", "The worker works through ports"],
  ["src/http/jobs.ts", "../process/listen.ts", "The API works through ports."],
  ["scripts/write-docs.ts", "../layers/App/App.ts", "Only src/process, src/bin, bench, test may import layers/App."],
  [
    "scripts/write-docs.ts",
    "../test/support/harness/runCli.ts",
    "Only scripts/write-alert-times.ts, scripts/write-deploy-times.ts, scripts/write-faults.ts may import test."
  ],
  [
    "bench/main.ts",
    "../test/support/harness/runCli.ts",
    "Only scripts/write-alert-times.ts, scripts/write-deploy-times.ts, scripts/write-faults.ts may import test."
  ],
  ["src/bin/api.ts", "../../scripts/docs/pages.ts", "Only test may import scripts."],
  ["src/loose.ts", "effect", "is in no room"]
]

describe("pnpm imports", () => {
  it.each(refused)("`pnpm imports` refuses that %s imports %s", (file, specifier, said) => {
    const [broken, ...others] = brokenArrows(file, `import { x } from "${specifier}"\n`)
    assert.include(broken?.message, said)
    assert.include(broken?.message, file)
    assert.isEmpty(others)
  })

  it.each([
    ["src/domain/hash.ts", "node:crypto"],
    ["src/domain/Job.ts", "./Ids.ts"],
    ["src/cli/accessa.ts", "../api/Api.ts"],
    ["src/mocks/openai/Pieces.ts", "gpt-tokenizer/encoding/cl100k_base"],
    ["layers/Postgres/jobs/moveJobs.ts", "../../../services/JobQueue.ts"],
    ["layers/Postgres/jobs/moveJobs.ts", "@effect/sql-pg/PgClient"],
    ["layers/App/Stores.ts", "../Postgres/jobs/JobQueue.ts"],
    ["src/bin/api.ts", "../../layers/App/App.ts"]
  ])("lets %s import %s", (file, specifier) => {
    assert.deepStrictEqual(brokenArrows(file, `import { x } from "${specifier}"\n`), [])
  })

  it("pnpm imports finds every kind of import", () => {
    const text = [
      `import "./a.ts"`,
      `import type { B } from "./b.ts"`,
      `import {\n  c,\n  d\n} from "./c.ts"`,
      `export { e } from "./e.ts"`,
      `const f = await import("./f.ts")`,
      `new Worker(new URL("./g.ts", import.meta.url))`,
      `const notOne = "from './h.ts'"`
    ].join("\n")
    assert.deepStrictEqual(importsOf(text).toSorted(), ["./a.ts", "./b.ts", "./c.ts", "./e.ts", "./f.ts", "./g.ts"])
  })

  it("the import table assigns every dependency to a room", () => {
    const owned = new Set(Object.values(rooms).flatMap(({ mayImport }) => mayImport))
    // Used by every room, by entry points alone, or by another package.
    const others = ["effect", "@effect/platform-node", "@opentelemetry/api"]
    const unowned = Object.keys(manifest.dependencies).filter((name) => !owned.has(name) && !others.includes(name))
    assert.deepStrictEqual(unowned, [])
  })
})
