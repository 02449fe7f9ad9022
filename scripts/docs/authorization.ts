/** `docs/authorization.md`: every route with every role, from the table that the middleware uses. */
import { Duration } from "effect"
import { signingKeysKept } from "../../layers/TokenVerifier/Jose.ts"
import { routes } from "../../src/api/Api.ts"
import { mayCall } from "../../src/api/routes.ts"
import { Role } from "../../src/domain/Principal.ts"
import { rates } from "../../src/policy/rates.ts"
import { generatedBy } from "./generatedBy.ts"

export const authorization = (): string =>
  [
    "# Authorization",
    generatedBy("the contract in src/api and src/policy/rates.ts"),
    "A request carries a credential as `Authorization: Bearer …`: an API key (`acc_…`) or a Supabase token. A token's `sub` is the "
    + "user id, and its `app_metadata.accessa_role` is the role (`user` if absent). Tokens are checked for signature, expiry, audience and "
    + "`role` (`authenticated`), and for the issuer if SUPABASE_URL or SUPABASE_JWT_ISSUER names one. Anonymous sign-ins are refused "
    + "unless SUPABASE_ALLOW_ANONYMOUS is true. A rotated key keeps its predecessor's expiry.",
    `The API caches the keys published at SUPABASE_JWKS_URL for ${
      Duration.toMinutes(signingKeysKept)
    } minutes, and fetches a new key when the first token names it. `
    + "A withdrawn key is therefore accepted for up to that long after the URL has stopped serving it; restart the API to refuse it at once. "
    + "If the URL is unreachable when the cache expires, requests with tokens signed by these keys get 503 `AUTH_UNAVAILABLE` until it "
    + "answers, because a key might have been withdrawn. API keys and tokens signed with SUPABASE_JWT_SECRET do not depend on it.",
    "Each role includes the rights of the ones to its left. A resource of another user returns 404, as if it did not exist. A missing or "
    + "invalid credential returns 401, an insufficient role 403.",
    [
      `| route | ${Role.literals.join(" | ")} |`,
      `|---|${Role.literals.map(() => "---|").join("")}`,
      ...routes.map(({ method, path, role: needed }) => {
        const cells = Role.literals.map((role) => mayCall(needed, role) ? "✓" : "–")
        return `| \`${method} ${path}\` | ${
          needed === "open" ? Role.literals.map(() => "open").join(" | ") : cells.join(" | ")
        } |`
      })
    ].join("\n"),
    `On ${
      routes.filter(({ onBehalf }) => onBehalf).map(({ method, path }) => `\`${method} ${path}\``).join(", ")
    } an operator `
    + "may act for another user with the query parameter `user_id` and the header `X-Reason`; the audit log records who did what for whom, and why. "
    + "On the command line: `accessa jobs … --user ID --reason TEXT`.",
    "`/`, `/docs` and `/openapi.json` are open too; they contain no user data. The open callback route accepts only requests signed with "
    + "the job's own secret. The open upload route accepts only signed addresses, which are valid for one document of one user, at most "
    + "the announced size, and five minutes.",
    "## Rate limits",
    "Counted per user in each process. Above the limit the API answers 429 with `Retry-After` before it reads the request. Every answer "
    + "to a caller who may use the route states the remaining quota in `RateLimit` and `RateLimit-Policy`. [limits.md](limits.md) names the settings and the other limits.",
    [
      "| requests | per minute |",
      "|---|---|",
      `| uploads | ${rates.upload.limit} |`,
      `| searches | ${rates.search.limit} |`,
      `| quotes | ${rates.quote.limit} |`,
      `| all others | ${rates.other.limit} |`,
      `| invalid credentials, per address (IPv6: per /64) and per key tried | ${rates.refused.limit} |`
    ].join("\n"),
    "A valid credential is accepted even from an address that has reached the limit for invalid ones. Behind proxies, set "
    + "TRUSTED_PROXIES; otherwise all callers share the proxy's address. The client address is `client_address` in the request's log line "
    + "and `client.address` in its span; audit log entries lead there by their correlation id."
  ].join("\n\n") + "\n"
