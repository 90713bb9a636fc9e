import { serveOrders } from './order-app.ts';

/** The yardstick: parses, validates, and does nothing else. */
serveOrders((_asked, { orderId }) => ({ id: orderId, revision: 1, position: 1 }));
