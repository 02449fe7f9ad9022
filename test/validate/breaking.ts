/** Ways to break the production-like stack until the scope ends. */
import { Effect } from "effect"
import { lowPorts } from "./lowPorts.ts"
import type { ProductionStack } from "./ProductionStack.ts"

export type Stack = ProductionStack["Service"]

export const sql = (statement: string, undo: string) => ({ superuser }: Stack) =>
  Effect.asVoid(Effect.acquireRelease(superuser.unsafe(statement), () => Effect.orDie(superuser.unsafe(undo))))

type ProxyName = keyof Stack["proxies"]

export const through = (
  name: ProxyName,
  change: Partial<Pick<Stack["proxies"][ProxyName], "instead" | "headers">>
) =>
({ proxies }: Stack) =>
  Effect.asVoid(Effect.acquireRelease(
    Effect.sync(() => void Object.assign(proxies[name], change)),
    () =>
      Effect.sync(() => {
        proxies[name].instead = () => undefined
        proxies[name].headers = (headers) => headers
      })
  ))

export const certificate = (make: (stack: Stack) => Stack["certificate"]) => (stack: Stack) =>
  Effect.asVoid(Effect.acquireRelease(
    Effect.sync(() => stack.proxies.api.present(make(stack))),
    () => Effect.sync(() => stack.proxies.api.present(stack.certificate))
  ))

export const bucket =
  (change: Partial<NonNullable<ReturnType<Stack["supabase"]["buckets"]["get"]>>>) => ({ supabase }: Stack) =>
    Effect.asVoid(Effect.acquireRelease(
      Effect.sync(() => {
        const raw = supabase.buckets.get("raw")
        if (raw !== undefined) supabase.buckets.set("raw", { ...raw, ...change })
        return raw
      }),
      (raw) => Effect.sync(() => raw === undefined ? undefined : supabase.buckets.set("raw", raw))
    ))

export const storageAnswers = (intercept: Stack["supabase"]["intercept"]) => ({ supabase }: Stack) =>
  Effect.asVoid(Effect.acquireRelease(
    Effect.sync(() => {
      supabase.intercept = intercept
    }),
    () =>
      Effect.sync(() => {
        supabase.intercept = () => undefined
      })
  ))

export const json = (status: number, body: unknown) => ({
  status,
  type: "application/json",
  body: JSON.stringify(body)
})

/** Its row goes with it: otherwise it counts as running until its heartbeat is overdue. */
export const otherWorker = (version: string) => ({ startWorker, superuser }: Stack) =>
  Effect.addFinalizer(() => Effect.orDie(superuser`DELETE FROM workers WHERE version = ${version}`)).pipe(
    Effect.andThen(lowPorts(1)),
    Effect.andThen(([port]) => startWorker(port, { ACCESSA_VERSION: version })),
    Effect.asVoid
  )
