/**
 * Servers that people run themselves, as they are after an installation with nothing changed: what
 * a custom provider for one is entered with.
 */
import type { DialectId } from '../domain/dialects.ts'
import type { Source } from './provider.ts'

export interface LocalServer extends Source {
  id: string
  name: string
  baseUrl: string
  dialect: DialectId
  keyless: true
}

const server = (id: string, name: string, port: number, source: string): LocalServer => ({
  id,
  name,
  baseUrl: `http://localhost:${port}/v1`,
  dialect: 'openai-chat',
  keyless: true,
  asOf: '2026-11-30',
  source,
})

export const localServers: readonly LocalServer[] = [
  server('ollama', 'Ollama', 11_434, 'https://docs.ollama.com/openai'),
  server('vllm', 'vLLM', 8000, 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html'),
  server('lm-studio', 'LM Studio', 1234, 'https://lmstudio.ai/docs/developer/openai-compat'),
  server('llama-cpp', 'llama.cpp', 8080, 'https://github.com/ggml-org/llama.cpp/tree/master/tools/server'),
]
