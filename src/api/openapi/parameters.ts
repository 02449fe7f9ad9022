/**
 * The parameters as callers send them: those that middleware reads and handlers never see, and numbers as numbers, which
 * the contract reads from text.
 */
import type { Route } from "../routes.ts"
import { isList, isObject, type Json, type JsonObject, mapOperations } from "./json.ts"

const idempotencyKey = {
  name: "idempotency-key",
  in: "header",
  required: false,
  description: "Identifies the request: it is carried out once, and repetitions get the same answer for a day. "
    + "Quotes around it are not part of it.",
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
  description: "The reason, for the audit log. Required with another user's `user_id`. In UTF-8.",
  schema: { type: "string" }
}

export const describeParameters = (routes: ReadonlyArray<Route>, description: JsonObject): JsonObject =>
  mapOperations(description, (operation, id) => {
    const route = routes.find(({ name }) => name === id)
    const declared = isList(operation["parameters"]) ? operation["parameters"] : []
    return {
      ...operation,
      parameters: [
        ...declared.map((parameter) => withNumber(parameter, route)),
        ...(route?.repeatable === true ? [idempotencyKey] : []),
        ...(route?.onBehalf === true ? [userId, reason] : [])
      ]
    }
  })

const withNumber = (parameter: Json, route: Route | undefined): Json => {
  if (!isObject(parameter)) return parameter
  const schema = route?.numbers.get(String(parameter["name"]))
  return schema === undefined ? parameter : { ...parameter, schema }
}
