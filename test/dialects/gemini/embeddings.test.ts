import { expect, it } from 'vitest'
import { type EmbeddingMethod, toOpenaiEmbeddings } from '../../../src/dialects/gemini/embeddings.ts'

const content = { parts: [{ text: 'one' }] }

it.each<[string, object, number | undefined]>([
  ['a number', { outputDimensionality: 256 }, 256],
  ['a text', { output_dimensionality: '256' }, 256],
  ['null', { outputDimensionality: null }, undefined],
  ['null beside its other name', { outputDimensionality: null, output_dimensionality: 256 }, 256],
  ['nothing', {}, undefined],
])('reads a size that is %s', (_name, size, dimensions) => {
  const { body } = toOpenaiEmbeddings({ content, ...size }, 'embedContent', 'm')
  expect(body).toEqual({ model: 'm', input: ['one'], ...(dimensions !== undefined && { dimensions }) })
})

it.each<[string, EmbeddingMethod, object]>([
  ['a size of 0', 'embedContent', { content, outputDimensionality: 0 }],
  [
    'two sizes',
    'batchEmbedContents',
    {
      requests: [
        { content, outputDimensionality: 1 },
        { content, outputDimensionality: null },
      ],
    },
  ],
])('refuses %s', (_name, method, body) => {
  expect(() => toOpenaiEmbeddings(body, method, 'm')).toThrow(/outputDimensionality/)
})
