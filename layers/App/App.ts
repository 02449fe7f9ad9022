/** Chooses the adapter behind each port; nothing else does. The README has the same table. */
import { Layer } from "effect"
import { ReachabilityNode } from "../Reachability/Node.ts"
import { Stores } from "./Stores.ts"
import { EgressFromSettings, Tokens, Vendors } from "./Vendors.ts"

/** Everything the API and the worker depend on. */
export const AppLive = Layer.mergeAll(Stores, Vendors, Tokens, EgressFromSettings, ReachabilityNode)
