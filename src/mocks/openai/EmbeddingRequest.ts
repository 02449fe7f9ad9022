/** The body of `POST /v1/embeddings`, and every reason to refuse one. */
import { Effect, Schema, SchemaIssue } from "effect"
import { decode } from "gpt-tokenizer/encoding/cl100k_base"
import { findModel, type Model } from "./Model.ts"
import { countTokens, type Piece, piecesOf } from "./Pieces.ts"
import { invalid, Refusal } from "./Refusal.ts"

const Body = Schema.Struct({
  input: Schema.Union([
    Schema.String,
    Schema.Array(Schema.String),
    Schema.Array(Schema.Int),
    Schema.Array(Schema.Array(Schema.Int))
  ]),
  model: Schema.String,
  encoding_format: Schema.optionalKey(Schema.Literals(["float", "base64"])),
  dimensions: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
  user: Schema.optionalKey(Schema.String)
})

export interface Input {
  readonly text: string
  readonly pieces: ReadonlyArray<Piece>
  readonly tokens: number
}

export interface EmbeddingRequest {
  readonly inputs: ReadonlyArray<Input>
  readonly model: Model
  readonly dimensions: number
  readonly format: "float" | "base64"
  readonly tokens: number
}

const mostInputs = 2_048
const mostTokensOfInput = 8_192
const mostTokens = 300_000
/** cl100k's vocabulary without its special tokens. */
const vocabulary = 100_256

const reference = "Please check the API reference: https://platform.openai.com/docs/api-reference."
const invalidInput = () => invalid(`'$.input' is invalid. ${reference}`, "input")

const format = SchemaIssue.makeFormatterStandardSchemaV1()

const refuseBody = (error: Schema.SchemaError): Refusal => {
  const [issue] = format(error.issue).issues
  const [part] = issue?.path ?? []
  const field = String(typeof part === "object" ? part.key : part ?? "")
  if (field === "input") return invalidInput()
  if (field === "model") return invalid("you must provide a model parameter")
  if (field in Body.fields) return invalid(`Invalid value for '${field}'. ${reference}`, field)
  return field === ""
    ? invalid("We could not parse the JSON body of your request.")
    : invalid(`Unrecognized request argument supplied: ${field}`)
}

const ofText = (text: string): Input => {
  const pieces = piecesOf(text)
  return { text, pieces, tokens: countTokens(pieces) }
}

const ofTokens = (tokens: ReadonlyArray<number>): Input => {
  const text = decode(tokens)
  return { text, pieces: piecesOf(text), tokens: tokens.length }
}

const isTexts = (input: ReadonlyArray<unknown>): input is ReadonlyArray<string> => typeof input[0] === "string"
const isTokens = (input: ReadonlyArray<unknown>): input is ReadonlyArray<number> => typeof input[0] === "number"

const areKnown = (tokens: ReadonlyArray<number>): boolean =>
  tokens.length > 0 && tokens.every((token) => token >= 0 && token < vocabulary)

/** Undefined for what the vendor rejects: no input, too many inputs, an empty text, an unknown token. */
const readInputs = (input: typeof Body.Type["input"]): ReadonlyArray<Input> | undefined => {
  if (typeof input === "string") return input === "" ? undefined : [ofText(input)]
  if (input.length === 0) return undefined
  if (isTokens(input)) return areKnown(input) ? [ofTokens(input)] : undefined
  if (input.length > mostInputs) return undefined
  if (isTexts(input)) return input.includes("") ? undefined : input.map(ofText)
  return input.every(areKnown) ? input.map(ofTokens) : undefined
}

export const readEmbeddingRequest = Effect.fnUntraced(function*(body: unknown) {
  const request = yield* Schema.decodeUnknownEffect(Body)(body, { onExcessProperty: "error" }).pipe(
    Effect.mapError(refuseBody)
  )
  const model = findModel(request.model)
  if (model === undefined) {
    return yield* new Refusal({
      status: 404,
      type: "invalid_request_error",
      code: "model_not_found",
      param: null,
      message: `The model \`${request.model}\` does not exist or you do not have access to it.`
    })
  }
  const dimensions = request.dimensions ?? model.width
  if (request.dimensions !== undefined && (!model.shortens || dimensions > model.width)) {
    return yield* invalid(
      model.shortens
        ? `Invalid value for 'dimensions' = ${dimensions}. Must be less than or equal to ${model.width}.`
        : "This model does not support specifying dimensions.",
      "dimensions"
    )
  }
  const inputs = readInputs(request.input)
  if (inputs === undefined) return yield* invalidInput()
  const tooLong = inputs.findIndex((input) => input.tokens > mostTokensOfInput)
  if (tooLong !== -1) {
    return yield* invalid(`Invalid 'input[${tooLong}]': maximum input length is ${mostTokensOfInput} tokens.`, "input")
  }
  const tokens = inputs.reduce((sum, input) => sum + input.tokens, 0)
  if (tokens > mostTokens) {
    return yield* new Refusal({
      status: 400,
      type: "max_tokens_per_request",
      code: "max_tokens_per_request",
      param: null,
      message: `Requested ${tokens} tokens, max ${mostTokens} tokens per request`
    })
  }
  return { inputs, model, dimensions, format: request.encoding_format ?? "float", tokens } satisfies EmbeddingRequest
})
