/** `pnpm mock:llamaparse`: LlamaParse without an account. */
import { launch } from "../process/launch.ts"
import { MockLlamaParseLive } from "../process/mockLayers.ts"

launch("mock-llamaparse", MockLlamaParseLive)
