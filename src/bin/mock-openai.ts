/** `pnpm mock:openai`: OpenAI's embeddings without an account. */
import { launch } from "../process/launch.ts"
import { MockOpenAILive } from "../process/mockLayers.ts"

launch("mock-openai", MockOpenAILive)
