/** What a server answered to one request: that the key is gone, or why not. */
export type Reply = { done: true } | { done: false; why: string };

/** The little of memcached's protocols that dropping a key takes (protocol.txt, BinaryProtocolRevamped). */
export interface Protocol {
  remove(key: string): Buffer;
  /** A login by SASL PLAIN. */
  login(username: string, password: string): Buffer;
  /** Takes what arrived and returns the replies that are complete by now. @throws where it is no reply at all */
  reader(): (chunk: Buffer) => Reply[];
}

const DONE: Reply = { done: true };
/** No reply that is expected here comes near. */
const LONGEST_REPLY = 4096;

const tooLong = (): never => {
  throw new Error('it does not answer as memcached does');
};

function lineReader(): (chunk: Buffer) => Reply[] {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk.toString('latin1')).split('\r\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_REPLY) tooLong();
    return lines.map((line) =>
      line === 'DELETED' || line === 'NOT_FOUND' ? DONE : { done: false, why: `it answers: ${line.slice(0, 100)}` },
    );
  };
}

export const textProtocol: Protocol = {
  remove: (key) => Buffer.from(`delete ${key}\r\n`),
  login: () => {
    throw new Error('the text protocol has no SASL');
  },
  reader: lineReader,
};

const HEADER = 24;
const OPCODES = { remove: 0x04, login: 0x21 } as const;
const STATUS_OK = 0x00;
const STATUS_NO_SUCH_KEY = 0x01;

function packet(opcode: number, key: string, value = ''): Buffer {
  const body = Buffer.concat([Buffer.from(key), Buffer.from(value)]);
  const header = Buffer.alloc(HEADER);
  header.writeUInt8(0x80, 0);
  header.writeUInt8(opcode, 1);
  header.writeUInt16BE(Buffer.byteLength(key), 2);
  header.writeUInt32BE(body.length, 8);
  return Buffer.concat([header, body]);
}

function replyIn(header: Buffer): Reply {
  const opcode = header.readUInt8(1);
  const status = header.readUInt16BE(6);
  if (status === STATUS_OK || (opcode === OPCODES.remove && status === STATUS_NO_SUCH_KEY)) return DONE;
  const why = opcode === OPCODES.login ? 'it refuses the login' : 'it refuses';
  return { done: false, why: `${why}: status 0x${status.toString(16).padStart(2, '0')}` };
}

function packetReader(): (chunk: Buffer) => Reply[] {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const replies: Reply[] = [];
    while (rest.length >= HEADER) {
      const length = HEADER + rest.readUInt32BE(8);
      if (rest.readUInt8(0) !== 0x81 || length > LONGEST_REPLY) tooLong();
      if (rest.length < length) break;
      replies.push(replyIn(rest));
      rest = rest.subarray(length);
    }
    return replies;
  };
}

export const binaryProtocol: Protocol = {
  remove: (key) => packet(OPCODES.remove, key),
  login: (username, password) => packet(OPCODES.login, 'PLAIN', `\0${username}\0${password}`),
  reader: packetReader,
};
