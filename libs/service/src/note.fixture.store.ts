import { column, key, type Database } from '@keystone/database';
import { EntitySchema } from 'typeorm';

export const NoteTable = new EntitySchema<{ id: string; text: string }>({
  name: 'note',
  columns: { id: key(column.text), text: column.text },
});

export const layDownNotes = ({ manager }: Pick<Database, 'manager'>) =>
  manager.query('CREATE TABLE note (id VARCHAR(64) PRIMARY KEY, text TEXT)');

export const notesOf = ({ manager }: Database) => ({
  list: () => manager.find(NoteTable),
  add: (note: { id: string; text: string }) => manager.insert(NoteTable, note),
});
