/** `docs/validation.md`, from the table of the checks. */
import { groups } from "../../src/deploy/validate/Check.ts"
import { checks } from "../../src/deploy/validate/checks.ts"
import { generatedBy } from "./generatedBy.ts"

export const validationPage = (): string =>
  [
    "# Validating an environment",
    generatedBy("src/deploy/validate/checks.ts"),
    "`accessa deploy validate FILE` checks a running environment against its file: `config/local.yaml`, `config/docker.yaml` "
    + "(docker-compose.yml on this machine), `config/staging.yaml` or `config/production.yaml`. It needs an admin's key and takes less than a minute. It sends one document "
    + "through the pipeline and deletes it, announces an upload that is never completed, and buys a few tokens.",
    [
      "```sh",
      "pnpm accessa deploy validate config/local.yaml",
      "pnpm accessa deploy validate config/docker.yaml --from worker",
      "ACCESSA_API_KEY=… pnpm accessa deploy validate config/production.yaml --release 4be91c2",
      "pnpm accessa deploy validate config/production.yaml --from worker",
      "pnpm accessa deploy validate config/production.yaml --only security --json",
      "```"
    ].join("\n"),
    "It exits with 0 if every check passes, with 1 if one fails, with 6 if none fails but one is inconclusive, and with 2 if the file is "
    + "wrong. Nothing passes without an answer: if a part does not answer in time, checks that need it are inconclusive, and checks of "
    + "the answer itself fail.",
    "## Who checks what",
    "The command itself checks what callers see, from a laptop or CI: addresses, certificate, routes, headers, origins, signed "
    + "addresses. The deployed processes report what they see with their own keys and network: database, storage, providers, settings. The API "
    + "reports in its response; a worker reports through a row in the table `inspections`, so it needs no open port. If no worker takes the row, "
    + "a separate check fails. Reports contain hosts and kinds of values, never values.",
    "By default the API's report is checked, and the worker's where it sees less. `--from worker` checks the worker's report instead.",
    "## The file",
    "src/deploy/validate/Expectations.ts explains each field. An unknown key, a wrong value or a misspelled "
    + "setting is refused with its line and the nearest known name. Secrets appear only as names of variables: a value that looks like a "
    + "secret is refused. `api.url` is used unless `--url` or `ACCESSA_URL` names a host other than this machine.",
    "The canary is the smallest document of `config/baseline-documents`. Its receipt is compared with that of the recorded "
    + "[baseline](baseline.md); without one, the check `receipt` is inconclusive.",
    "## How the checks are tested",
    "For each check, test/deploy/validate has a case in which only that check fails. `pnpm validate:test` starts a production-like stack "
    + "(Postgres with TLS behind pgbouncer with TLS, a storage with access control, the API behind a TLS proxy, two workers, a monitor), which "
    + "must pass within a minute unless the machine is busy. Then it applies each of test/validate/misconfigurations.ts, which must fail only its own check. It needs "
    + "PostgreSQL's programs (`PG_BIN`), pgbouncer and openssl, and takes about ten minutes.",
    "## The checks",
    ...groups.map((group) =>
      [
        `### ${group}`,
        "",
        "| check | proves | if it fails |",
        "|---|---|---|",
        ...checks[group].map(({ check, proves, repair }) => `| \`${check}\` | ${proves} | ${repair} |`)
      ].join("\n")
    )
  ].join("\n\n") + "\n"
