/**
 * Adds to the API's description the headers and parameters that middleware reads and handlers never see. The routes come
 * from the same table that the middleware uses.
 */
import { Schema } from "effect"
import type { Route } from "./routes.ts"

const Operation = Schema.Struct({
  operationId: Schema.String,
  parameters: Schema.optionalKey(Schema.Array(Schema.Struct({ name: Schema.String })))
})
const isDescription = Schema.is(Schema.Struct({
  paths: Schema.Record(Schema.String, Schema.Record(Schema.String, Operation))
}))

const idempotencyKey = {
  name: "idempotency-key",
  in: "header",
  required: false,
  description: "Identifies the request: it is carried out once, and repetitions get the same answer for a day.",
  schema: { type: "string", minLength: 1, maxLength: 255, pattern: "^[\\x21-\\x7e]+$" }
}
const userId = {
  name: "user_id",
  in: "query",
  required: false,
  description: "The user an operator acts for, if not the operator; requires the header X-Reason.",
  schema: { type: "string", format: "uuid" }
}
const reason = {
  name: "x-reason",
  in: "header",
  required: false,
  description: "The reason, for the audit log. Required with another user's `user_id`.",
  schema: { type: "string" }
}

export const describeHeaders = (
  routes: ReadonlyArray<Route>,
  description: Record<string, unknown>
): Record<string, unknown> => {
  if (!isDescription(description)) return description
  const paths = Object.entries(description.paths).map(([path, operations]) => [
    path,
    Object.fromEntries(
      Object.entries(operations).map(([method, operation]) => {
        const { operationId, parameters = [] } = operation
        const route = routes.find(({ name }) => name === operationId)
        const read = [
          ...(route?.repeatable === true ? [idempotencyKey] : []),
          ...(route?.onBehalf === true ? [userId, reason] : [])
        ]
        return [method, { ...operation, parameters: [...parameters, ...read] }]
      })
    )
  ])
  return { ...description, paths: Object.fromEntries(paths) }
}
