/** `accessa doctor`: what must be there, what is there, and what to do where they differ. Unknown is not good. */
import { Effect } from "effect"
import { Command } from "effect/cli"
import type { ReadinessCheck } from "../../api/Readiness.ts"
import { Client } from "../Client.ts"
import { failure } from "../Failure.ts"
import { askMock, isLocal, mockFlags } from "../MockServers.ts"
import { Output } from "../terminal/Output.ts"
import { printable } from "../terminal/printable.ts"

export interface Finding {
  readonly name: string
  readonly ok: boolean
  readonly expected: string
  readonly actual: string
  /** Empty where nothing is to be done. */
  readonly todo: string
}

export const doctor = Command.make("doctor", mockFlags, (mocks) =>
  Effect.gen(function*() {
    const output = yield* Output
    const { url } = yield* Client
    const local = isLocal(url)
    const findings = [
      ...(yield* apiFindings),
      ...(yield* storageFindings),
      ...(local && isLocal(mocks.llamaparse) ? [yield* mockFinding("llamaparse", mocks.llamaparse)] : []),
      ...(local && isLocal(mocks.openai) ? [yield* mockFinding("openai", mocks.openai)] : [])
    ]
    const bad = findings.filter((finding) => !finding.ok)
    yield* output.record({ ok: bad.length === 0, url: url.href, checks: findings })
    for (const finding of findings) {
      const { dim, green, red } = output.style
      yield* output.print(
        `${finding.ok ? green("✓") : red("✗")} ${finding.name.padEnd(16)} ${printable(finding.actual)}`
      )
      if (finding.ok) continue
      yield* output.print(`  ${dim("expected")}  ${finding.expected}`)
      yield* output.print(`  ${dim("do")}        ${finding.todo}`)
    }
    if (bad.length > 0) return yield* unwell(bad.length, findings.length)
  })).pipe(Command.withDescription("Check that everything a document needs is there; exits with 1 if not"))

const unwell = (bad: number, all: number) =>
  failure("failed", "CHECKS_FAILED", `${bad} of ${all} checks failed.`, "Do what stands below each, and look again.")

const expectations: Readonly<Record<ReadinessCheck["name"], { readonly expected: string; readonly todo: string }>> = {
  database: {
    expected: "the database answers, with this release's schema",
    todo: "Start Postgres, see that DATABASE_URL names it, and run `pnpm migrate`."
  },
  storage: {
    expected: "the object storage takes and gives files",
    todo: "Check STORAGE and its settings, and that the disk or bucket can be written."
  },
  worker: {
    expected: "a worker's heartbeat, not older than its lease",
    todo: "Start one with `pnpm start` or `pnpm worker`: without it uploads wait."
  },
  intake: {
    expected: "no upload was refused a moment ago",
    todo: "Look at the API's log for what failed: often a full disk. Once an upload is taken, this is well again."
  },
  providers: {
    expected: "no provider refuses our key, our account or our storage",
    todo: "Do what the sentence says; it is looked at again within a minute, or at once by `accessa providers reset`."
  }
}

const apiFindings = Effect.gen(function*() {
  const { api, failureOf, url } = yield* Client
  const expected = "an API that answers and is ready"
  return yield* api.health.ready().pipe(
    Effect.catchTag("NotReady", (notReady) => Effect.succeed(notReady)),
    Effect.map(({ checks }): ReadonlyArray<Finding> => [
      { name: "api", ok: true, expected, actual: `answers at ${url.origin}`, todo: "" },
      ...checks.map(readiness),
      // a check that was not made is not passed
      ...(checks.some((check) => check.name === "worker") ? [] : [readiness(unknownWorker)])
    ]),
    Effect.catch((error) =>
      Effect.map(
        failureOf(error),
        (found) => [{ name: "api", ok: false, expected, actual: found.what, todo: found.todo }]
      )
    )
  )
})

/** An operator's: nobody else is told, and nobody else can do anything about it. */
const storageFindings = Effect.gen(function*() {
  const { api } = yield* Client
  let documents = 0
  const missing: Array<string> = []
  let cursor: string | null | undefined
  while (cursor !== null) {
    const page = yield* api.storage.check({ query: cursor === undefined ? {} : { cursor } })
    documents += page.documents
    missing.push(...page.missing.map(({ document_id, path }) => `${path} of document ${document_id}`))
    cursor = page.next_cursor
  }
  const finding: Finding = {
    name: "files",
    ok: missing.length === 0,
    expected: "the storage has every file that a document names",
    actual: missing.length === 0
      ? `those of ${documents} documents are there`
      : `${missing.length} are missing: ${missing.slice(0, 3).join(", ")}${missing.length > 3 ? ", …" : ""}`,
    todo: missing.length === 0
      ? ""
      : "Restore them from a backup of the storage, or delete these documents and send them again."
  }
  return [finding]
}).pipe(
  Effect.catchTags({
    Forbidden: () => Effect.succeed([]),
    Unauthenticated: () => Effect.succeed([])
  }),
  // Whatever else is wrong with the API is said above.
  Effect.catch(() => Effect.succeed([]))
)

const unknownWorker: ReadinessCheck = { name: "worker", ok: false, detail: "the API does not say whether one lives" }

const readiness = ({ detail, name, ok }: ReadinessCheck): Finding => ({
  name,
  ok,
  expected: expectations[name].expected,
  actual: detail,
  todo: ok ? "" : expectations[name].todo
})

const mockFinding = (name: string, url: URL) =>
  askMock(name, url, "GET", "/mock/state").pipe(
    Effect.match({
      onSuccess: () => ({ ok: true, actual: `answers at ${url.origin}`, todo: "" }),
      onFailure: (found) => ({ ok: false, actual: found.what, todo: found.todo })
    }),
    Effect.map((finding): Finding => ({ name: `${name} mock`, expected: "the mock answers", ...finding }))
  )
