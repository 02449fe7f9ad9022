/** `pnpm mock:llamaparse`: LlamaParse without an account. */
import { launch } from "./launch.ts"
import { MockLlamaParseLive } from "./mockLayers.ts"

launch("mock-llamaparse", MockLlamaParseLive)
