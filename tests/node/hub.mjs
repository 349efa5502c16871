// A demo hub of one's own, on a free port and in a temporary folder, stopped and removed afterwards.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BINARY = process.env.ZHENGZHAO_BIN ?? fileURLToPath(new URL('../../target/debug/zhengzhao', import.meta.url));
const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const PATIENCE = 120_000; // ms; a debug build signs its demo certificates slowly on a busy machine

/**
 * Resolves to `{ url(path), endpoint, tokens, examples, graphql(...), stop() }` once the hub answers. While developing pages, HUB and
 * HUB_DATA name one that runs already, and its folder.
 */
export async function startHub({ certificates = 30, options = [] } = {}) {
  if (process.env.HUB) {
    const about = JSON.parse(await readFile(join(process.env.HUB_DATA, 'demo.json'), 'utf8'));
    const url = (path) => new URL(path, process.env.HUB).href;
    return { ...about, endpoint: url('/graphql'), url, stop: async () => {}, graphql: (request) => graphql(url('/graphql'), request), output: () => '' };
  }
  const data = await mkdtemp(join(tmpdir(), 'zhengzhao-node-'));
  const hub = spawn(BINARY, ['demo', '--listen', '127.0.0.1:0', '--data', data, '--certificates', String(certificates), ...options], {
    cwd: REPOSITORY,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let ended = null;
  for (const stream of [hub.stdout, hub.stderr]) stream.on('data', (chunk) => (output = (output + chunk).slice(-8000)));
  const exit = new Promise((resolve) => {
    hub.once('error', (error) => resolve((ended = error.message)));
    hub.once('exit', (code, signal) => resolve((ended = `exit ${code ?? signal}`)));
  });
  const stop = async () => {
    if (ended === null) hub.kill('SIGTERM');
    const forced = setTimeout(() => hub.kill('SIGKILL'), 10_000);
    await exit;
    clearTimeout(forced);
    await rm(data, { recursive: true, force: true });
  };
  try {
    const about = await demoFile(join(data, 'demo.json'), () => ended, () => output);
    const url = (path) => new URL(path, about.endpoint).href;
    await answering(url('/readyz'), () => ended, () => output);
    return { ...about, url, stop, graphql: (request) => graphql(url('/graphql'), request), output: () => output };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The purpose a test gives for what it reads. */
export const PURPOSE = { useFor: '自动测试', itemCode: 'TEST', itemName: '接口测试', businessCode: 'T-1', operator: 'node' };

async function demoFile(path, ended, output) {
  return waitFor(`${path} to be written`, ended, output, async () => {
    if (!existsSync(path)) return null;
    try {
      const about = JSON.parse(await readFile(path, 'utf8'));
      return about.endpoint && about.tokens ? about : null;
    } catch {
      return null; // half written
    }
  });
}

async function answering(url, ended, output) {
  return waitFor(`${url} to answer 200`, ended, output, async () => {
    try {
      return (await fetch(url)).status === 200;
    } catch {
      return false;
    }
  });
}

async function waitFor(what, ended, output, attempt) {
  const end = Date.now() + PATIENCE;
  while (Date.now() < end) {
    const found = await attempt();
    if (found) return found;
    if (ended() !== null) throw new Error(`the hub ended (${ended()}) while waiting for ${what}:\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited ${PATIENCE / 1000} s in vain for ${what}:\n${output()}`);
}

async function graphql(endpoint, { query, variables, token, purpose = PURPOSE }) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/graphql-response+json, application/json;q=0.9',
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify({ query, variables, extensions: { purpose } }),
  });
  return response.json();
}
