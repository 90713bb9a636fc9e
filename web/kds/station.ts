import type { Station } from '../shared/contract.ts';
import type { Subscription } from '../shared/live-client.ts';
import { COMMON_THRESHOLDS, type Thresholds } from './timer.ts';

/** The pass: all stations on one board. No station can have this name, being shown as one. */
export const EXPO = 'expo';

export const boardTopic = (locationId: string, chosen: string): Subscription =>
  chosen === EXPO ? { topic: 'expo', locationId } : { topic: 'kitchen', locationId, station: chosen };

export const stationName = (stations: readonly Station[], chosen: string): string =>
  chosen === EXPO ? 'Expo' : (stations.find(({ stationId }) => stationId === chosen)?.name ?? chosen);

export const thresholdsOf = (stations: readonly Station[], stationId: string): Thresholds =>
  stations.find((station) => station.stationId === stationId) ?? COMMON_THRESHOLDS;
