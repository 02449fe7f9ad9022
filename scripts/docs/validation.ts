/** `docs/validation.md`, from the table of the checks. */
import { groups } from "../../src/deploy/validate/Check.ts"
import { checks } from "../../src/deploy/validate/checks.ts"
import { generatedBy } from "./generatedBy.ts"

export const validationPage = (): string =>
  [
    "# Validating an environment",
    generatedBy("src/deploy/validate/checks.ts"),
    "`accessa deploy validate FILE` checks that a running environment is what its file says: `config/local.yaml`, `config/docker.yaml` "
    + "(docker-compose.yml on this machine), `config/staging.yaml` or `config/production.yaml`. It needs an admin's key, takes less than a minute, and changes nothing that stays: it sends one document "
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
    + "wrong. What could not be seen is never a pass: a part that does not answer within its time leaves the checks that need it "
    + "inconclusive, with a sentence, or fails them if its answer is what they prove.",
    "## From where",
    "What a caller sees (addresses, certificate, routes, headers, origins, signed addresses) is tried from where the command runs: a laptop "
    + "or CI. What a process sees (database, storage, providers, settings) is reported by the deployed processes themselves, with their own "
    + "keys and their own network: the API when it is asked, and a worker through a row in the table `inspections`. The API inserts the row "
    + "and notifies; one worker takes it, looks, and writes its report into it. Workers need no open port and no address for this, which on "
    + "most platforms they do not have, and a worker that takes no row fails a check of its own. Reports name hosts and the kinds of values, "
    + "never a value.",
    "By default the API's view is judged, and the worker's wherever it sees less. `--from worker` judges the worker's view instead.",
    "## The file",
    "The file names what is expected; src/deploy/validate/Expectations.ts explains each field. An unknown key, a wrong value or a misspelled "
    + "setting is refused with its line and the nearest known name. Secrets are named by their variables only: a value that looks like a "
    + "secret is refused. `api.url` is used unless `--url` or `ACCESSA_URL` names another host than this machine.",
    "The canary is the smallest document of `config/baseline-documents`. Its receipt is compared with that of the recorded "
    + "[baseline](baseline.md); without one, the check `receipt` is inconclusive.",
    "## How the checks are tested",
    "Each check has a case in test/deploy/validate in which it fails, and no other does. `pnpm validate:test` starts a production-like stack "
    + "(Postgres with TLS behind pgbouncer with TLS, a storage with access control, the API behind a TLS proxy, two workers, a monitor), which "
    + "must pass within a minute unless the machine is busy, and breaks it in the ways of test/validate/misconfigurations.ts, each of which must fail its own check alone. It needs "
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
