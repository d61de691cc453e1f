import { run } from '@keystone/service';
import { identity } from '@keystone/identity';

await run([identity]);
