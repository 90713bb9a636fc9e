import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { Client } from 'pg';
import { asApp } from '../../../src/infra/postgres/connect.ts';
import { appendOf, note, randomStream, receiptFor, someMetadata } from './appends.ts';
import { postgresStores } from './postgres-stores.ts';
import { thrownBy } from './thrown-by.ts';

describe('PostgreSQL: what was written', () => {
  const { open, owner, url } = postgresStores();

  const refusedTo = async (role: string, statements: readonly string[]): Promise<readonly unknown[]> => {
    const client = new Client({ connectionString: role });
    await client.connect();
    try {
      const errors: unknown[] = [];
      for (const statement of statements) errors.push(await thrownBy(client.query(statement)));
      return errors;
    } finally {
      await client.end();
    }
  };
  const statements = ['events', 'receipts'].flatMap((table) => [
    `update ${table} set position = 0`,
    `delete from ${table}`,
    `truncate ${table}`,
  ]);

  it('cannot be changed or removed, not by the program and not by its owner', async () => {
    const store = open();
    await store.append(appendOf(randomStream(), 0, { receipt: receiptFor(randomUUID()) }));
    for (const role of [asApp(url()), url()]) {
      for (const error of await refusedTo(role, statements)) expect(error).to.have.property('code', '42501');
    }
  });

  it('cannot be reached by the program in any other way', async () => {
    const others = [
      'delete from log_head',
      'insert into log_head values (false, 0, now(), gen_random_uuid())',
      'update log_head set epoch = gen_random_uuid()',
      'delete from streams',
      "update streams set name = 'x'",
      'alter table events disable trigger all',
      'drop table events',
    ];
    for (const error of await refusedTo(asApp(url()), others)) expect(error).to.have.property('code', '42501');
  });

  it('is read by people as the audit trail', async () => {
    const stream = randomStream();
    const metadata = { ...someMetadata(), causationId: randomUUID(), occurredAt: '2025-03-01T12:00:00.000Z' };
    const store = open();
    await store.append(appendOf(stream, 0, { metadata, events: [note('\u0000'), note('b')] }));
    await store.append(appendOf(stream, 2, { metadata: { ...metadata, occurredAt: null } }));
    const read = await store.readStream(stream);
    await owner().query('begin; set local role brigade_reader');
    const { rows } = await owner().query<{ [column: string]: unknown }>(
      'select * from read_models.audit_trail where stream = $1 order by position',
      [stream],
    );
    expect(await thrownBy(owner().query('select * from events'))).to.have.property('code', '42501');
    await owner().query('rollback');
    const [first] = read;
    expect(rows[0]).to.deep.equal({
      position: String(first?.position),
      event_id: first?.eventId,
      stream,
      revision: 1,
      type: 'OrderNoted',
      recorded_at: new Date(first?.recordedAt ?? ''),
      occurred_at: new Date('2025-03-01T12:00:00.000Z'),
      actor_id: 'user-1',
      actor_roles: ['server', 'cashier'],
      terminal_id: 'pos-1',
      location_id: 'location-1',
      command_id: metadata.commandId,
      command_type: 'AddOrderLines',
      correlation_id: metadata.correlationId,
      causation_id: metadata.causationId,
      data: { text: '\u0000' },
      metadata,
    });
    expect(rows[2]?.['occurred_at']).to.deep.equal(rows[2]?.['recorded_at']);
  });
});
