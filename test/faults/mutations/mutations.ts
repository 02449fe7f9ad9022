/** Every defect, by the area it affects. */
import { access } from "./access.ts"
import { bounds } from "./bounds.ts"
import { documents } from "./documents.ts"
import { jobs } from "./jobs.ts"
import type { Mutation } from "./Mutation.ts"
import { purchases } from "./purchases.ts"
import { texts } from "./texts.ts"

export const mutations: ReadonlyArray<Mutation> = [...jobs, ...documents, ...purchases, ...texts, ...bounds, ...access]
