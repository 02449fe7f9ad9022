/** The parser and the embedding provider, with the service's own keys. */
import { Result } from "effect"
import type { Inspection } from "../../../domain/Inspection.ts"
import { type Check, fail, faultless, given, inconclusive, pass } from "../Check.ts"
import type { Facts } from "../Facts.ts"
import { addressOf, inspectionOf, outOfReach, partOf } from "../sight.ts"

const addressFaults = (inspection: Inspection, name: string): ReadonlyArray<string> => {
  const address = addressOf(inspection, name)
  if (address === undefined) return []
  const { certificate, host } = address
  return [
    ...outOfReach(address),
    ...(certificate !== null && !certificate.trusted
      ? [`the certificate of ${host} is not trusted: ${certificate.said}`]
      : [])
  ]
}

/** A provider that cannot be reached says nothing about its key. */
const answered = (facts: Facts, name: string) =>
  Result.flatMap(inspectionOf(facts), (inspection) => {
    const [fault] = addressFaults(inspection, name)
    return fault === undefined ? Result.succeed(inspection) : Result.fail(fault)
  })

const key = (
  check: string,
  name: "parser" | "embeddings",
  part: "parser" | "embedder",
  proves: string,
  repair: string
): Check => ({
  check,
  proves,
  repair,
  needs: ["ofApi", "ofWorker"],
  judge: (facts) => {
    const expected = "the provider accepts our calls"
    return given(expected, answered(facts, name), (inspection) => {
      const { fault } = inspection[part]
      return fault === null ? pass(expected, "it does") : fail(expected, fault)
    })
  }
})

interface Rate {
  readonly limit: number
  readonly remaining: number
}

const rateFaults = (what: string, rate: Rate | null, least: number | null, percent: number): ReadonlyArray<string> => {
  if (rate === null) return []
  const left = Math.floor(rate.remaining / rate.limit * 100)
  return [
    ...(least === null || rate.limit >= least ? [] : [`${rate.limit} ${what} per minute`]),
    ...(left >= percent ? [] : [`${left} % of the ${what} are left`])
  ]
}

export const externalServices: ReadonlyArray<Check> = [
  {
    check: "reach",
    proves: "The providers' addresses answer, with certificates that this process trusts.",
    repair:
      "Correct LLAMAPARSE_API_URL or OPENAI_API_URL, the network's rules for outgoing calls, or the trusted authorities.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts) => {
      const expected = "parser and embedding provider answer"
      return given(
        expected,
        inspectionOf(facts),
        (inspection) =>
          faultless(expected, "they do", ["parser", "embeddings"].flatMap((name) => addressFaults(inspection, name)))
      )
    }
  },
  key(
    "parser_key",
    "parser",
    "parser",
    "The parser accepts our key, and takes a document.",
    "Set LLAMAPARSE_API_KEY of this process to a valid key of the provider's region, and see to the account's credits."
  ),
  key(
    "embeddings_key",
    "embeddings",
    "embedder",
    "The embedding provider accepts our key, and returns a vector.",
    "Set OPENAI_API_KEY of this process to a valid key, and see to the account's billing."
  ),
  {
    check: "model",
    proves: "Vectors are of the expected model, version and dimensions.",
    repair: "Correct EMBED_MODEL and EMBED_VERSION of this process.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts, { embeddings }) => {
      const expected = `${embeddings.model}, version ${embeddings.version}, ${embeddings.dimensions} dimensions`
      return given(
        expected,
        partOf(facts, ({ embedder }) => embedder),
        ({ dimensions, model, version }) =>
          faultless(expected, "they are", [
            ...(model === embeddings.model ? [] : [`the model is ${model}`]),
            ...(version === embeddings.version ? [] : [`the version is ${version}`]),
            ...(dimensions === embeddings.dimensions ? [] : [`${dimensions} dimensions`])
          ])
      )
    }
  },
  {
    check: "parser_kind",
    proves: "Documents are parsed by the expected parser.",
    repair: "Correct PARSER of this process.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts, { parser }) =>
      given(
        parser.kind,
        partOf(facts, (inspection) => inspection.parser),
        ({ kind }) => kind === parser.kind ? pass(parser.kind, kind) : fail(parser.kind, kind)
      )
  },
  {
    check: "quota",
    proves: "The embedding provider's limits are as high as expected, and enough of them is left.",
    repair: "Ask the provider for a higher limit, or find out what else uses the account.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts, { embeddings: { headroomPercent, requestsPerMinute, tokensPerMinute } }) => {
      const isBounded = requestsPerMinute !== null || tokensPerMinute !== null
      const expected = isBounded
        ? `${requestsPerMinute ?? "any"} requests and ${
          tokensPerMinute ?? "any"
        } tokens per minute, ${headroomPercent} % of them left`
        : "no limit is expected"
      return given(expected, partOf(facts, ({ embedder }) => embedder), ({ requests, tokens }) => {
        const isUnknown = (requestsPerMinute !== null && requests === null) ||
          (tokensPerMinute !== null && tokens === null)
        if (isUnknown) return inconclusive(expected, "the provider's answer states no limit")
        return faultless(expected, isBounded ? "they are" : "none is", [
          ...rateFaults("requests", requests, requestsPerMinute, headroomPercent),
          ...rateFaults("tokens", tokens, tokensPerMinute, headroomPercent)
        ])
      })
    }
  }
]
