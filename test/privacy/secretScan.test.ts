/** The secret scan of `pnpm check`: it finds planted keys. */
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { execPath } from "node:process"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../", import.meta.url))
const letters = (count: number) =>
  randomBytes(count * 2).toString("base64").replaceAll(/[^A-Za-z0-9]/g, "").slice(0, count)

const scan = (args: ReadonlyArray<string>, stdin = ""): Effect.Effect<{ code: number | null; said: string }> =>
  Effect.callback((resume) => {
    const child = spawn(execPath, ["node_modules/secretlint/bin/secretlint.js", "--no-color", ...args], { cwd: root })
    let said = ""
    child.stdout.on("data", (part) => said += part)
    child.stderr.on("data", (part) => said += part)
    child.on("close", (code) => resume(Effect.succeed({ code, said })))
    child.stdin.end(stdin)
  })

// Assembled at run time, so that this file itself passes the scan.
const planted: ReadonlyArray<readonly [what: string, secret: string]> = [
  ["an OpenAI key", ["sk", "proj", `${letters(74)}T3BlbkFJ${letters(74)}`].join("-")],
  ["a LlamaCloud key", ["llx", letters(48)].join("-")],
  ["a Supabase key", ["eyJhbGciOiJIUzI1NiJ9", `eyJ${letters(60)}`, letters(43)].join(".")],
  ["a database's URL", ["postgres", `//app:${letters(20)}@db.acme-insurance.com:5432/main`].join(":")]
]

it.live.each(planted)("finds %s, and does not print it", ([, secret]) =>
  Effect.gen(function*() {
    const { code, said } = yield* scan(["--stdinFileName=settings.ts"], `const planted = \`${secret}\`\n`)
    assert.strictEqual(code, 1, said)
    assert.notInclude(said, secret.slice(-30))
  }))
