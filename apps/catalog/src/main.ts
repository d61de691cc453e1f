import { run } from '@keystone/service';
import { catalog } from '@keystone/catalog';

await run([catalog]);
