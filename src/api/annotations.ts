/**
 * What an endpoint declares besides its schemas; used by the middleware, docs/authorization.md and the OpenAPI document.
 */
import { Context } from "effect"
import type { Role } from "../domain/Principal.ts"

/** The least role that may call an endpoint; `open`: no credential is needed. Without this annotation all are refused. */
export class RequiredRole extends Context.Service<RequiredRole, Role | "open">()("accessa/api/RequiredRole") {}

/** An operator may name another user by `user_id`, with a reason that the audit log keeps. */
export class OnBehalf extends Context.Reference<boolean>("accessa/api/OnBehalf", { defaultValue: () => false }) {}

/** The holder of METRICS_TOKEN may call it without a key. */
export class Scraped extends Context.Reference<boolean>("accessa/api/Scraped", { defaultValue: () => false }) {}

/** The rate limit that a request counts against. */
export class RateLimit extends Context.Reference<"upload" | "search" | "quote" | "other">("accessa/api/RateLimit", {
  defaultValue: () => "other"
}) {}

/** What a request counts as while it is under way; `wait`: as a stream if it has the query `wait`. */
export class ConcurrencyLimit extends Context.Reference<
  "search" | "stream" | "wait" | "upload" | "quote" | "list" | "check" | undefined
>("accessa/api/ConcurrencyLimit", { defaultValue: () => undefined }) {}
