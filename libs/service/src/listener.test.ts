import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from './listener.ts';
import { notes, tokens } from './module.fixture.ts';
import { start } from './service.fixture.ts';

/** A connection on which a client says what it likes. */
async function dial(url: string) {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect(Number(port), hostname);
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => void (text += chunk));
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return {
    say: (words: string) => void socket.write(words, 'latin1'),
    /** All that was answered until the other side closed the connection. */
    async heard() {
      await closed;
      const [head = '', body = ''] = text.split('\r\n\r\n');
      return { status: /^HTTP\/1\.1 (\d+)/.exec(head)?.[1], head, body, text };
    },
  };
}

async function answerTo(words: string) {
  const { url, get } = await start([notes(), tokens]);
  const line = await dial(url);
  line.say(words);
  const heard = await line.heard();
  expect((await get('/v3/regions', 'reader')).status).toBe(200);
  return heard;
}

const INVALID = { error: { code: 400, title: 'Bad Request', message: 'The request is not valid HTTP.' } };
const HEAD = 'GET /v3/regions HTTP/1.1\r\nhost: x\r\nconnection: close\r\n';

test.each([
  ['something else', 'hello\r\n\r\n'],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['an unknown method', 'FETCH /v3/regions HTTP/1.1\r\nhost: x\r\n\r\n'],
  ['a header without a name', `${HEAD}: value\r\n\r\n`],
  ['a header with a null byte', `${HEAD}x-auth-token: a\0b\r\n\r\n`],
  ['two lengths', 'POST /v3/regions HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'],
  [
    'a length beside chunks',
    'POST /v3/regions HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['a chunk of no length', 'POST /v3/regions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
  ['a tunnel', 'CONNECT example.org:443 HTTP/1.1\r\nhost: example.org\r\n\r\n'],
])('%s is refused in the format of Keystone', async (_what, words) => {
  const { status, head, body } = await answerTo(words);
  expect(status).toBe('400');
  expect(head).toMatch(/^content-type: application\/json$/m);
  expect(JSON.parse(body)).toEqual(INVALID);
});

test('headers that are too large are refused in the format of Keystone', async () => {
  const { status, body } = await answerTo(`${HEAD}x-auth-token: ${'a'.repeat(20_000)}\r\n\r\n`);
  expect(status).toBe('431');
  expect(JSON.parse(body)).toEqual({
    error: {
      code: 431,
      title: 'Request Header Fields Too Large',
      message: 'The headers of the request are too large.',
    },
  });
});

test('a body that is announced too large is not waited for', async () => {
  const { status, body } = await answerTo(`POST /v3/regions HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999\r\n\r\n`);
  expect([status, JSON.parse(body).error.code]).toEqual(['413', 413]);
});

test.each([
  ['without a host', 'GET /v3/regions HTTP/1.1\r\nconnection: close\r\n'],
  ['with an expectation of its own', `${HEAD}expect: a-miracle\r\n`],
  ['that would rather speak another protocol', `${HEAD}upgrade: websocket\r\n`],
])('a request %s is answered like any other', async (_what, head) => {
  const { status, body } = await answerTo(`${head}\r\n`);
  expect([status, JSON.parse(body).error.title]).toEqual(['401', 'Unauthorized']);
});

test('half a request is given up after a while', async () => {
  const limits = { headersTimeout: 100, requestTimeout: 100, connectionsCheckingInterval: 50 };
  const listener = await listen({ flag: '--bind', address: '127.0.0.1:0' }, (_req, res) => void res.end(), limits);
  onTestFinished(() => listener.drain(0));
  const slow = await dial(listener.url);
  slow.say('GET /v3/regions HTTP/1.1\r\nx-slow');
  const { status, body } = await slow.heard();
  expect([status, JSON.parse(body).error.message]).toEqual(['408', 'The request did not arrive in time.']);
});

test('an answer that has begun is not followed by a refusal', async () => {
  const listener = await listen({ flag: '--bind', address: '127.0.0.1:0' }, (_req, res) => void res.write('begun'));
  onTestFinished(() => listener.drain(0));
  const line = await dial(listener.url);
  line.say('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await sleep(100);
  line.say('garbage');
  const { text } = await line.heard();
  expect(text).toContain('begun');
  expect(text).not.toContain('not valid HTTP');
});

test('IPv6 addresses are taken and told in brackets', async () => {
  const listener = await listen({ flag: '--bind', address: '[::1]:0' }, (_req, res) => void res.end('here'));
  onTestFinished(() => listener.drain(0));
  expect(listener.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
  expect(await (await fetch(listener.url)).text()).toBe('here');
});
