/** A running NATS server; undefined where there is none, which is a failure on CI. */
export const natsUrl: string | undefined = process.env['KTS_TEST_NATS_URL'];
if (!natsUrl && process.env['CI']) throw new Error('KTS_TEST_NATS_URL names no NATS server');
