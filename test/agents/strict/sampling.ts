/** When models of OpenAI's dialects refuse `temperature` and `top_p`. */
import type { Model } from '../vendors.ts'

export function refusesSampling({ noSampling }: Model, effort: string | undefined): boolean {
  if (noSampling === 'while-reasoning') return effort !== undefined && effort !== 'none'
  return noSampling === 'always'
}
