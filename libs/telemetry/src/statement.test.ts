import { expect, test } from 'vitest';
import { statement } from './statement.ts';

test.each([
  ['SELECT `u`.`id` FROM `user` `u` WHERE `u`.`id` = ?', 'SELECT user'],
  ['select * from "main"."local_user" where id in (?, ?)', 'SELECT local_user'],
  ['INSERT INTO `region`(`id`) VALUES (?)', 'INSERT region'],
  ['UPDATE `password` SET `password_hash` = ? WHERE `id` = ?', 'UPDATE password'],
  ['DELETE FROM role WHERE id = ?', 'DELETE role'],
  ['START TRANSACTION', 'START'],
  ['COMMIT', 'COMMIT'],
  ['  (SELECT 1 FROM a) UNION (SELECT 2 FROM b)', 'SELECT a'],
  ['PRAGMA foreign_keys = ON', 'OTHER'],
  ['', 'OTHER'],
])('%s is named %s', (sql, name) => {
  expect(statement(sql).name).toBe(name);
});

test.each([
  ["SELECT * FROM t WHERE a = 's3cr3t' AND b = 'it''s \\' s3cr3t'", 'SELECT * FROM t WHERE a = ? AND b = ?'],
  ['SELECT * FROM t LIMIT 1000 OFFSET -5', 'SELECT * FROM t LIMIT ? OFFSET ?'],
  ["INSERT INTO t VALUES (1.5, x'00ff', 0xdead)", 'INSERT INTO t VALUES (?, ?, ?)'],
  ['SELECT `t1`.`c2` FROM `t1` WHERE x = $1 AND y = :p2', 'SELECT `t1`.`c2` FROM `t1` WHERE x = $1 AND y = :p2'],
])('of %s no value is kept', (sql, text) => {
  expect(statement(sql).text).toBe(text);
});

test('however many statements there are, each is described rightly', () => {
  for (let i = 0; i < 3_000; i++) expect(statement(`SELECT c${i} FROM t${i}`).name).toBe(`SELECT t${i}`);
});
