import { postgresJobs, type JobBackend } from '../../../src/infra/jobs/backend.ts';
import { migrateJobs } from '../../../src/infra/jobs/migrate.ts';
import { silent, type StoreRoom } from '../policies/store-room.ts';
import { alertsContract } from './alerts-contract.ts';
import { jobsContract } from './contract.ts';

const open = async ({ ownerUrl }: StoreRoom): Promise<JobBackend> => {
  await Promise.all([migrateJobs(ownerUrl), migrateJobs(ownerUrl)]);
  return postgresJobs(ownerUrl, silent);
};

describe('Jobs kept in PostgreSQL', () => jobsContract(open));
describe('Alerts with jobs kept in PostgreSQL', () => alertsContract(async (room) => ({ backend: await open(room), redisUrl: '' })));
