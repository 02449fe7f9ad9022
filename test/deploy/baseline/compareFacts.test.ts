import { assert, describe, it } from "@effect/vitest"
import { Option } from "effect"
import type { Facts } from "../../../src/deploy/baseline/Baseline.ts"
import { compareFacts, unfitAsBaseline } from "../../../src/deploy/baseline/compareFacts.ts"
import { stageNames } from "../../../src/deploy/baseline/stages.ts"
import { overall } from "../../../src/deploy/CheckResult.ts"
import { anOutcome, someFacts, someRounds, withOutcome } from "../../support/builders/someFacts.ts"

const without = <A>(record: Readonly<Record<string, A>>, name: string) =>
  Object.fromEntries(Object.entries(record).filter(([each]) => each !== name))

interface Misconfiguration {
  readonly what: string
  readonly now: Facts
  /** The checks that fail, and no other. */
  readonly fails: ReadonlyArray<string>
  /** What the first of them says. */
  readonly says: string
}

const misconfigurations: ReadonlyArray<Misconfiguration> = [
  {
    what: "another chunker",
    now: withOutcome({ chunker: "markdown-simple@1", chunks: 5, chunksSha256: "eeee", contentSha256: "ffff" }),
    fails: ["documents, chunker", "documents, chunks", "documents, receipts"],
    says: "guide.md: markdown-simple@1, was markdown-structure@1"
  },
  {
    what: "another model",
    now: withOutcome({ embedModel: "text-embedding-ada-002" }),
    fails: ["documents, embedding model"],
    says: "guide.md: text-embedding-ada-002, version 1, was text-embedding-3-small, version 1"
  },
  {
    what: "other dimensions",
    now: withOutcome({ dimensions: 512 }),
    fails: ["documents, dimensions"],
    says: "guide.md: 512 dimensions, was 1536 dimensions"
  },
  {
    what: "chunk ids by another rule",
    now: withOutcome({ idsFollowRule: false }),
    fails: ["documents, chunks"],
    says: "ids do not follow the rule"
  },
  {
    what: "a missing index",
    now: { ...someFacts, objects: without(someFacts.objects, "index idx_upload_jobs_correlation") },
    fails: ["database, schema"],
    says: "index idx_upload_jobs_correlation is missing"
  },
  {
    what: "a changed policy",
    now: { ...someFacts, objects: { ...someFacts.objects, "policy own ON upload_jobs": "other" } },
    fails: ["database, schema"],
    says: "policy own ON upload_jobs differs"
  },
  {
    what: "a new trigger on a table",
    now: { ...someFacts, objects: { ...someFacts.objects, "trigger lose_one ON upload_jobs": "6" } },
    fails: ["database, schema"],
    says: "trigger lose_one ON upload_jobs is new"
  },
  {
    what: "a missing migration",
    now: { ...someFacts, migration: 18, objects: without(someFacts.objects, "column upload_jobs.status") },
    fails: ["database, migrations", "database, schema"],
    says: "migration 18: 1 missing"
  },
  {
    what: "a database without pgvector",
    now: { ...someFacts, pgvector: "" },
    fails: ["database, server"],
    says: "without pgvector"
  },
  {
    what: "a changed route",
    now: { ...someFacts, routes: { ...someFacts.routes, "GET /api/v1/jobs": "other" } },
    fails: ["api, contract"],
    says: "GET /api/v1/jobs differs"
  },
  {
    what: "a missing route",
    now: { ...someFacts, routes: without(someFacts.routes, "POST /api/v1/documents") },
    fails: ["api, contract"],
    says: "POST /api/v1/documents is missing"
  },
  {
    what: "a variable that the release has renamed",
    now: { ...someFacts, settings: { ...without(someFacts.settings, "OPENAI_API_KEY"), OPENAI_API_KEYS: "secret" } },
    fails: ["configuration, names"],
    says: "OPENAI_API_KEY is no longer a setting; OPENAI_API_KEYS is new"
  },
  {
    what: "a variable that the environment has renamed",
    now: {
      ...someFacts,
      settings: { ...someFacts.settings, OPENAI_API_KEY: "unset" },
      nearMisses: [{ name: "OPENAI_APIKEY", meant: "OPENAI_API_KEY" }]
    },
    fails: ["configuration, names", "configuration, shapes"],
    says: "OPENAI_APIKEY is set, but the setting is OPENAI_API_KEY"
  },
  {
    what: "an address that leads elsewhere",
    now: { ...someFacts, settings: { ...someFacts.settings, OPENAI_API_URL: "public address" } },
    fails: ["configuration, shapes"],
    says: "OPENAI_API_URL was address on this machine, is public address"
  },
  {
    what: "a stage that takes three times as long",
    now: { ...someFacts, rounds: someRounds({ embed: 3 }) },
    fails: ["times, embed"],
    says: "slower by more than the noise"
  },
  {
    what: "a worker of another version",
    now: { ...someFacts, workers: [...someFacts.workers, { version: "0.0.9", state: "running" }] },
    fails: ["workers, version"],
    says: "1 of 2 running workers: release 0.0.9"
  },
  {
    what: "another Node.js",
    now: { ...someFacts, node: "v22.0.0" },
    fails: ["api, node"],
    says: "v22.0.0"
  },
  {
    what: "a document that fails",
    now: withOutcome({ ...anOutcome, status: "failed_parse", reason: "PARSE_AUTH: The parser refuses the key." }),
    fails: ["documents, completion"],
    says: "guide.md is failed_parse: PARSE_AUTH: The parser refuses the key."
  },
  {
    what: "vectors bought twice",
    now: { ...someFacts, rounds: someRounds().map((round) => ({ ...round, tokens: 2 * round.tokens })) },
    fails: ["documents, purchases"],
    says: "2286 tokens"
  }
]

describe("the comparison with a baseline", () => {
  it("passes if nothing has changed", () => {
    const results = compareFacts(someFacts, someFacts)
    assert.deepStrictEqual(results.filter(({ verdict }) => verdict !== "pass"), [])
    assert.isAtLeast(results.length, 20)
  })

  for (const { fails, now, says, what } of misconfigurations) {
    it(`names ${what}`, () => {
      const results = compareFacts(someFacts, now)
      const failed = results.filter(({ verdict }) => verdict === "fail")
      assert.deepStrictEqual(failed.map(({ check, group }) => `${group}, ${check}`), fails)
      assert.include(failed[0]?.found, says)
      assert.isTrue(failed.every(({ repair }) => Option.isSome(repair)), "what to do is said")
      assert.strictEqual(overall(results), "fail")
    })
  }

  it("names a missing worker, and judges neither documents nor times without one", () => {
    const silent = [{ version: someFacts.version, state: "silent" }]
    const results = compareFacts(someFacts, { ...someFacts, workers: silent, documents: [], rounds: [] })
    const worker = results.find(({ group }) => group === "workers")
    assert.include(worker, { verdict: "fail", found: "no worker is running" })
    for (const { group, verdict } of results) {
      if (group === "documents" || group === "times") assert.strictEqual(verdict, "inconclusive")
    }
  })

  it("is inconclusive without traffic", () => {
    const results = compareFacts(someFacts, { ...someFacts, documents: [], rounds: [] })
    assert.strictEqual(overall(results), "inconclusive")
    const doubtful = results.filter(({ verdict }) => verdict === "inconclusive")
    assert.deepStrictEqual([...new Set(doubtful.map(({ group }) => group))], ["documents", "times"])
    assert.isTrue(doubtful.every(({ repair }) => Option.isSome(repair)))
  })

  it("is inconclusive about times with too few rounds, and still judges the documents", () => {
    const results = compareFacts(someFacts, { ...someFacts, rounds: someRounds({}, 4) })
    const doubtful = results.filter(({ verdict }) => verdict !== "pass")
    assert.deepStrictEqual(doubtful.map(({ check }) => check), [...stageNames])
  })

  it("is inconclusive about a document that was not sent", () => {
    const results = compareFacts(someFacts, { ...someFacts, documents: someFacts.documents.slice(1) })
    assert.include(results.find(({ check }) => check === "chunks"), {
      verdict: "inconclusive",
      found: "as recorded, but only for 1 of 2 documents"
    })
  })

  it("is inconclusive about texts that another parser returned", () => {
    const now = withOutcome({ parsedSha256: "other", contentSha256: "other", chunksSha256: "other" })
    const results = compareFacts(someFacts, {
      ...now,
      environment: "production",
      settings: { ...now.settings, LLAMAPARSE_API_URL: "public address" }
    })
    const doubtful = results.filter(({ verdict }) => verdict !== "pass").map(({ check, verdict }) => [check, verdict])
    assert.deepStrictEqual(doubtful, [
      ["parsed text", "inconclusive"],
      ["chunks", "inconclusive"],
      ["receipts", "inconclusive"]
    ])
  })

  it("lets settings differ between environments, and names what differs", () => {
    const settings = { ...someFacts.settings, OPENAI_API_URL: "public address" as const }
    const results = compareFacts(someFacts, { ...someFacts, environment: "production", settings })
    const shapes = results.find(({ check }) => check === "shapes")
    assert.strictEqual(shapes?.verdict, "pass")
    assert.deepStrictEqual(shapes?.evidence, ["OPENAI_API_URL was address on this machine, is public address"])
  })
})

describe("facts become a baseline", () => {
  it("only if they pass a comparison with themselves", () => {
    assert.deepStrictEqual(unfitAsBaseline(someFacts), { faults: [], doubts: [] })
    assert.include(unfitAsBaseline({ ...someFacts, workers: [] }).faults, "workers, version: no worker is running")
  })

  it("only if each document became the same in every round", () => {
    const documents = [{ name: "guide.md", sha256: "1111", outcomes: [anOutcome, { ...anOutcome, chunks: 8 }] }]
    assert.deepStrictEqual(unfitAsBaseline({ ...someFacts, documents }).faults, [
      "documents: guide.md did not have the same result in each round"
    ])
  })

  it("with a doubt about each time that is too noisy or rests on too few samples", () => {
    const { doubts, faults } = unfitAsBaseline({ ...someFacts, rounds: someRounds({}, 3) })
    assert.deepStrictEqual(faults, [])
    assert.lengthOf(doubts, stageNames.length)
  })
})
