import { run } from './main.ts';
import { layDownNotes } from './note.fixture.store.ts';
import { notes, tokens } from './module.fixture.ts';

await run([notes()], { alsoAnswer: [tokens], prepare: ({ database }) => layDownNotes(database) });
