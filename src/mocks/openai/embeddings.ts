/** `POST /v1/embeddings`: parses the request, applies rate limits and the scenario, charges, and replies. */
import { Clock, Duration, Effect } from "effect"
import type { HttpServerRequest, HttpServerResponse } from "effect/http"
import { fitsPattern } from "../../domain/fitsPattern.ts"
import { chance } from "../chance.ts"
import type { OpenAIStep } from "../scenarios/Scenario.ts"
import type { Account } from "./Account.ts"
import { type EmbeddingRequest, readEmbeddingRequest } from "./EmbeddingRequest.ts"
import type { Shortage } from "./RateLimit.ts"
import { invalid, Refusal, refusalOf } from "./Refusal.ts"
import { reply } from "./reply.ts"

const seed = 20_261

/** Temporary faults, so that a run with a failure rate still succeeds. */
const passing: ReadonlyArray<NonNullable<OpenAIStep["reply"]>> = [
  { status: 500 },
  { status: 503 },
  { status: 429, code: "rate_limit_exceeded", retry_after: Duration.seconds(1) }
]

const passingFault = (failureRate: number, call: number): Refusal | undefined => {
  if (chance(seed, call) >= failureRate) return undefined
  const row = passing[Math.floor(chance(seed + 1, call) * passing.length)]
  return row === undefined ? undefined : refusalOf(row)
}

const limited = ({ left, limit, of, waitMs }: Shortage, { model, tokens }: EmbeddingRequest): Refusal => {
  const [unit, requested] = of === "tokens" ? ["tokens per min (TPM)", tokens] : ["requests per min (RPM)", 1]
  return new Refusal({
    status: 429,
    type: of,
    code: "rate_limit_exceeded",
    param: null,
    message: `Rate limit reached for ${model.id} in organization org-mock on ${unit}: Limit ${limit}, Used ${
      limit - left
    }, Requested ${requested}. Please try again in ${
      waitMs / 1_000
    }s. Visit https://platform.openai.com/account/rate-limits to learn more.`,
    retryAfterMs: waitMs
  })
}

const takeStep = (account: Account, { inputs }: EmbeddingRequest): OpenAIStep | undefined =>
  account.script.take(({ match, on }) =>
    on === "embeddings" && (match === undefined || inputs.some(({ text }) => fitsPattern(match.text, text)))
  )

const slowest = Duration.seconds(2)

export const embeddings = Effect.fnUntraced(function*(
  account: Account,
  request: HttpServerRequest.HttpServerRequest
): Effect.fn.Return<HttpServerResponse.HttpServerResponse, Refusal> {
  const body = yield* request.json.pipe(
    Effect.mapError(() => invalid("We could not parse the JSON body of your request."))
  )
  const asked = yield* readEmbeddingRequest(body)
  const step = takeStep(account, asked)
  const { garbage, reply: told } = step ?? {}
  const wait = step?.delay ?? account.knobs.delay
  if (garbage !== "slow" && Duration.isPositive(wait)) yield* Effect.sleep(wait)
  const fault = told === undefined ? passingFault(account.knobs.failureRate, account.nextEmbedding()) : refusalOf(told)
  if (fault !== undefined) return yield* fault
  const shortage = account.rateLimit?.take(asked.tokens, yield* Clock.currentTimeMillis)
  if (shortage !== undefined) return yield* limited(shortage, asked)
  account.bill(asked)
  return reply(asked, account.vectors, garbage, step?.delay ?? slowest)
})
