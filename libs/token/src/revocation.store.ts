import { flag, id, int, text, utcTime, type Database, type EntitySchema as Table } from '@keystone/database';
import { EntitySchema } from 'typeorm';
