import { run } from '@keystone/service';
import { token } from '@keystone/token';

await run([token]);
