/** `pnpm mock:llamaparse`: LlamaParse without an account. */
import { launch } from "../process/launch.ts"
import { MockLlamaParseLive } from "../process/mockLayers.ts"

if (import.meta.main) launch("mock-llamaparse", MockLlamaParseLive)
