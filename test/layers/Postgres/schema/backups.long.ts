/** The commands of docs/databases.md, with an owner that is no superuser, as most managed databases have it. */
import { assert, it } from "@effect/vitest"
import { Config, Effect, Option } from "effect"
import { spawnSync } from "node:child_process"
import { randomUUID } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { cwd, execPath } from "node:process"

const server = Option.getOrUndefined(Effect.runSync(Config.option(Config.String("DATABASE_URL"))))
const programs = ["psql", "pg_dump", "pg_restore"].filter((name) => spawnSync(name, ["--version"]).status !== 0)
const missing = server === undefined ? ["DATABASE_URL is not set"] : programs.map((name) => `${name} is missing`)

const [backUp = "", restore = ""] = readFileSync("docs/databases.md", "utf8").split("## Backups")[1]
  ?.split("## TLS")[0]?.split("```sh\n").slice(1).map((block) => block.split("```")[0] ?? "") ?? []

const id = randomUUID().slice(0, 8)
const names = { owner: `backup_owner_${id}`, database: `accessa_${id}`, scratch: `scratch_${id}`, first: `first_${id}` }

const urlOf = (database: string, user?: string): string => {
  const url = new URL(server ?? "postgres://none")
  url.pathname = database
  if (user !== undefined) [url.username, url.password] = [user, "backup"]
  return url.href.replace(/\/$/, "")
}

/** Stops at the first command that fails. */
const shell = (commands: string, folder: string): string => {
  const preamble = `set -e
    pnpm() { (cd ${cwd()}; ACCESSA_ENV=local ${execPath} src/bin/migrate.ts); }
    accessa() { :; }
    OWNER_URL='${urlOf(names.first, names.owner)}' SERVER='${urlOf("", names.owner)}' SUPERUSER='${urlOf("")}'
    super() { psql -qXAt -v ON_ERROR_STOP=1 "$@"; }
  `
  const { status, stderr, stdout } = spawnSync("bash", ["-c", preamble + commands], { cwd: folder, encoding: "utf8" })
  assert.strictEqual(status, 0, `${commands}\n${stderr}\n${stdout.slice(-2_000)}`)
  return stdout
}

const user = "11111111-1111-4111-8111-111111111111"
const rows = "SELECT user_id FROM claim_turns; SELECT count(*) FROM migration_files; SELECT action FROM audit_log"

it.skipIf(missing.length > 0)(
  `a backup is made and restored by an ordinary owner${missing.map((why) => `: ${why}`).join("")}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), "accessa-backup-"))
    try {
      shell(
        `super '${urlOf("postgres")}' <<'END'
        CREATE ROLE ${names.owner} LOGIN CREATEDB CREATEROLE PASSWORD 'backup';
        CREATE DATABASE ${names.first} OWNER ${names.owner};
        SELECT format('GRANT %I TO ${names.owner}', rolname) FROM pg_roles
        WHERE rolname IN ('accessa_service', 'accessa_user', 'accessa_publisher', 'accessa_reader') \\gexec
END
      super '${urlOf(names.first)}' -c 'CREATE EXTENSION vector'
      DATABASE_URL="$OWNER_URL" pnpm migrate
      super '${urlOf(names.first)}' -c "INSERT INTO claim_turns (user_id, claimed_at) VALUES ('${user}', now())"`,
        folder
      )
      assert.include(shell(backUp, folder), " t\n")
      shell(restore.replaceAll("accessa\"", `${names.database}"`).replaceAll("scratch", names.scratch), folder)

      const [before, after] = [names.first, names.database].map((name) =>
        shell(`super '${urlOf(name)}' -c "${rows}"`, folder)
      )
      assert.include(before, user)
      assert.strictEqual(after, before)
    } finally {
      shell(
        `super '${
          urlOf("postgres")
        }' -c "DROP DATABASE IF EXISTS ${names.database}" -c "DROP DATABASE IF EXISTS ${names.scratch}" \\
        -c "DROP DATABASE IF EXISTS ${names.first}" -c "DROP ROLE IF EXISTS ${names.owner}"`,
        folder
      )
      rmSync(folder, { recursive: true })
    }
  }
)
