/** What this month will come to if it goes on like this, and how sure that is. */
import { useMemo } from 'preact/hooks'
import { money, number, shortNumber } from '../../format.ts'
import { Card } from '../../parts/card.tsx'
import { ResourceView } from '../../parts/resource-view.tsx'
import { type Figure, type Forecast, foretold, type Foretold } from '../../state/forecast.ts'
import { useResource } from '../../state/resource.ts'
import { words } from '../../text/usage.ts'
import { forecastSource, type UsageChoice } from './source.ts'

export function ForecastCard({ whose }: { whose: UsageChoice['whose'] }) {
  const forecast = useResource(useMemo(() => forecastSource(whose), [whose]))
  return (
    <Card title={words.forecast.title} class="forecast">
      <ResourceView resource={forecast}>{(data) => <Told forecast={data} />}</ResourceView>
    </Card>
  )
}

function Told({ forecast }: { forecast: Forecast }) {
  switch (forecast.type) {
    case 'nothing':
      return <p class="quiet">{words.forecast.nothing}</p>
    case 'too-early':
      return <p class="quiet">{words.forecast.tooEarly(forecast.days, forecast.needed)}</p>
    case 'forecast':
      return (
        <>
          <dl class="forecast-figures">
            {foretold.map((name) => (
              <Foreseen key={name} name={name} figure={forecast.figures[name]} />
            ))}
          </dl>
          <p class="hint">{words.forecast.how(forecast.days)}</p>
        </>
      )
  }
}

function Foreseen({ name, figure: { soFar, expected, low, high } }: { name: Foretold; figure: Figure }) {
  const write = writers[name]
  return (
    <div>
      <dt>{words.forecast.names[name]}</dt>
      <dd>{write(expected)}</dd>
      <dd>{words.forecast.between(write(low), write(high))}</dd>
      <dd>{words.forecast.soFar(write(soFar))}</dd>
    </div>
  )
}

const writers: Record<Foretold, (value: number) => string> = {
  requests: (value) => number(Math.round(value)),
  tokens: shortNumber,
  cost: money,
}
