/** Light, dark, or as the system has it. */
import { useId } from 'preact/hooks'
import { Segments } from '../parts/segments.tsx'
import { themes, useTheme } from '../state/theme.ts'
import { text } from '../text.ts'

export function ThemeChoice() {
  const [theme, setTheme] = useTheme()
  const name = useId()
  return (
    <Segments
      name={name}
      legend={text.frame.theme}
      options={themes.map((value) => ({ value, label: text.frame.themes[value] }))}
      value={theme}
      onChange={setTheme}
    />
  )
}
