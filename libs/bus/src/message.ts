import { Packr, Unpackr } from 'msgpackr';
import { plain } from './wire.ts';

// Records are msgpackr's own extension: nobody else reads them, and they only help where both ends share a state.
const options = { useRecords: false, variableMapSize: true } as const;
const packer = new Packr(options);
const unpacker = new Unpackr(options);

/** @throws TypeError for what no bus carries. */
export const encode = (message: unknown): Uint8Array => packer.pack(plain(message));

/** @throws Error for what is not msgpack, and for what no bus carries. */
export const decode = (data: Uint8Array): unknown => plain(unpacker.unpack(data));
