import { run } from '@keystone/service';
import { assignment } from '@keystone/assignment';

await run([assignment]);
