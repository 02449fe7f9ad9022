/** The scripts' reader of .env.local against Node's, by which the same file is read for the commands in package.json. */
import { assert, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { env } from "node:process"
import { parseEnv } from "node:util"

const file = [
  "# a comment",
  "A=plain",
  "B=\"in quotes\" # and a comment",
  "C='sk-1#2'",
  "export D=exported",
  "  E = spaces around  ",
  "F=8200 # a comment",
  "G=first",
  "G=last",
  "H=https://a.example/b%23?c=d&e=f",
  "I=",
  "J=with \"quotes\" inside",
  "K=carriage return\r",
  "M='it\"s'",
  "not a setting",
  "L=no line break"
].join("\n")

it("the scripts read .env.local as Node does, and what the shell sets takes precedence", () => {
  const folder = mkdtempSync(`${tmpdir()}/env-`)
  try {
    writeFileSync(`${folder}/.env.local`, file)
    const names = Object.keys(parseEnv(file))
    const script = `. scripts/readEnvFile.sh; readEnvFile "$1"; for name in ${names.join(" ")}; do
      printf '%s\\0' "$name=\${!name}"; done`
    const read = (surroundings: Readonly<Record<string, string>>) =>
      execFileSync("bash", ["-euo", "pipefail", "-c", script, "bash", `${folder}/.env.local`], {
        env: { PATH: env["PATH"] ?? "", ...surroundings },
        encoding: "utf8",
        stdio: ["ignore", "pipe", "inherit"]
      }).split("\0").filter((entry) => entry !== "")
    assert.deepStrictEqual(read({}), Object.entries(parseEnv(file)).map(([name, value]) => `${name}=${value}`))
    assert.include(read({ G: "of the shell" }), "G=of the shell")
  } finally {
    rmSync(folder, { recursive: true })
  }
})
