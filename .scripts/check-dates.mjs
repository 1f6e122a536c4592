/**
 * Warns of tables of models that were read long ago. A warning, never a failure: time alone breaks
 * nothing.
 */
import { mostDays, outdatedTables, tableAges } from '../src/providers/table-age.ts'
import { catalog } from '../src/providers/catalog.ts'

const outdated = outdatedTables(tableAges(catalog), Date.now())
for (const { provider, asOf } of outdated) console.warn(`warning: the models of ${provider} are of ${asOf}`)
if (outdated.length > 0)
  console.warn(`Tables older than ${mostDays} days: src/providers/README.md describes how to update them.`)
