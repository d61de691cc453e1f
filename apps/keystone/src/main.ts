import { assignment } from '@keystone/assignment';
import { prepareEmbedded, sayWhatNext } from '@keystone/bootstrap';
import { catalog } from '@keystone/catalog';
import { identity } from '@keystone/identity';
import { configSources, run } from '@keystone/service';
import { token } from '@keystone/token';

const modules = [token, identity, assignment, catalog];
const sources = configSources(process.argv.slice(2));

// On an operator's files nothing is made: he has keystone-manage for that.
if (sources.sources) await run(modules, { sources });
else {
  const embedded = prepareEmbedded(sources);
  const service = await run(modules, { sources: embedded.sources, prepare: embedded.prepare });
  sayWhatNext(embedded.files, service.url);
}
