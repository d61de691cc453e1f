import { changeFeed } from '@keystone/change-feed';
import { run } from '@keystone/service';

await run([changeFeed]);
