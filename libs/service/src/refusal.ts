import type { Socket } from 'node:net';
import { KeystoneError } from '@keystone/errors';

const REASONS: Record<string, KeystoneError> = {
  HPE_HEADER_OVERFLOW: new KeystoneError(431, 'The headers of the request are too large.'),
  ERR_HTTP_REQUEST_TIMEOUT: new KeystoneError(408, 'The request did not arrive in time.'),
};
const INVALID = new KeystoneError(400, 'The request is not valid HTTP.');

/** Answers what never became a request, in Keystone's format: Node's parser would send a line of its own. */
export function refuse(socket: Socket, code = ''): void {
  const { status, title, body } = REASONS[code] ?? INVALID;
  const text = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nconnection: close\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}
