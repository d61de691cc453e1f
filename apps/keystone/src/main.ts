import { assignment } from '@keystone/assignment';
import { prepareEmbedded, sayWhatNext } from '@keystone/bootstrap';
import { catalog } from '@keystone/catalog';
import { identity } from '@keystone/identity';
import { configSources, failStart, run } from '@keystone/service';
import { token } from '@keystone/token';

const modules = [token, identity, assignment, catalog];

try {
  const sources = configSources(process.argv.slice(2));
  // On an operator's files nothing is made: he has keystone-manage for that.
  if (sources.sources) await run(modules, { sources });
  else {
    const { files, ...embedded } = prepareEmbedded(sources);
    const { url } = await run(modules, embedded);
    sayWhatNext(files, { url, seconds: performance.now() / 1000 });
  }
} catch (error) {
  failStart(error);
}
