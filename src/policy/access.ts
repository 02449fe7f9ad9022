/**
 * Who may call what: each route of the HTTP contract (`group.endpoint`) with the role it requires. The middleware enforces
 * it, the tests try every route with every role, and docs/authorization.md is generated from it.
 */
import { atLeast, type Role } from "../domain/Principal.ts"

/** `open`: no credential required. */
export const access: Readonly<Record<string, Role | "open">> = {
  "documents.upload": "user",
  "documents.get": "viewer",
  "documents.chunks": "viewer",
  "documents.remove": "user",
  "uploads.create": "user",
  "uploads.complete": "user",
  "uploadContent.put": "open",
  "jobs.list": "viewer",
  "jobs.get": "viewer",
  "jobs.events": "viewer",
  "jobs.explain": "viewer",
  "jobs.receipt": "viewer",
  "jobs.retry": "user",
  "jobs.cancel": "user",
  "search.search": "viewer",
  "keys.create": "admin",
  "keys.list": "admin",
  "keys.rotate": "admin",
  "keys.revoke": "admin",
  "audit.list": "admin",
  "audit.check": "admin",
  "providers.list": "operator",
  "providers.reset": "operator",
  "alerts.list": "operator",
  "storage.check": "operator",
  "budgets.list": "admin",
  "budgets.set": "admin",
  "quotes.make": "user",
  "subscriptions.list": "viewer",
  "subscriptions.create": "user",
  "subscriptions.get": "viewer",
  "subscriptions.update": "user",
  "subscriptions.remove": "user",
  "subscriptions.rotate": "user",
  "subscriptions.test": "user",
  "subscriptions.deliveries": "viewer",
  "subscriptions.replay": "user",
  "webhooks.llamaparse": "open",
  "health.alive": "open",
  "health.ready": "open"
}

/** On these routes an operator may act for another user by `user_id`, with a reason for the audit log. */
export const onBehalf: ReadonlySet<string> = new Set([
  "jobs.list",
  "jobs.get",
  "jobs.events",
  "jobs.explain",
  "jobs.receipt",
  "jobs.retry",
  "jobs.cancel"
])

/** A route that is not in the table is refused. */
export const mayCall = (route: string, role: Role): boolean => {
  const needed = access[route]
  return needed === "open" || (needed !== undefined && atLeast(role, needed))
}
