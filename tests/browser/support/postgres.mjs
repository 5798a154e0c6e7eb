// Databases for tests, in the cluster of COUNTERSIGN_TEST_POSTGRES_URL. If it is not set, `run` starts a cluster.

import { run } from './process.mjs'

const cluster = process.env.COUNTERSIGN_TEST_POSTGRES_URL

/** Returns whether there is a cluster. */
export const hasPostgres = Boolean(cluster)

const sql = (statement) => run('psql', ['--quiet', '--no-psqlrc', '--command', statement, cluster])

/** Creates an empty database. */
export async function newDatabase() {
  const name = `browser_${crypto.randomUUID().replaceAll('-', '')}`
  await sql(`create database ${name}`)
  const url = new URL(cluster)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => sql(`drop database ${name} with (force)`) }
}
