import { flushCompileCache } from 'node:module';
import { ConfigRefused, readConfig, type Config } from '../infra/config.ts';
import { openLog } from '../infra/telemetry/log.ts';
import { announcement } from './announcement.ts';
import { openDatabase } from './database.ts';

const configOrExit = (): Config => {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigRefused)) throw error;
    console.error(`brigade cannot start:\n${error.message}`);
    return process.exit(1);
  }
};

/** The program, until it ends. */
export const run = async (): Promise<void> => {
  const config = configOrExit();
  const log = openLog({ level: config.logging.level });

  const fail = (message: string, error: unknown): void => {
    log.error({ err: error }, message);
    console.error(`\nbrigade ${message}: ${error instanceof Error ? error.message : String(error)}`);
  };

  try {
    // The database starts while the rest of the program is loaded.
    const opening = openDatabase(config, log);
    opening.catch(() => undefined);
    const { start } = await import('./start.ts');
    const running = await start(config, log, opening);
    flushCompileCache();
    console.error(announcement(config, running));
    let stopping = false;
    const stop = async (signal: string, code: number): Promise<void> => {
      if (stopping) process.exit(130);
      stopping = true;
      log.info({ signal }, 'Draining; once more to stop at once');
      await running.stop();
      log.info({}, 'Stopped');
      process.exit(code);
    };
    process.on('SIGINT', () => void stop('SIGINT', 0));
    process.on('SIGTERM', () => void stop('SIGTERM', 0));
    const reason = await running.lost;
    if (reason !== null) {
      fail('cannot go on', reason);
      await stop('lost', 1);
    }
  } catch (error) {
    fail('cannot start', error);
    process.exit(1);
  }
};
