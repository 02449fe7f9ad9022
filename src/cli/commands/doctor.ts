/** `accessa doctor`: checks what must be in place and how to fix it. Unknown counts as failed. */
import { Effect } from "effect"
import { Command } from "effect/cli"
import type { ReadinessCheck } from "../../api/health.ts"
import { Client } from "../client/Client.ts"
import { askMock, isLocal, mockFlags } from "../client/MockServers.ts"
import { failure } from "../CommandFailure.ts"
import { Output } from "../terminal/Output.ts"
import { printable } from "../terminal/printable.ts"

export interface Finding {
  readonly name: string
  readonly ok: boolean
  readonly expected: string
  readonly actual: string
  /** Empty if there is nothing to do. */
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
  })).pipe(Command.withDescription("Check that everything needed to process documents works; exits with 1 if not"))

const unwell = (bad: number, all: number) =>
  failure(
    "failed",
    "CHECKS_FAILED",
    `${bad} of ${all} checks failed.`,
    "Follow the fix under each failed check, then run `accessa doctor` again."
  )

const expectations: Readonly<Record<ReadinessCheck["name"], { readonly expected: string; readonly todo: string }>> = {
  database: {
    expected: "the database responds and has this release's schema",
    todo: "Start Postgres, check DATABASE_URL, and run `pnpm migrate`."
  },
  storage: {
    expected: "the object storage can write and read files",
    todo: "Check STORAGE and its settings, and that the disk or bucket is writable."
  },
  worker: {
    expected: "a recent heartbeat from a worker",
    todo: "Start a worker with `pnpm start` or `pnpm worker`; until then uploads wait."
  },
  intake: {
    expected: "recent uploads could be stored",
    todo: "Check the API's log for the cause, often a full disk. The check passes again after the next "
      + "successful upload."
  },
  monitor: {
    expected: "a monitor that judges the alert rules",
    todo: "Start one with `pnpm start` or `pnpm monitor`; until then no alert reaches a person."
  },
  providers: {
    expected: "no provider rejects our key, account or storage",
    todo: "Follow the advice in the message. The provider is tried again within minutes, or at once after "
      + "`accessa providers reset`."
  }
}

const apiFindings = Effect.gen(function*() {
  const { api, failureOf, url } = yield* Client
  const expected = "the API responds and is ready"
  return yield* api.health.ready().pipe(
    Effect.catchTag("NotReady", (notReady) => Effect.succeed(notReady)),
    Effect.map(({ checks }): ReadonlyArray<Finding> => [
      { name: "api", ok: true, expected, actual: `answers at ${url.origin}`, todo: "" },
      ...checks.map(readiness),
      // a check that was not made counts as failed
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

/** For operators only: other users may neither see nor fix this. */
const storageFindings = Effect.gen(function*() {
  const { api } = yield* Client
  let documents = 0
  const missing: Array<string> = []
  let cursor: string | null | undefined
  while (cursor !== null) {
    const page = yield* api.storage.check({ query: cursor === undefined ? {} : { cursor } })
    documents += page.documents
    missing.push(...page.missing.map(({ document_id, path }) => `${path} of document ${document_id}`))
    cursor = page.nextCursor
  }
  const finding: Finding = {
    name: "files",
    ok: missing.length === 0,
    expected: "the storage has every file that documents refer to",
    actual: missing.length === 0
      ? `the files of ${documents} documents are there`
      : `${missing.length} are missing: ${missing.slice(0, 3).join(", ")}${missing.length > 3 ? ", …" : ""}`,
    todo: missing.length === 0
      ? ""
      : "Restore them from a backup of the storage, or delete these documents and upload them again."
  }
  return [finding]
}).pipe(
  Effect.catchTags({
    Forbidden: () => Effect.succeed([]),
    Unauthenticated: () => Effect.succeed([])
  }),
  // Other problems with the API are reported above.
  Effect.catch(() => Effect.succeed([]))
)

const unknownWorker: ReadinessCheck = {
  name: "worker",
  ok: false,
  detail: "the API does not report whether a worker is running"
}

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
