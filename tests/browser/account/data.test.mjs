// Download of the data of an account, its deletion, and recovery codes.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { enterPassword, expectPage, logIn, problem } from '../support/browser.mjs'
import { eventually } from '../support/process.mjs'
import { rig } from '../support/rig.mjs'
import { oneTimeCode } from '../support/totp.mjs'

const the = rig()
const at = (path, one = the) => `${one.installation.issuer}${path}`
const phone = { viewport: { width: 390, height: 844 } }

async function download(page, act) {
  const [file] = await Promise.all([page.waitForEvent('download'), act()])
  return [file.suggestedFilename(), readFileSync(await file.path(), 'utf8')]
}

for (const javaScriptEnabled of [true, false]) {
  test(`a user downloads the data of the account and the recovery codes, ${javaScriptEnabled ? 'with' : 'without'} script`, async () => {
    const user = await the.installation.user({ name: 'Ada Lovelace' })
    const page = await the.person({ javaScriptEnabled, ...(javaScriptEnabled ? {} : phone) })
    await logIn(page, the.party, user)
    await page.goto(at('/account/authenticator'))
    const secret = await page.locator('.steps code').innerText()
    await page.getByLabel('6-digit code').fill(oneTimeCode(secret))
    await page.getByRole('button', { name: 'Finish' }).click()
    await expectPage(page, 'Your recovery codes')
    const codes = await page.locator('.codes code').allInnerTexts()
    const [name, text] = await download(page, () => page.getByRole('link', { name: 'Download' }).click())
    assert.equal(name, 'recovery-codes.txt')
    for (const code of codes) assert.ok(text.includes(code), code)
    assert.equal(await page.getByRole('button', { name: 'Print' }).count(), javaScriptEnabled ? 1 : 0)
    if (javaScriptEnabled) {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      await page.getByRole('button', { name: 'Copy' }).click()
      await page.getByText('Copied').waitFor()
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), codes.join('\n'))
    }

    await page.goto(at('/account/data'))
    await expectPage(page, 'Data')
    const [file, json] = await download(page, () => page.getByRole('button', { name: 'Download' }).click())
    assert.equal(file, 'account.json')
    const data = JSON.parse(json)
    assert.equal(data.format, 1)
    assert.equal(data.user.id, user.id)
    assert.equal(data.user.claims.name, 'Ada Lovelace')
    assert.equal(data.user.has_authenticator_app, true)
    assert.equal(data.unused_recovery_codes, 10)
    assert.equal(data.sessions.length, 1)
    assert.equal(data.consents[0].client_name, 'Photo Prints')
    assert.equal(data.grants.length, 1)
    for (const hidden of [...codes, secret, 'argon2']) assert.ok(!json.includes(hidden), hidden)
  })
}

for (const [language, settings] of [['English', {}], ['German', { ...phone, locale: 'de-DE', javaScriptEnabled: false }]]) {
  test(`a user requests the deletion of the account and keeps it after all, in ${language}`, async () => {
    const of = (english, german) => (language === 'German' ? german : english)
    const user = await the.installation.user()
    const page = await the.person(settings)
    const signIn = async () => {
      await page.getByLabel(of('Email address', 'E-Mail-Adresse')).fill(user.email)
      await page.getByLabel(of('Password', 'Passwort'), { exact: true }).fill(user.password)
      await page.getByRole('button', { name: of('Sign in', 'Anmelden'), exact: true }).click()
    }
    await page.goto(at('/account/data'))
    await signIn()
    await page.getByRole('link', { name: of('Delete account', 'Konto löschen') }).click()
    await expectPage(page, of('Delete your account?', 'Konto löschen?'))
    await page.getByText(user.email).waitFor()
    if (settings.javaScriptEnabled !== false) {
      await page.locator('form').evaluate((form) => { form.noValidate = true })
      await page.getByRole('button', { name: 'Delete account' }).click()
      assert.equal(await problem(page), 'Check the box to confirm.')
    }
    await page.getByRole('checkbox').check()
    await page.getByRole('button', { name: of('Delete account', 'Konto löschen') }).click()
    const scheduled = of('Your account is scheduled for deletion', 'Ihr Konto wird gelöscht')
    await expectPage(page, scheduled)
    const notice = of('The deletion of your', 'die Löschung beantragt')
    await eventually('the notice', () => the.installation.textsTo(user.email).some((text) => text.includes(notice)))
    await page.getByRole('link', { name: of('Sign in', 'Anmelden') }).click()
    await signIn()
    await expectPage(page, scheduled)
    await page.getByRole('button', { name: of('Keep my account', 'Konto behalten') }).click()
    await expectPage(page, of('Your account', 'Ihr Konto'))
    await page.goto(at('/account'))
    await expectPage(page, of('Your account', 'Ihr Konto'))
  })
}

const soon = rig({ settings: { ACCOUNT__DELETION_GRACE: '0' } })
test('the server deletes the account after the grace period, and not before', { timeout: 150_000 }, async () => {
  const [user, other] = [await soon.installation.user(), await soon.installation.user()]
  const page = await soon.person()
  await page.goto(at('/account/delete', soon))
  await enterPassword(page, user)
  await expectPage(page, 'Delete your account?')
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Delete account' }).click()
  await expectPage(page, 'Your account is scheduled for deletion')
  // The server looks once a minute, and at its start.
  await soon.installation.server.stop()
  await soon.installation.start()
  for (;;) {
    const users = await soon.installation.json(['users', 'list'])
    if (users.every(({ id }) => id !== user.id)) break
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  assert.ok(await soon.installation.json(['users', 'show', other.email]))
})

const off = rig({ settings: { ACCOUNT__DELETION: 'false' } })
test('with the setting off, the page says so', async () => {
  const page = await off.person()
  await page.goto(at('/account/data', off))
  await enterPassword(page, await off.installation.user())
  await page.getByText("You can't delete the account yourself on this server.").waitFor()
  await page.goto(at('/account/delete', off))
  await expectPage(page, "This action isn't allowed")
})
