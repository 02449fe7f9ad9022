/** A value of the contract as it arrives: keys in snake_case, times as ISO text, nothing as null. */
import type { DateTime, Option } from "effect"

type Snake<K> = K extends `${infer Head}${infer Tail}`
  ? Head extends Lowercase<Head> ? `${Head}${Snake<Tail>}` : `_${Lowercase<Head>}${Snake<Tail>}`
  : K

export type Json<A> = A extends string | number | boolean | null | undefined ? A
  : A extends DateTime.DateTime ? string
  : A extends Option.Option<infer Value> ? Json<Value> | null
  : A extends ReadonlyArray<infer Item> ? ReadonlyArray<Json<Item>>
  : { readonly [K in keyof A as Snake<K>]: Json<A[K]> }
