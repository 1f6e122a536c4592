/**
 * What is read of an embeddings request.
 * https://platform.openai.com/docs/api-reference/embeddings/create
 */
import { z } from 'zod'

export const embeddingsRequest = z.looseObject({
  model: z.string().trim().nullish(),
  input: z.union([
    z.string().min(1),
    z.array(z.string()).min(1).max(2_048),
    z.array(z.number().int()).min(1),
    z.array(z.array(z.number().int()).min(1)).min(1).max(2_048),
  ]),
  dimensions: z.int().min(1).nullish(),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  user: z.string().nullish(),
})
