// What all pages share: language, links, show-password button, icon, and the way on from dead ends.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consent, enterPassword, expectPage, focused } from './support/browser.mjs'
import { rig } from './support/rig.mjs'

const the = rig({ settings: { PAGES__HELP: 'https://help.example/', PAGES__PRIVACY: 'https://privacy.example/', PAGES__TERMS: 'https://terms.example/' } })
const phone = { viewport: { width: 390, height: 844 } }

for (const settings of [{}, { ...phone, javaScriptEnabled: false }]) {
  test(`the language switch keeps the sign-in, ${settings.javaScriptEnabled === false ? 'on a phone without' : 'with'} script`, async () => {
    const user = await the.installation.user()
    const page = await the.person(settings)
    const request = the.party.request({ ui_locales: 'en' })
    await page.goto(request.url)
    await expectPage(page, 'Sign in')
    for (const [name, url] of [['Help', 'https://help.example/'], ['Privacy', 'https://privacy.example/'], ['Terms', 'https://terms.example/']]) {
      assert.equal(await page.getByRole('link', { name }).getAttribute('href'), url)
    }
    await page.getByText('English').click()
    await page.getByRole('link', { name: 'Deutsch' }).click()
    await expectPage(page, 'Anmelden')
    assert.equal(await page.locator('html').getAttribute('lang'), 'de')
    await page.getByLabel('E-Mail-Adresse').fill(user.email)
    await page.getByLabel('Passwort', { exact: true }).fill(user.password)
    await page.getByRole('button', { name: 'Anmelden', exact: true }).click()
    await expectPage(page, /möchte auf Ihr Konto zugreifen$/)
    await page.getByRole('button', { name: 'Zulassen' }).click()
    assert.equal((await the.party.tokens(page, request)).claims.sub, user.id)
    // The choice lasts, and precedes what the client requests.
    await page.goto(the.party.request({ ui_locales: 'en', prompt: 'login' }).url)
    await expectPage(page, 'Anmelden')
  })
}

test('the language switch leads only to this server', async () => {
  const page = await the.person()
  await page.goto(`${the.installation.issuer}/language?to=de&at=//evil.example/`)
  await expectPage(page, 'Anmelden')
  assert.ok(page.url().startsWith(the.installation.issuer), page.url())
})

test('the show-password button works by keyboard, and only with script', async () => {
  const user = await the.installation.user()
  const page = await the.person()
  await page.goto(the.party.request().url)
  await expectPage(page, 'Sign in')
  await focused(page, 'Email address')
  await page.keyboard.type(user.email)
  await page.keyboard.press('Tab')
  await page.keyboard.type(user.password)
  const field = page.getByLabel('Password')
  assert.equal(await field.getAttribute('type'), 'password')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  assert.equal(await field.getAttribute('type'), 'text')
  const button = page.getByRole('button', { name: 'Show password' })
  assert.equal(await button.getAttribute('aria-pressed'), 'true')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expectPage(page, /wants to access your account$/)
  const plain = await the.person({ javaScriptEnabled: false })
  await plain.goto(the.party.request().url)
  assert.equal(await plain.getByRole('button', { name: 'Show password' }).count(), 0)
})

test('every dead end has a link out, and the icon loads', async () => {
  const { issuer } = the.installation
  const page = await the.person()
  for (const [path, heading, link] of [
    ['/nowhere', 'Page not found', 'Your account'],
    ['/consent?interaction=outdated', 'This page has expired', 'Start again'],
    ['/oauth2/authorize?client_id=none', 'Something went wrong', 'Your account'],
  ]) {
    await page.goto(`${issuer}${path}`)
    await expectPage(page, heading)
    assert.equal(await page.getByRole('main').getByRole('link', { name: 'Help' }).count(), 1)
    await page.getByRole('link', { name: link }).click()
    await expectPage(page, 'Sign in')
  }
  const icon = await page.locator('link[rel=icon]').getAttribute('href')
  const image = await fetch(`${issuer}${icon}`)
  assert.equal(image.headers.get('content-type'), 'image/svg+xml')
})

for (const [language, settings] of [['English', {}], ['German', { ...phone, locale: 'de-DE', javaScriptEnabled: false }]]) {
  test(`the profile changes times and claims, in ${language}`, async () => {
    const of = (english, german) => (language === 'German' ? german : english)
    const user = await the.installation.user()
    const page = await the.person(settings)
    await page.goto(`${the.installation.issuer}/account/sessions`)
    await page.getByLabel(of('Email address', 'E-Mail-Adresse')).fill(user.email)
    await page.getByLabel(of('Password', 'Passwort'), { exact: true }).fill(user.password)
    await page.getByRole('button', { name: of('Sign in', 'Anmelden'), exact: true }).click()
    await page.getByText(of('Times are in UTC.', 'Alle Zeiten in UTC.')).waitFor()
    await page.goto(`${the.installation.issuer}/account`)
    await page.getByRole('link', { name: of('Edit', 'Bearbeiten') }).click()
    await page.getByLabel('Name', { exact: true }).fill('Ada Lovelace')
    await page.getByLabel(of('First name', 'Vorname')).fill(' Ada ')
    await page.getByLabel(of('Time zone', 'Zeitzone')).selectOption('Asia/Kathmandu')
    await page.getByLabel(of('Language', 'Sprache'), { exact: true }).selectOption('Deutsch')
    await page.getByRole('button', { name: of('Save', 'Speichern') }).click()
    await expectPage(page, 'Ada Lovelace')
    await page.getByText(of('Your profile has been saved.', 'Ihr Profil wurde gespeichert.')).waitFor()
    await page.goto(`${the.installation.issuer}/account/sessions`)
    await page.getByText(of('Times are in Asia/Kathmandu.', 'Zeitzone: Asia/Kathmandu.')).waitFor()
    const shown = await the.installation.json(['users', 'show', user.email])
    assert.deepEqual([shown.name, shown.claims.given_name, shown.claims.zoneinfo, shown.claims.locale], ['Ada Lovelace', 'Ada', 'Asia/Kathmandu', 'de'])
  })
}
