// Chromium, and what a person does with the pages.

import assert from 'node:assert/strict'
import { chromium } from 'playwright-core'

/** Starts Chromium; `browser.close()` ends it. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-dev-shm-usage'],
  })
}

/** A browser of its own: no cookies, English, and no patience beyond half a minute. A page's own errors are kept in `page.faults`. */
export async function person(browser, options = {}) {
  const context = await browser.newContext({ locale: 'en-US', ...options })
  context.setDefaultTimeout(30_000)
  return newTab(context)
}

/** A page in a browser that is there. */
export async function newTab(context) {
  const page = await context.newPage()
  page.faults = []
  page.on('pageerror', (error) => page.faults.push(error.message))
  // A policy that stops what the page itself asks for shows up here.
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content.Security.Policy/i.test(message.text())) page.faults.push(message.text())
  })
  return page
}

/**
 * Waits for the page with this heading, whole: before its scripts have run, a click may do something else. Fails if
 * anything of it was blocked or broke. A heading that is a string is the whole heading.
 */
export async function expectPage(page, heading) {
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()
  await page.waitForLoadState()
  assert.deepEqual(page.faults, [])
}

/**
 * Does what leads to another page (or to the same one once more) and waits until that has loaded. It is for tests that
 * do not know which page comes, and for pages that look like the one before.
 */
export async function leave(page, act) {
  await page.waitForLoadState()
  await Promise.all([page.waitForEvent('load'), act()])
}

/** Waits until the cursor is in the field with this label. */
export function focused(page, label) {
  return page.getByLabel(label).and(page.locator(':focus')).waitFor()
}

/** Fills in the page with e-mail address and password, and sends it. */
export async function enterPassword(page, { email, password }) {
  await expectPage(page, 'Sign in')
  await page.getByLabel('Email address').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** Gives a second factor. */
export async function enterCode(page, code) {
  await expectPage(page, "Verify it's you")
  await page.getByLabel('6-digit code').fill(code)
  await page.getByRole('button', { name: 'Continue' }).click()
}

/** Answers the question for consent. */
export async function consent(page, answer = 'Allow') {
  await expectPage(page, /wants to access your account$/)
  await page.getByRole('button', { name: answer }).click()
}

/** From an authorization request to the tokens, for a person who is neither logged in nor known to the client. */
export async function logIn(page, party, user, extra) {
  const request = party.request(extra)
  await page.goto(request.url)
  await enterPassword(page, user)
  await consent(page)
  return party.tokens(page, request)
}

/** The words of the problem that a page shows. */
export function problem(page) {
  return page.getByRole('alert').filter({ hasText: /\S/ }).innerText()
}
