import { z } from 'zod'
import { isExactNumber } from '../chat/exact-json.ts'

/** An integer beyond 2⁵³ of a field that is carried and never computed with, such as a seed. */
export const exactInteger = z.custom<number>(isExactNumber)
