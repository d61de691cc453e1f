import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { World } from './world.ts';

/** The name of a payload class in Python's token_formatters.py, and what its token shall say. */
export interface Minted {
  class: string;
  payload: { user_id: string; methods: string[]; [field: string]: unknown };
}

/** Python's formatter makes a token that nobody was asked for. */
export async function minted(it: World, { class: name, payload }: Minted): Promise<string> {
  const { KEYSTONE_PYTHON: python = '' } = await it.stack.env();
  const child = spawn(python, [join(import.meta.dirname, 'mint.py'), it.stack.conf], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PYTHONWARNINGS: 'ignore' },
  });
  const expires_at = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z$/, '.000000Z');
  const audit_ids = [randomBytes(16).toString('base64url')];
  child.stdin.end(`${JSON.stringify({ class: name, payload: { expires_at, audit_ids, ...payload } })}\n`);
  const made = await text(child.stdout);
  if (!made) throw new Error('Python made no token');
  return JSON.parse(made) as string;
}
