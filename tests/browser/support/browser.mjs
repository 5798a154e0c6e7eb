// Chromium, and the actions of a user.

import assert from 'node:assert/strict'
import { chromium } from 'playwright-core'

/** Starts Chromium; `browser.close()` ends it. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-dev-shm-usage'],
  })
}

/** Creates a browser context in English, without cookies, with a timeout of 30 seconds. `page.faults` collects page errors. */
export async function person(browser, options = {}) {
  const context = await browser.newContext({ locale: 'en-US', ...options })
  context.setDefaultTimeout(30_000)
  return newTab(context)
}

/** Opens a page in a browser context. */
export async function newTab(context) {
  const page = await context.newPage()
  page.faults = []
  page.on('pageerror', (error) => page.faults.push(error.message))
  // The console reports resources that the content security policy blocked.
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content.Security.Policy/i.test(message.text())) page.faults.push(message.text())
  })
  return page
}

/**
* Waits until the page with this heading has loaded. Before its scripts have run, a click could have another effect.
* Fails if the page reported errors. A string must match the whole heading.
 */
export async function expectPage(page, heading) {
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()
  await page.waitForLoadState()
  assert.deepEqual(page.faults, [])
}

/**
* Performs an action that loads a page, and waits until the page has loaded. Use it if the test does not know the next
* page, or if that page could look like the previous one.
 */
export async function leave(page, act) {
  await page.waitForLoadState()
  await Promise.all([page.waitForEvent('load'), act()])
}

/** Waits until the field with this label has the focus. */
export function focused(page, label) {
  return page.getByLabel(label).and(page.locator(':focus')).waitFor()
}

/** Submits the sign-in page. */
export async function enterPassword(page, { email, password }) {
  await expectPage(page, 'Sign in')
  await page.getByLabel('Email address').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** Submits the second factor page. */
export async function enterCode(page, code) {
  await expectPage(page, "Verify it's you")
  await page.getByLabel('6-digit code').fill(code)
  await page.getByRole('button', { name: 'Continue' }).click()
}

/** Submits the consent page. */
export async function consent(page, answer = 'Allow') {
  await expectPage(page, /wants to access your account$/)
  await page.getByRole('button', { name: answer }).click()
}

/** Runs a request up to the tokens, for a user who has no session and has not consented. */
export async function logIn(page, party, user, extra) {
  const request = party.request(extra)
  await page.goto(request.url)
  await enterPassword(page, user)
  await consent(page)
  return party.tokens(page, request)
}

/** Returns the text of the problem that the page shows. */
export async function problem(page) {
  const text = await page.getByRole('alert').filter({ hasText: /\S/ }).innerText()
  // The request ID is on a line of its own.
  return text.split('\n')[0]
}
