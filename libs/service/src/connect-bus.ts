import { localBus, localFirst, natsBus, type Bus, type BusOptions } from '@keystone/bus';
import type { Config } from '@keystone/config';

const tlsFiles = ({ nats_tls_ca: caFile, nats_tls_cert: certFile, nats_tls_key: keyFile }: Config['kts']) => ({
  ...(caFile && { caFile }),
  ...(certFile && { certFile }),
  ...(keyFile && { keyFile }),
});

/**
 * The bus between the subsystems: NATS where `[kts] nats_url` names one, with what this process answers itself staying
 * in it; else only this process.
 */
export async function connectBus({ kts }: Config, service: string, options: BusOptions): Promise<Bus> {
  const settings = { ...options, questionTimeout: kts.question_timeout * 1000, drainTimeout: kts.drain_timeout * 1000 };
  const local = localBus(settings);
  if (!kts.nats_url) return local;
  const tls = tlsFiles(kts);
  const remote = await natsBus({
    ...settings,
    ...(Object.keys(tls).length > 0 && { tls }),
    servers: kts.nats_url,
    service,
    prefix: kts.nats_name,
    setting: '[kts] nats_url',
  });
  return localFirst(local, remote);
}
