/** Everything that can be gone to or done, by its name and by keyboard: Ctrl+K or Cmd+K. */
import { useCallback, useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Icon } from '../parts/icon.tsx'
import { navigate } from '../state/address.ts'
import { type Command, commandsFor, matchCommands } from '../state/commands.ts'
import { text } from '../text.ts'
import type { FrameProps } from './frame.tsx'
import { pagesFor } from './navigation.tsx'

/** Whether the palette is open; the shortcut opens and closes it. */
export function usePalette() {
  const [isOpen, setOpen] = useState(false)
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey) return
      event.preventDefault()
      // Over another dialog it would take a half-filled form away.
      if (!document.querySelector('dialog[open]:not(.palette)')) setOpen((before) => !before)
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
  return { isOpen, open: useCallback(() => setOpen(true), []), close: useCallback(() => setOpen(false), []) }
}

export function Palette({ person, onLogout, onClosed }: FrameProps & { onClosed: () => void }) {
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  const chosen = useRef<Command>()
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  useLayoutEffect(() => dialog.current?.showModal(), [])

  const commands = matchCommands(commandsFor(pagesFor(person), { navigate, logout: onLogout }), typed)
  const current = commands[Math.min(at, commands.length - 1)]
  const optionId = (command: Command): string => `${id}-${commands.indexOf(command)}`

  const choose = (command: Command | undefined): void => {
    chosen.current = command
    dialog.current?.close()
  }
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === 'Enter') choose(current)
    else if (step && commands.length > 0) setAt((at + step + commands.length) % commands.length)
    else return
    event.preventDefault()
  }
  useLayoutEffect(() => {
    if (current) document.getElementById(optionId(current))?.scrollIntoView({ block: 'nearest' })
  })

  return (
    <dialog
      ref={dialog}
      class="palette"
      aria-label={text.palette.title}
      onClose={() => {
        onClosed()
        // Once the dialog has given focus back, so that the page which is gone to can take it.
        chosen.current?.run()
      }}
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
    >
      <label class="palette-input">
        <Icon name="search" />
        <span class="visually-hidden">{text.palette.title}</span>
        <input
          role="combobox"
          aria-expanded={commands.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={current && optionId(current)}
          aria-autocomplete="list"
          autocomplete="off"
          spellcheck={false}
          autofocus
          placeholder={text.palette.placeholder}
          value={typed}
          onInput={(event) => {
            setTyped(event.currentTarget.value)
            setAt(0)
          }}
          onKeyDown={press}
        />
      </label>
      <ul id={`${id}-list`} role="listbox" aria-label={text.palette.title}>
        {commands.map((command) => (
          <li
            key={command.name}
            id={optionId(command)}
            role="option"
            aria-selected={command === current}
            onClick={() => choose(command)}
          >
            <Icon name={command.icon} />
            {command.name}
            <span class="quiet">{text.palette[command.type]}</span>
          </li>
        ))}
      </ul>
      <p class={commands.length > 0 ? 'visually-hidden' : 'palette-none'} role="status">
        {commands.length > 0 ? text.palette.found(commands.length) : text.palette.none}
      </p>
    </dialog>
  )
}
