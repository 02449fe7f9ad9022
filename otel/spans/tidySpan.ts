/**
 * A span as it leaves the process: with the attributes of our table and no other, without messages and stacks, which may hold
 * a document's text, and named as OpenTelemetry names requests and statements.
 */
import { SpanStatusCode } from "@opentelemetry/api"
import { type tracing } from "@opentelemetry/sdk-node"
import { Record } from "effect"
import { attributes as known } from "../names/attributes.ts"

export const tidySpan = (span: tracing.ReadableSpan): tracing.ReadableSpan => {
  const attributes = keptOf(span.attributes)
  return {
    name: nameOf(span.name, attributes),
    kind: span.kind,
    spanContext: () => span.spanContext(),
    ...span.parentSpanContext === undefined ? {} : { parentSpanContext: span.parentSpanContext },
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    ended: span.ended,
    status: attributes["error.type"] === undefined
      ? { code: span.status.code }
      : { code: SpanStatusCode.ERROR, message: String(attributes["error.type"]) },
    attributes,
    links: span.links.map((link) => ({ ...link, attributes: keptOf(link.attributes ?? {}) })),
    events: span.events.map((event) => ({ ...event, attributes: keptOf(event.attributes ?? {}) })),
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount
  }
}

type Attributes = tracing.ReadableSpan["attributes"]

const keptOf = (all: Attributes): Attributes => {
  const kept: Attributes = Record.filter(all, (_, name) => name in known)
  const query = kept["db.query.text"]
  const url = kept["url.full"]
  return {
    ...kept,
    ...typeof url === "string" ? { "url.full": url.split("?")[0] ?? "" } : {},
    ...typeof query === "string" ? { "db.query.text": shortened(query), "db.operation.name": operationOf(query) } : {}
  }
}

const nameOf = (name: string, attributes: Attributes): string => {
  const method = attributes["http.request.method"]
  const route = attributes["http.route"]
  if (method !== undefined && route !== undefined) return `${method} ${route}`
  const operation = attributes["db.operation.name"]
  return operation === undefined ? name : `${operation} ${attributes["db.namespace"] ?? "database"}`
}

const longest = 200
/** Cut before it is tidied: to tidy whole statements took a third of what a recorded span costs. */
const shortened = (query: string): string => query.slice(0, longest).replace(/\s+/g, " ").trim()

/** Of a statement that begins with WITH, the first change in it. */
const operationOf = (query: string): string => {
  const verb = /[a-z]+/i.exec(query)?.[0].toUpperCase() ?? ""
  return verb === "WITH" ? /\b(INSERT|UPDATE|DELETE)\b/.exec(query)?.[1] ?? "SELECT" : verb
}
