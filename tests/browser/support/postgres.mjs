// Databases for tests, in the cluster that COUNTERSIGN_TEST_POSTGRES_URL names. `run` starts one if it names none.

import { run } from './process.mjs'

const cluster = process.env.COUNTERSIGN_TEST_POSTGRES_URL

/** Whether there is a cluster. */
export const hasPostgres = Boolean(cluster)

const sql = (statement) => run('psql', ['--quiet', '--no-psqlrc', '--command', statement, cluster])

/** Makes an empty database. */
export async function newDatabase() {
  const name = `browser_${crypto.randomUUID().replaceAll('-', '')}`
  await sql(`create database ${name}`)
  const url = new URL(cluster)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => sql(`drop database ${name} with (force)`) }
}
