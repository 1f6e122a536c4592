/** Snippets for chat applications and automation. */
import { isLoopback, loopback, type Place, tokenVariable } from './place.ts'

/** Inside a container, the machine's own loopback address is the container. */
export const openWebui = ({ baseUrl }: Place): string => {
  const isLocal = isLoopback(baseUrl)
  const address = isLocal ? baseUrl.replace(loopback, 'http://host.docker.internal') : baseUrl
  return `docker run -d -p 3000:8080 \\
${isLocal ? '  --add-host=host.docker.internal:host-gateway \\\n' : ''}  -e OPENAI_API_BASE_URL=${address} \\
  -e OPENAI_API_KEY="$${tokenVariable}" \\
  -v open-webui:/app/backend/data \\
  ghcr.io/open-webui/open-webui:main`
}

export const librechat = ({ baseUrl, name }: Place): string => `endpoints:
  custom:
    - name: LLM Hub
      apiKey: "\${${tokenVariable}}"
      baseURL: ${baseUrl}
      models:
        default: [${name}]
        fetch: true
      titleConvo: true
      titleModel: ${name}`

export const n8n = ({ baseUrl, model }: Place): string => `Credential:  OpenAI
API Key:     (a token of this hub)
Base URL:    ${baseUrl}
Model:       ${model}  (in the node “OpenAI Chat Model”, by ID)`
