/** Puts the dashboard on the page. */
import { render } from 'preact'
import { App } from './app.tsx'
import { applyTheme, readTheme } from './state/theme.ts'

applyTheme(readTheme())
const root = document.getElementById('app')
if (root) render(<App />, root)
