import { expect, test } from 'vitest';
import { concerns, gist, roleOf } from './statement.ts';

const role = (text: string) => roleOf({ database: 'keystone', text });

test.each([
  ['BEGIN', 'begin'],
  ['/* a tool */ start transaction', 'begin'],
  ['XA START 1', 'begin'],
  ['COMMIT', 'commit'],
  ['ROLLBACK', 'commit'],
  ['ROLLBACK TO `sp`', 'nothing'],
  ['SAVEPOINT sp', 'nothing'],
  ['XA COMMIT 1', 'xa-commit'],
  ['GRANT SELECT ON keystone.* TO u', 'harmless'],
  ['CREATE OR REPLACE USER u', 'harmless'],
  ['CREATE DATABASE IF NOT EXISTS keystone', 'harmless'],
  ['ANALYZE TABLE user', 'harmless'],
  ['CREATE OR REPLACE DATABASE keystone', 'other'],
  ['DROP DATABASE keystone', 'other'],
  ['TRUNCATE user', 'other'],
  ['/*!40000 ALTER TABLE user DISABLE KEYS */', 'other'],
  ['DELETE FROM user', 'other'],
  ['BEGINNING', 'other'],
])('%j is %s', (text, expected) => {
  expect(role(text)).toBe(expected);
});

test('a statement concerns the database it ran in, and one that it names', () => {
  expect(concerns({ database: 'keystone', text: 'TRUNCATE user' }, 'Keystone')).toBe(true);
  expect(concerns({ database: '', text: 'TRUNCATE `KEYSTONE`.user' }, 'keystone')).toBe(true);
  expect(concerns({ database: 'nova', text: 'TRUNCATE instances' }, 'keystone')).toBe(false);
});

test.each([
  ['create or replace table user (secret int)', 'CREATE OR REPLACE TABLE'],
  ["UPDATE user SET extra = 'secret'", 'UPDATE'],
  ['ALTER TABLE secret ADD x int', 'ALTER TABLE'],
  ['/*!40000 secret */', 'A STATEMENT'],
])('of %j only the first words are told', (text, expected) => {
  expect(gist({ database: '', text })).toBe(expected);
});
