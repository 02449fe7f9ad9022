/** `docs/authorization.md`: every route with every role, from the table that the middleware decides by. */
import { Role } from "../../src/domain/Principal.ts"
import { access, mayCall, onBehalf } from "../../src/policy/access.ts"
import { rates } from "../../src/policy/rates.ts"
import { generatedBy } from "./generatedBy.ts"
import { routes } from "./routes.ts"

export const authorization = (): string =>
  [
    "# Who may do what",
    generatedBy("src/policy/access.ts and src/policy/rates.ts"),
    "A request shows a credential as `Authorization: Bearer …`: an API key (`acc_…`), or a token of Supabase, whose `sub` is the "
    + "user and whose `app_metadata.accessa_role` the role (`user` if it is absent). Of tokens the signature, end, audience and "
    + "`role` (`authenticated`) are checked, the issuer where SUPABASE_URL or SUPABASE_JWT_ISSUER names it, and anonymous sign-ins "
    + "are refused unless SUPABASE_ALLOW_ANONYMOUS is true. A key that replaces another ends when that one would have. Each role may what the ones before it may. "
    + "Whatever belongs to another user is 404, as if it were not there. Without a credential that works the answer is 401, with "
    + "too low a role 403.",
    [
      `| route | ${Role.literals.join(" | ")} |`,
      `|---|${Role.literals.map(() => "---|").join("")}`,
      ...routes.map(({ method, name, path }) => {
        const cells = Role.literals.map((role) => mayCall(name, role) ? "✓" : "–")
        return `| \`${method} ${path}\` | ${
          access[name] === "open" ? Role.literals.map(() => "open").join(" | ") : cells.join(" | ")
        } |`
      })
    ].join("\n"),
    `Of ${
      routes.filter(({ name }) => onBehalf.has(name)).map(({ method, path }) => `\`${method} ${path}\``).join(", ")
    } an operator `
    + "may name another user by the query `user_id`, with the header `X-Reason`; the audit log keeps who did what for whom, and why. "
    + "On the command line: `accessa jobs … --user ID --reason TEXT`.",
    "`/`, `/docs` and `/openapi.json` are open too: they show nothing of any user. The parser's callbacks are open to whoever "
    + "signs them with the job's own secret; the content of an announced upload to whoever has the address that was answered, for "
    + "that document, that user, so many bytes and five minutes.",
    "## How often",
    "In each process, by user; above it the answer is 429 with `Retry-After`, before anything of the request is read. Every "
    + "answer says what is left in `RateLimit` and `RateLimit-Policy`. [limits.md](limits.md) names the settings, and what else is limited.",
    [
      "| requests | at once, and in each minute |",
      "|---|---|",
      `| uploads | ${rates.upload.limit} |`,
      `| searches | ${rates.search.limit} |`,
      `| quotes | ${rates.quote.limit} |`,
      `| all others | ${rates.other.limit} |`,
      `| wrong credentials, by address (of IPv6 a /64), and by the key that was tried | ${rates.refused.limit} |`
    ].join("\n"),
    "A credential is looked at before its sender is: however many wrong ones come from an address, a right one opens. Behind "
    + "proxies name them in TRUSTED_PROXIES, or all callers have one address. The log line of a request has it as "
    + "`client_address`, its span as `client.address`; an entry of the audit log leads there by its correlation id."
  ].join("\n\n") + "\n"
