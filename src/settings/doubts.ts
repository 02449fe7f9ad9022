/** Settings that are valid one by one, and allowed together, but cannot be what was meant. */
import { Redacted } from "effect"
import type { Settings } from "./Settings.ts"
import { mockKey } from "./table/pipeline.ts"

type Judged = Pick<
  Settings["Service"],
  "defaultBudgetUsd" | "env" | "llamaparse" | "openai" | "parser" | "publicUrl" | "supabaseTokens"
>

const isHere = ({ hostname }: URL) => /^(?:localhost|127\.[\d.]+|\[::1\]|0\.0\.0\.0)$/.test(hostname)
const isMocks = (key: Redacted.Redacted) => Redacted.value(key) === Redacted.value(mockKey)
const isVendor = ({ hostname }: URL) => /\.(?:openai\.com|llamaindex\.ai)$/.test(hostname)

export const doubts = (
  { defaultBudgetUsd, env, llamaparse, openai, parser, publicUrl, supabaseTokens }: Judged
): ReadonlyArray<string> => [
  ...(parser === "llamaparse" && isMocks(llamaparse.apiKey) && isVendor(llamaparse.url)
    ? ["LLAMAPARSE_API_URL is the provider's, but LLAMAPARSE_API_KEY is not set: every parse will be refused"]
    : []),
  ...(isMocks(openai.apiKey) && isVendor(openai.url)
    ? ["OPENAI_API_URL is the provider's, but OPENAI_API_KEY is not set: every embedding will be refused"]
    : []),
  // On a laptop it cannot be otherwise, and workers poll.
  ...(env !== "local" && parser === "llamaparse" && isVendor(llamaparse.url) && isHere(publicUrl)
    ? [`PUBLIC_URL is ${publicUrl.origin}, which the parser cannot reach: no callback will come, and workers poll`]
    : []),
  // A staging stack may run on a laptop.
  ...(env === "production" && isHere(publicUrl)
    ? [
      `PUBLIC_URL is ${publicUrl.origin} although ACCESSA_ENV is ${env}: addresses for uploads and callbacks lead nowhere`
    ]
    : []),
  ...(supabaseTokens.allowAnonymous && defaultBudgetUsd === undefined
    ? ["SUPABASE_ALLOW_ANONYMOUS is true without DEFAULT_USER_BUDGET_USD: every new user may spend without limit"]
    : []),
  ...((supabaseTokens.secret ?? supabaseTokens.jwksUrl) !== undefined && supabaseTokens.issuer === undefined
    ? ["Supabase tokens are accepted from any issuer: set SUPABASE_JWT_ISSUER or SUPABASE_URL"]
    : [])
]
