/** `pnpm mock:openai`: OpenAI's embeddings without an account. */
import { launch } from "../process/launch.ts"
import { MockOpenAILive } from "../process/mockLayers.ts"

if (import.meta.main) launch("mock-openai", MockOpenAILive)
