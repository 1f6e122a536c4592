import { expect, it } from 'vitest'
import { readOrigin } from '../../src/http/web-origin.ts'

it.each([
  ['https://app.example.com', 'https://app.example.com'],
  ['https://App.example.com:8443/path?x#y', 'https://app.example.com:8443'],
  ['http://localhost:3000/', 'http://localhost:3000'],
  ['https://app.example.com:443', 'https://app.example.com'],
  ['app://obsidian.md', 'app://obsidian.md'],
  ['vscode-webview://0ab3', 'vscode-webview://0ab3'],
  ['chrome-extension://abcdef', 'chrome-extension://abcdef'],
  ['*', undefined],
  ['null', undefined],
  ['file:///etc/passwd', undefined],
  ['data:text/html,x', undefined],
  ['https://user@app.example.com', undefined],
  ['', undefined],
])('the origin of %s is %s', (address, origin) => {
  expect(readOrigin(address)).toBe(origin)
})
