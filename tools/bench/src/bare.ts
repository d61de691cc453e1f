import { createServer } from 'node:http';

/** The least that a server can do: sends the bytes it was given by its parent, whatever is asked. */
process.once(
  'message',
  ({ body, headers, status }: { body: string; headers: Record<string, string>; status: number }) => {
    const bytes = Buffer.from(body);
    const server = createServer((req, res) => {
      req.resume();
      res.writeHead(status, { ...headers, 'content-length': bytes.length }).end(bytes);
    });
    server.listen(0, '127.0.0.1', () => process.send?.((server.address() as { port: number }).port));
  },
);
