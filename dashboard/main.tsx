/** Puts the dashboard on the page. */
import { render } from 'preact'
import { App } from './app.tsx'
import { pages } from './pages/index.ts'
import { guardHistory } from './state/address.ts'
import { findPage } from './state/find-page.ts'
import { applyTheme, readTheme } from './state/theme.ts'

applyTheme(readTheme())
guardHistory()
const root = document.getElementById('app')
if (root) render(<App />, root)

// Loads the page while the session is checked. A failed load surfaces on render.
const found = findPage(pages, location.pathname, 'admin')
if (found.type === 'page') found.page.load().catch(() => {})
